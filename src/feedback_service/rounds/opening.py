"""Opens a round: pins the newest questionnaire, the public key, and a fresh mixing key."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from datetime import date
from pathlib import Path

from sqlalchemy import Connection

from ..errors import FeedbackError
from ..secret import Secret
from ..storage.rounds import Round, add_round, all_rounds
from ..storage.surveys import newest_survey
from .calendar import EVERY_QUARTER, Quarter
from .choosing import UnknownSurvey, require_survey
from .key_folder import load_public


class RoundIsOpen(FeedbackError):
    """A survey has one open round at a time."""

    status = 409
    code = "round-open"
    message = "The round %(round)s of “%(survey)s” is open. Close it first: feedback-service rounds close"


class RoundExists(FeedbackError):
    """The calendar has each round once."""

    status = 409
    code = "round-exists"
    message = "The round %(round)s of “%(survey)s” was there already; a round is never opened twice."


def open_round(connection: Connection, key_folder: Path, survey: str, quarter: Quarter) -> Round:
    """Open a round. Raises `RoundIsOpen`, `RoundExists`, `KeyMissing`, `UnknownSurvey`."""
    require_survey(connection, survey)
    rounds = all_rounds(connection, survey)
    for one in rounds:
        if one.state == "open":
            raise RoundIsOpen(survey=survey, round=one.round)
        if one.round == str(quarter):
            raise RoundExists(survey=survey, round=one.round)
    questionnaire = newest_survey(connection, survey)
    if questionnaire is None:
        raise UnknownSurvey(survey=survey, known="none")
    return add_round(
        connection,
        survey=survey,
        round_id=str(quarter),
        closes=quarter.last_day,
        fingerprint=questionnaire.fingerprint,
        public_key=load_public(key_folder, survey, str(quarter)).to_bytes(),
        mixing_key=Secret(secrets.token_bytes(32)),
        pepper=Secret(secrets.token_bytes(32)),
    )


def next_quarter(
    connection: Connection, survey: str, today: date, asked: Collection[int] = EVERY_QUARTER
) -> Quarter:
    """The calendar's next round: this quarter's, or the one after the newest that there was.

    `asked` are the quarters of a year, 1 to 4, in which the survey is asked; the others are passed over.
    """
    taken = [Quarter.parse(one.round) for one in all_rounds(connection, survey)]
    following = max([Quarter.of(today), *(quarter.plus(1) for quarter in taken)])
    return next(one for one in map(following.plus, range(4)) if one.number in (asked or EVERY_QUARTER))


def opens_now(connection: Connection, survey: str, following: Quarter, today: date) -> bool:
    """Whether the next round may open: right behind the last one, or once its quarter has come.

    Where quarters are passed over in between, nobody is asked before.
    """
    taken = [Quarter.parse(one.round) for one in all_rounds(connection, survey)]
    behind = not taken or following == max(taken).plus(1)
    return behind or following <= Quarter.of(today)
