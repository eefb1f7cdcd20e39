"""`comments …`: what people wrote, for those who review it: nobody whom an authority employs."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from ..clock import today
from ..errors import FeedbackError
from ..moderation.deciding import approve, find, name_themes, redact, reject, translate, waiting
from ..moderation.finishing import finish, unnamed_themes
from ..moderation.marking import without_marked
from ..moderation.opening import Review, open_review
from ..rounds.choosing import choose_round
from ..rounds.destroying import destroy_file
from ..rounds.key_folder import private_path, reviewers_path
from ..rounds.reviewers import make_reviewers_key, refuse_existing
from ..rounds.trustees import find_key
from ..sealing.wrapping import derive
from ..settings import load_settings
from ..storage.comments import find_batch, waiting_comments
from ..storage.rounds import Round, all_rounds
from ..storage.session import Store
from .cards import AskCards, CardsFile, Yes, confirm, opening
from .comments_published import list_quotes, withdraw_quote
from .comments_shown import document_of, show, themes_of, told_of
from .comments_walk import walk
from .common import (
    DEFAULT_DATA,
    Data,
    Json,
    Memory,
    Out,
    RoundName,
    derivation,
    installation,
    reviewers_passphrase,
    stages,
)
from .trustees import KeyFile, rounds_here

Survey = Annotated[str, typer.Argument(help="The survey's name, like clients.")]
Id = Annotated[str, typer.Argument(help="The comment's id, or its beginning: comments list.")]
Key = Annotated[Path | None, typer.Option("--key", help="The .reviewers file, if it lies elsewhere.")]
Reviewer = Annotated[str, typer.Option("--reviewer", help="Who you are; forgotten when it is decided.")]
ForState = Annotated[bool, typer.Option("--for-state", help="Say of it only that it is from the state.")]
Sure = Annotated[bool, typer.Option("--sure", help="What seems personal in it is nobody's.")]
_STDIN = "“-” reads it from standard input: what stands in a command is in the shell's history."
Text = Annotated[str, typer.Option("--text", help="1,000 characters at most. " + _STDIN)]
Seen = Annotated[str, typer.Option("--seen", help="Which state of it you read: what stands beside its id.")]


class WhatToPut(FeedbackError):
    """Neither a text nor what is marked, or both."""

    status = 422
    code = "comment-redact-what"
    message = "Say --text TEXT, or --marked to take out all that is marked. Nothing was changed."


class NotSeen(FeedbackError):
    """Somebody changed it since it was read, or nobody read it."""

    status = 409
    code = "comment-not-seen"
    message = "This is not how %(id)s stands now. Nothing was changed. Read it again, then --seen %(mark)s."


def app() -> typer.Typer:
    """The group of commands."""
    group = typer.Typer(no_args_is_help=True, help="Read what people wrote, and decide what is quoted.")
    group.command("key")(make_key)
    group.command("list")(list_comments)
    group.command("next")(next_comment)
    group.command("redact")(redact_comment)
    group.command("translate")(translate_comment)
    group.command("theme")(theme_comment)
    group.command("approve")(approve_comment)
    group.command("reject")(reject_comment)
    group.command("finish")(finish_review)
    group.command("quotes")(list_quotes)
    group.command("withdraw")(withdraw_quote)
    return group


def make_key(
    survey: Survey,
    round_name: RoundName = None,
    out_file: Annotated[
        Path | None, typer.Option("--out", help="The file to write; else beside the round's key.")
    ] = None,
    kdf_memory: Memory = 1024,
    key: KeyFile = None,
    cards: AskCards = False,
    cards_file: CardsFile = None,
    data: Data = DEFAULT_DATA,
    as_json: Json = False,
) -> None:
    """For key-holders: take the key to a round's comments out, under a passphrase for its reviewers."""
    settings, out = load_settings(data), Out(as_json)
    here = rounds_here(data)
    round_id = round_name or _newest_counted(data, survey)
    place = find_key(data / "keys", survey, round_id, key, here)
    file = out_file or reviewers_path(place.key_file)
    refuse_existing(file)
    secret = opening(settings, place.key_file, cards, cards_file)
    words = reviewers_passphrase(settings, twice=True)
    with stages() as stage:
        stage("opening the round's key")
        make_reviewers_key(place, secret, file, derive(words, derivation(kdf_memory)))
    out.line(f"Written to {file}. Give it to the reviewers; it opens the round's comments and nothing else.")
    out.finish({"survey": survey, "round": round_id, "file": str(file)})


