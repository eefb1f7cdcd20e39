"""Ends a round's review: counts the themes, publishes them with their noise, destroys all that is left.

After it nothing of the comments is here but what was approved, and no secret is left to draw with again.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from typing import Any

from ..disclosure.noise import ReleaseSecret
from ..disclosure.themes import Reviewed, as_text, themes_document
from ..errors import FeedbackError
from ..sealing.open_comment import CannotOpen
from ..storage.comments import StoredComment, all_comments, forget_batch
from ..storage.quotes import add_themes
from ..surveys.themes import themes_of
from .opening import Review, batch_of


class StillWaiting(FeedbackError):
    """Comments that nobody decided about."""

    status = 409
    code = "review-waiting"
    message = (
        "%(number)s comments are not decided. Nothing was changed. Decide about them, or destroy them unread:"
        " feedback-service comments finish %(survey)s --reject-rest"
    )


class CommentsMissing(FeedbackError):
    """Rows are gone, were added, or don't open: figures of them would be of something else."""

    status = 500
    code = "review-rows"
    message = (
        "Of %(number)s comments %(found)s can be read here. Nothing was published. Look for what altered the"
        " database, or restore a backup."
    )


@dataclass(frozen=True, slots=True)
class Finished:
    """What was published; `themes` is whether there are figures: of ten texts at least, all looked at."""

    comments: int
    themes: bool


def finish(review: Review, today: date, *, reject_rest: bool = False) -> Finished:
    """Publish a round's themes and destroy its batch. Raises `StillWaiting`, `CommentsMissing`."""
    one = review.round
    with review.store.begin() as connection:
        batch = batch_of(connection, one)
        stored = all_comments(connection, one.number)
        undecided = [comment for comment in stored if comment.body is not None]
        picked = list(_picked(review, stored))
        if len(picked) != batch.number or len(stored) != batch.number:
            raise CommentsMissing(number=batch.number, found=len(picked))
        if undecided and not reject_rest:
            raise StillWaiting(number=len(undecided), survey=one.survey)
        document = _document(review, picked, today)
        if document is not None:
            add_themes(connection, one.survey, one.round, today, as_text(document))
        forget_batch(connection, one.number)
    review.store.scrub()
    return Finished(batch.number, document is not None)


def unnamed_themes(review: Review) -> int:
    """How many comments nobody named the themes of: with one such there are no figures."""
    with review.store.read() as connection:
        stored = all_comments(connection, review.round.number)
    return sum(themes is None for themes in _picked(review, stored))


def _picked(review: Review, stored: Sequence[StoredComment]) -> Iterator[tuple[str, ...] | None]:
    """The themes of every comment that is whole."""
    for comment in stored:
        with suppress(CannotOpen):
            draft = review.draft(comment)
            if comment.body is None or review.read(comment):
                yield draft.themes


def _document(review: Review, picked: Sequence[tuple[str, ...] | None], today: date) -> dict[str, Any] | None:
    """None where somebody's text wasn't looked at: it would be counted as about nothing."""
    named = [themes for themes in picked if themes is not None]
    if len(named) < len(picked):
        return None
    one = review.round
    reviewed = Reviewed(
        survey=one.survey,
        round=one.round,
        audience=review.questionnaire.audience,
        themes=themes_of(review.questionnaire),
        picked=named,
    )
    return themes_document(reviewed, ReleaseSecret(review.secret()), today.isoformat())
