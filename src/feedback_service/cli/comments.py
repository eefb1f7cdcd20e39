"""`comments …`: what people wrote, for those who review it: nobody whom an authority employs."""

from __future__ import annotations

from typing import Annotated

import typer

from ..moderation.deciding import waiting
from ..storage.comments import find_batch, waiting_comments
from ..storage.rounds import all_rounds
from .comments_one import approve_comment, redact_comment, reject_comment, theme_comment, translate_comment
from .comments_opened import Key, Opened, Reviewer, Survey, open_comments
from .comments_published import list_quotes, withdraw_quote
from .comments_round import finish_review, make_key
from .comments_shown import document_of, show, themes_of
from .comments_walk import walk
from .common import DEFAULT_DATA, Data, Json, Out, RoundName, installation


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


def list_comments(
    survey: Annotated[str | None, typer.Argument(help="Only this survey; with its key also the ids.")] = None,
    round_name: RoundName = None,
    key: Key = None,
    data: Data = DEFAULT_DATA,
    as_json: Json = False,
) -> None:
    """How much waits to be reviewed; of one survey, every comment that waits."""
    if survey is not None:
        _list_one(open_comments(survey, round_name, key, data), Out(as_json))
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


def _list_one(opened: Opened, out: Out) -> None:
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
    opened, out = open_comments(survey, round_name, key, data), Out(as_json)
    if not as_json and walk(opened.review, reviewer):
        return
    one = next(waiting(opened.review), None)
    if one is None:
        out.line(f"All is decided. End the review: feedback-service comments finish {survey}")
    else:
        for line in show(opened.review, one):
            out.line(line)
    out.finish(document_of(opened.review, one) if one else None)
