"""Ends a round's review: counts the themes, publishes them with their noise, destroys all that is left.

After it nothing of the comments is here but what was approved, and no secret is left to draw with again.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from ..disclosure.noise import ReleaseSecret
from ..disclosure.themes import Reviewed, as_text, themes_document
from ..errors import FeedbackError
from ..storage.comments import all_comments, forget_batch
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
    """What was published; `themes` is whether there were enough comments for figures."""

    comments: int
    themes: bool


def finish(review: Review, today: date, *, reject_rest: bool = False) -> Finished:
    """Publish a round's themes and destroy its batch. Raises `StillWaiting`, `CommentsMissing`."""
    one = review.round
    with review.store.begin() as connection:
        batch = batch_of(connection, one)
        stored = all_comments(connection, one.number)
        undecided = [comment for comment in stored if comment.body is not None]
        opened = [comment for comment in stored if comment.draft is not None or review.read(comment)]
        if len(opened) != batch.number or len(stored) != batch.number:
            raise CommentsMissing(number=batch.number, found=len(opened))
        if undecided and not reject_rest:
            raise StillWaiting(number=len(undecided), survey=one.survey)
        reviewed = Reviewed(
            survey=one.survey,
            round=one.round,
            audience=review.questionnaire.audience,
            themes=themes_of(review.questionnaire),
            picked=[review.draft(comment).themes for comment in stored],
            records=batch.digest.hex(),
        )
        document = themes_document(reviewed, ReleaseSecret(review.secret()), today.isoformat())
        if document is not None:
            add_themes(connection, one.survey, one.round, today, as_text(document))
        forget_batch(connection, one.number)
    review.store.scrub()
    return Finished(batch.number, document is not None)
