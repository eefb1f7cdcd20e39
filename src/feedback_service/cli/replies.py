"""`replies add|list|release|refuse|text`: what offices answer, and what of it is published."""

from __future__ import annotations

from typing import Annotated, get_args

import typer

from ..clock import today
from ..deliver.replies import take_replies
from ..errors import FeedbackError
from ..i18n import LANGUAGES
from ..storage.mail_keys import read_mail_key
from ..storage.regions import read_directory
from ..storage.replies import (
    LONGEST_OFFICE,
    LONGEST_TEXT,
    Reply,
    ReplyState,
    ReplyStep,
    add,
    all_replies,
    can_be_answered,
    cleaned,
    fresh_id,
    put_text,
    refuse,
    release,
    with_prefix,
)  # fmt: skip
from ..storage.session import Store
from .common import DEFAULT_DATA, Data, Json, Out, installation

Id = Annotated[str, typer.Argument(help="The reply's id, or its beginning: replies list.")]
Text = Annotated[str, typer.Option("--text", help="What the office says; 2,000 characters at most.")]
TextLanguage = Annotated[str, typer.Option("--language", help="The language of the text, like de.")]


class UnusableReply(FeedbackError):
    """Something about a reply that can't be entered."""

    status = 422
    code = "reply-unusable"
    message = "The reply can't be entered: %(reason)s. Nothing was changed."


class UnknownReply(FeedbackError):
    """An id that no reply has, or several begin with."""

    status = 404
    code = "reply-unknown"
    message = "“%(id)s” is %(number)s replies here. See: feedback-service replies list"


def app() -> typer.Typer:
    """The group of commands."""
    group = typer.Typer(no_args_is_help=True, help="What offices answer to reports.")
    group.command("add")(add_reply)
    group.command("list")(list_replies)
    group.command("release")(release_reply)
    group.command("refuse")(refuse_reply)
    group.command("text")(add_text)
    return group


def add_reply(
    region: Annotated[str, typer.Option("--region", help="The AGS of the region that is answered for.")],
    round_id: Annotated[str, typer.Option("--round", help="Whose report is answered, like 2026-Q4.")],
    state: Annotated[str, typer.Option("--state", help="heard, decided, done or impossible.")],
    office: Annotated[str, typer.Option("--office", help="Who answers.")],
    text: Text,
    language: TextLanguage = "de",
    survey: Annotated[str, typer.Option("--survey", help="The survey of the problem, with --topic.")] = "",
    topic: Annotated[
        str, typer.Option("--topic", help="The problem's name in the survey, like housing.")
    ] = "",
    released: Annotated[bool, typer.Option("--release", help="Publish it at once.")] = False,
    data: Data = DEFAULT_DATA,
    as_json: Json = False,
) -> None:
    """Enter what an office answered by other ways than its link."""
    store, _ = installation(data)
    with store.read() as connection:
        read_directory(connection)[region]
        released_round = can_be_answered(connection, round_id, "", "")
        known = can_be_answered(connection, round_id, survey, topic)
    states = get_args(ReplyState)
    _require(released_round, f"there is no released round {round_id[:20]}")
    _require(known, "that round's survey knows no such problem; give --survey and --topic, or neither")
    _require(state in states, f"the state is none of {', '.join(states)}")
    _require(0 < len(cleaned(office)) <= LONGEST_OFFICE, f"an office has 1 to {LONGEST_OFFICE} characters")
    day = today()
    one = Reply(
        fresh_id(), region, round_id, survey, topic, cleaned(office),
        next(known_state for known_state in states if known_state == state),
        {language: _checked_text(text, language)},
        "released" if released else "waiting", day, day if released else None,
    )  # fmt: skip
    with store.begin() as connection:
        add(connection, one)
    out = Out(as_json)
    out.line(f"Entered as {one.id[:8]}, {one.step}.")
    out.finish({"id": one.id, "step": one.step})


def list_replies(
    waiting: Annotated[bool, typer.Option("--waiting", help="Only those that nobody has looked at.")] = False,
    data: Data = DEFAULT_DATA,
    as_json: Json = False,
) -> None:
    """All replies, with what came through links since."""
    store, _ = installation(data)
    taken = take_replies(store, read_mail_key(store.mail_folder), today())
    step: ReplyStep | None = "waiting" if waiting else None
    with store.read() as connection:
        directory, found = read_directory(connection), all_replies(connection, step)
    out = Out(as_json)
    if taken.removed:
        out.line(f"{taken.removed} files of the inbox were no answers through a link of ours, and removed.")
    for one in found:
        about = f"{one.survey} {one.topic}" if one.topic else "the report"
        name = directory[one.region].name if one.region in directory else one.region
        out.line(f"{one.id[:8]}  {one.step:<9} {one.state:<10} {one.round} {name}, {about}: {one.office}")
        for language, text in one.texts.items():
            out.line(f"    [{language}] {text}")
    if not found:
        out.line("There are none.")
    out.finish([_document(one) for one in found])


def release_reply(reply: Id, data: Data = DEFAULT_DATA, as_json: Json = False) -> None:
    """Publish a reply."""
    store, _ = installation(data)
    one = _one(store, reply)
    _require(bool(one.texts), "it was refused and its text is gone; enter it anew with: replies add")
    with store.begin() as connection:
        release(connection, one.id, today())
    _done(one, "released", Out(as_json))


def refuse_reply(reply: Id, data: Data = DEFAULT_DATA, as_json: Json = False) -> None:
    """Never publish a reply, or take it back. Its text is destroyed."""
    store, _ = installation(data)
    one = _one(store, reply)
    with store.begin() as connection:
        refuse(connection, one.id)
    store.scrub()
    _done(one, "refused", Out(as_json))


def add_text(
    reply: Id, language: TextLanguage, text: Text, data: Data = DEFAULT_DATA, as_json: Json = False
) -> None:
    """Add a reply's text in another language, or replace it."""
    store, _ = installation(data)
    said = _checked_text(text, language)
    one = _one(store, reply)
    _require(one.step != "refused", "it was refused")
    with store.begin() as connection:
        put_text(connection, one, language, said)
    _done(one, one.step, Out(as_json))


def _one(store: Store, prefix: str) -> Reply:
    with store.read() as connection:
        found = with_prefix(connection, prefix)
    if len(found) != 1:
        raise UnknownReply(id=prefix[:40], number=len(found))
    return found[0]


def _done(one: Reply, step: str, out: Out) -> None:
    out.line(f"{one.id[:8]} is {step}.")
    out.finish({"id": one.id, "step": step})


def _checked_text(text: str, language: str) -> str:
    """The text as it is kept."""
    said = cleaned(text)
    _require(language in LANGUAGES, f"there is no language “{language[:10]}”")
    _require(0 < len(said) <= LONGEST_TEXT, f"a text has 1 to {LONGEST_TEXT} characters")
    return said


def _require(lawful: bool, reason: str) -> None:
    if not lawful:
        raise UnusableReply(reason=reason)


def _document(one: Reply) -> dict[str, object]:
    return {
        "id": one.id, "region": one.region, "round": one.round, "survey": one.survey, "topic": one.topic,
        "office": one.office, "state": one.state, "texts": dict(one.texts), "step": one.step,
        "answered": one.answered.isoformat(),
        "released": one.released.isoformat() if one.released else None,
    }  # fmt: skip
