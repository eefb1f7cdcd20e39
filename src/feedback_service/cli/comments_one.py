"""`comments redact|translate|theme|approve|reject`: what is done with one comment."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from ..errors import FeedbackError
from ..moderation.deciding import approve, find, name_themes, redact, reject, translate
from ..moderation.marking import without_marked
from ..moderation.opening import Review
from .comments_opened import Key, Reviewer, Survey, open_comments
from .comments_shown import document_of, show, told_of
from .common import DEFAULT_DATA, Data, Json, Out, RoundName

Id = Annotated[str, typer.Argument(help="The comment's id, or its beginning: comments list.")]
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
    # Without what stands there now: whoever hasn't read it should have to look.
    message = "This is not how %(id)s stands now. Nothing was changed. Read it again (comments next or list)."


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
    opened = open_comments(survey, round_name, key, data)
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
    opened = open_comments(survey, round_name, key, data)
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
    opened = open_comments(survey, round_name, key, data)
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
    opened, out = open_comments(survey, round_name, key, data), Out(as_json)
    one = find(opened.review, comment)
    if one.mark != seen.strip().lower():
        raise NotSeen(id=one.id[:8])
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
    opened, out = open_comments(survey, round_name, key, data), Out(as_json)
    one = find(opened.review, comment)
    reject(opened.review, one)
    out.line(f"{one.id[:8]} is rejected and destroyed.")
    out.finish({"id": one.id})


def _given(text: str) -> str:
    return sys.stdin.read() if text == "-" else text


def _shown(review: Review, comment_id: str, out: Out) -> None:
    one = find(review, comment_id)
    for line in show(review, one):
        out.line(line)
    out.finish(document_of(review, one))