def list_comments(
    survey: Annotated[str | None, typer.Argument(help="Only this survey; with its key also the ids.")] = None,
    round_name: RoundName = None,
    key: Key = None,
    data: Data = DEFAULT_DATA,
    as_json: Json = False,
) -> None:
    """How much waits to be reviewed; of one survey, every comment that waits."""
    if survey is not None:
        _list_one(_open(survey, round_name, key, data), Out(as_json))
        return
    store, _ = installation(data)
    out, rows = Out(as_json), list[dict[str, object]]()
    with store.read() as connection:
        for one in all_rounds(connection):
            batch = find_batch(connection, one.number)
            if batch is not None:
                left = waiting_comments(connection, one.number)
                rows.append(
                    {"survey": one.survey, "round": one.round, "comments": batch.number, "waiting": left}
                )
    for row in rows:
        out.line(f"{row['survey']} {row['round']}: {row['comments']} comments, {row['waiting']} not decided.")
    out.line("Read them: feedback-service comments next SURVEY" if rows else "Nothing waits to be reviewed.")
    out.finish(rows)


def _list_one(opened: _Opened, out: Out) -> None:
    found = list(waiting(opened.review))
    for one in found:
        said = ", ".join(one.draft.approved_by)
        state = f"approved by {said}" if said else "redacted" if one.draft.text is not None else "new"
        place = f"{one.written.language}  {one.written.region:<5}"
        out.line(f"{one.id[:8]}  {one.mark}  {place}  {state}; themes: {themes_of(one)}")
    if not found:
        out.line(f"All is decided. End the review: feedback-service comments finish {opened.round.survey}")
    out.finish([document_of(opened.review, one) for one in found])


def next_comment(
    survey: Survey,
    reviewer: Reviewer = "",
    round_name: RoundName = None,
    key: Key = None,
    data: Data = DEFAULT_DATA,
    as_json: Json = False,
) -> None:
    """Show what waits, and on a terminal walk through it: redact, translate, themes, approve, reject."""
    opened, out = _open(survey, round_name, key, data), Out(as_json)
    if not as_json and walk(opened.review, reviewer):
        return
    one = next(waiting(opened.review), None)
    if one is None:
        out.line(f"All is decided. End the review: feedback-service comments finish {survey}")
    else:
        for line in show(opened.review, one):
            out.line(line)
    out.finish(document_of(opened.review, one) if one else None)


def redact_comment(
    survey: Survey,
    comment: Id,
    text: Annotated[str | None, typer.Option("--text", help="What is put in its place. " + _STDIN)] = None,
    marked: Annotated[bool, typer.Option("--marked", help="Take out all that is marked.")] = False,
    round_name: RoundName = None,
    key: Key = None,
    data: Data = DEFAULT_DATA,
    as_json: Json = False,
) -> None:
    """Take out of a comment what shows who somebody is."""
    if (text is None) is not marked:
        raise WhatToPut
    opened = _open(survey, round_name, key, data)
    one = find(opened.review, comment)
    redact(opened.review, one, without_marked(one.text) if text is None else _given(text))
    _shown(opened.review, one.id, Out(as_json))


def translate_comment(
    survey: Survey,
    comment: Id,
    text: Text,
    language: Annotated[str, typer.Option("--language", help="The language of the translation.")] = "de",
    round_name: RoundName = None,
    key: Key = None,
    data: Data = DEFAULT_DATA,
    as_json: Json = False,
) -> None:
    """Add a translation: German for offices, English where it helps."""
    opened = _open(survey, round_name, key, data)
    one = find(opened.review, comment)
    translate(opened.review, one, language, _given(text))
    _shown(opened.review, one.id, Out(as_json))


def theme_comment(
    survey: Survey,
    comment: Id,
    themes: Annotated[list[str] | None, typer.Argument(help="At most three; none: it fits nowhere.")] = None,
    round_name: RoundName = None,
    key: Key = None,
    data: Data = DEFAULT_DATA,
    as_json: Json = False,
) -> None:
    """Say what a comment is about, in the words of the survey's question for the most pressing problems."""
    opened = _open(survey, round_name, key, data)
    one = find(opened.review, comment)
    name_themes(opened.review, one, themes or [])
    _shown(opened.review, one.id, Out(as_json))


