"""Opens a round's review with the reviewers' key: what nobody else on this machine can read."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import Connection

from ..errors import FeedbackError
from ..regions.directory import Directory
from ..rounds.counting import asked_of
from ..rounds.unlocking import KeyNotHere
from ..sealing.comment import Kind, seal_for_reviewers
from ..sealing.keys import PrivateKey, from_base64url
from ..sealing.open_comment import CannotOpen, open_for_reviewers
from ..sealing.reviewers_key import reviewers_public, unwrap_reviewers_key
from ..secret import Secret
from ..storage.comments import Batch, StoredComment, find_batch
from ..storage.rounds import Round
from ..storage.session import Store
from ..surveys.questionnaire import Questionnaire
from .draft import Draft


class NothingToReview(FeedbackError):
    """No comments of the round are here (any more)."""

    status = 409
    code = "review-nothing"
    message = (
        "The round %(round)s of “%(survey)s” has no comments under review here: it isn't counted, or its"
        " review is finished."
    )


class WrongReviewersKey(FeedbackError):
    """A key file of another round, or not the one that the comments were sealed to."""

    status = 409
    code = "reviewers-key-wrong"
    message = (
        "%(file)s does not open the comments of “%(survey)s” %(round)s. Nothing was changed. The key-holders"
        " make the right one with: feedback-service comments key %(survey)s --round %(round)s"
    )


class ReviewersKeyMissing(KeyNotHere):
    """The file that opens the comments is somewhere else, or wasn't made yet."""

    code = "reviewers-key-missing"
    message = (
        "There is no %(file)s. Say with --key where it is, or have the key-holders make it:"
        " feedback-service comments key %(survey)s --round %(round)s"
    )


@dataclass(frozen=True, slots=True)
class Written:
    """One comment, opened. `region` is as near as it may ever be told."""

    key: bytes
    text: str = field(repr=False)
    language: str
    region: str


@dataclass(frozen=True, slots=True)
class Review:
    """A round whose comments can be read now. `eyes` people must let a quote through."""

    store: Store
    round: Round
    batch: Batch
    questionnaire: Questionnaire
    directory: Directory
    eyes: int
    private_key: PrivateKey = field(repr=False)

    def read(self, stored: StoredComment) -> Written | None:
        """An undecided comment; `None` where it is decided, or isn't sealed to this key."""
        if stored.body is None:
            return None
        one = self.round
        try:
            told = open_for_reviewers(stored.body, self.private_key, Kind.COMMENT, one.survey, one.round)
        except CannotOpen:
            return None
        return Written(stored.key, str(told["text"]), str(told["language"]), str(told["region"]))

    def draft(self, stored: StoredComment) -> Draft:
        """What was made of it so far. Raises `CannotOpen` where it isn't sealed to this key."""
        if stored.draft is None:
            return Draft()
        one = self.round
        return Draft.from_document(
            open_for_reviewers(stored.draft, self.private_key, Kind.DRAFT, one.survey, one.round)
        )

    def sealed(self, draft: Draft) -> bytes:
        """A draft as it is kept. Raises `ContentTooLong`."""
        one = self.round
        public = self.private_key.public
        return seal_for_reviewers(public, Kind.DRAFT, one.survey, one.round, draft.document())

    def secret(self) -> bytes:
        """What the noise of themes is drawn from. Raises `CannotOpen`."""
        one = self.round
        told = open_for_reviewers(self.batch.secret, self.private_key, Kind.THEMES, one.survey, one.round)
        return from_base64url(str(told["secret"]))


def batch_of(connection: Connection, one: Round) -> Batch:
    """A round's comments as a whole. Raises `NothingToReview`."""
    found = find_batch(connection, one.number)
    if found is None:
        raise NothingToReview(survey=one.survey, round=one.round)
    return found


def open_review(store: Store, one: Round, key_file: Path, passphrase: Secret, eyes: int) -> Review:
    """Open a round's comments.

    Raises `NothingToReview`, `ReviewersKeyMissing`, `WrongReviewersKey`, `InvalidKeyFile`, `WrongPassphrase`,
    `NotEnoughMemory`.
    """
    with store.read() as connection:
        batch = batch_of(connection, one)
        asked = asked_of(connection, one)
    if not key_file.exists():
        raise ReviewersKeyMissing(file=key_file, survey=one.survey, round=one.round)
    text = key_file.read_text("utf-8")
    wrong = WrongReviewersKey(file=key_file, survey=one.survey, round=one.round)
    # Before the passphrase is tried: that takes a while.
    if reviewers_public(text, key_file.name).to_bytes() != batch.public_key:
        raise wrong
    key = unwrap_reviewers_key(text, key_file.name, passphrase)
    fits = key.private_key.public.to_bytes() == batch.public_key
    if not fits or (key.survey, key.round) != (one.survey, one.round):
        raise wrong
    return Review(store, one, batch, asked.questionnaire, asked.directory, eyes, key.private_key)