def approve_comment(
    survey: Survey,
    comment: Id,
    seen: Seen,
    reviewer: Reviewer = "",
    for_state: ForState = False,
    sure: Sure = False,
    round_name: RoundName = None,
    key: Key = None,
    data: Data = DEFAULT_DATA,
    as_json: Json = False,
) -> None:
    """Let a comment through. When enough people did, it is published and the original destroyed."""
    opened, out = _open(survey, round_name, key, data), Out(as_json)
    one = find(opened.review, comment)
    if one.mark != seen.strip().lower():
        raise NotSeen(mark=one.mark, id=one.id[:8])
    done = approve(opened.review, one, reviewer, "state" if for_state else "region", sure=sure)
    out.line(told_of(one, done))
    out.finish({"id": one.id, "needed": done.needed, "quote": done.quote.id if done.quote else None})


def reject_comment(
    survey: Survey,
    comment: Id,
    round_name: RoundName = None,
    key: Key = None,
    data: Data = DEFAULT_DATA,
    as_json: Json = False,
) -> None:
    """Never quote a comment. It is destroyed; its themes are counted."""
    opened, out = _open(survey, round_name, key, data), Out(as_json)
    one = find(opened.review, comment)
    reject(opened.review, one)
    out.line(f"{one.id[:8]} is rejected and destroyed.")
    out.finish({"id": one.id})


def finish_review(
    survey: Survey,
    reject_rest: Annotated[bool, typer.Option("--reject-rest", help="Destroy what is not decided.")] = False,
    yes: Yes = False,
    round_name: RoundName = None,
    key: Key = None,
    data: Data = DEFAULT_DATA,
    as_json: Json = False,
) -> None:
    """End a round's review: publish its themes, destroy everything else that is left of the comments."""
    opened, out = _open(survey, round_name, key, data), Out(as_json)
    name = f"{survey}-{opened.round.round}"
    unnamed = unnamed_themes(opened.review)
    if unnamed:
        out.line(
            f"Of {unnamed} comments nobody said what they are about: there will be no figures of themes."
        )
    confirm(name, "This destroys all that is left of the comments. Nobody can undo it.", yes=yes)
    done = finish(opened.review, today(), reject_rest=reject_rest)
    destroy_file(opened.file)
    if done.themes:
        out.line(f"{survey} {opened.round.round}: the themes of {done.comments} comments are published.")
    else:
        out.line(f"{survey} {opened.round.round}: {done.comments} comments, no figures of themes.")
    out.line(
        f"What was written is destroyed here, and {opened.file}. Quotes stay. Still to be destroyed by hand:"
    )
    out.line("other copies of that file, the .figures and .export files, backups made since the count.")
    out.finish(
        {"survey": survey, "round": opened.round.round, "comments": done.comments, "themes": done.themes}
    )


def _given(text: str) -> str:
    return sys.stdin.read() if text == "-" else text


@dataclass(frozen=True, slots=True)
class _Opened:
    review: Review
    round: Round
    file: Path


def _open(survey: str, round_name: str | None, key: Path | None, data: Path) -> _Opened:
    store, settings = installation(data)
    chosen = _under_review(store, survey, round_name)
    file = key or reviewers_path(private_path(store.key_folder, survey, chosen.round))
    secret = reviewers_passphrase(settings)
    with stages() as stage:
        stage("opening the comments")
        return _Opened(open_review(store, chosen, file, secret, settings.review_eyes), chosen, file)


def _under_review(store: Store, survey: str, round_name: str | None) -> Round:
    """The named round, or the oldest that has comments under review."""
    with store.read() as connection:
        if round_name is None:
            for one in all_rounds(connection, survey):
                if find_batch(connection, one.number):
                    return one
        return choose_round(connection, survey, round_name, ["counted", "released"], ["shredded"])


def _newest_counted(data: Path, survey: str) -> str:
    store, _ = installation(data)
    return _under_review(store, survey, None).round


def _shown(review: Review, comment_id: str, out: Out) -> None:
    one = find(review, comment_id)
    for line in show(review, one):
        out.line(line)
    out.finish(document_of(review, one))
