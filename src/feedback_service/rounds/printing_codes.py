"""Draws access codes for an open round. Their hashes go to the database, the codes to whoever prints them.

Never fewer than fifty at once: a handful of codes would say whom they were meant for. Nothing but the
hash is kept: no number, no place, no date, no batch.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from ..errors import FeedbackError
from ..sealing.access_code import AccessCode
from ..storage.access_codes import CodeTotals, add_codes, totals
from ..storage.rounds import Round, get_round
from ..storage.session import Store
from ..storage.surveys import survey_by_fingerprint
from ..surveys.questionnaire import Questionnaire

FEWEST = 50
_ROUNDED_TO = 10


class TooFewCodes(FeedbackError):
    """A stratum in which a code would say too much."""

    status = 422
    code = "codes-too-few"
    message = "Print %(fewest)s codes or more at once: fewer would say whom they were meant for."


class NoCodesAsked(FeedbackError):
    """The survey of the round is open to everybody."""

    status = 409
    code = "codes-not-asked"
    message = (
        "The round %(round)s of “%(survey)s” asks for no codes. Put “access: code-optional” or"
        " “access: code-required” into the survey file and import it; it holds from the next round on."
    )


@dataclass(frozen=True, slots=True)
class CodeStatus:
    """A round's codes in totals. `spent` is as of the last mix and rounded down to tens."""

    printed: int
    spent: int
    contested: int


def draw_codes(store: Store, printing: Round, number: int) -> list[AccessCode]:
    """Draw `number` codes and keep their hashes. Raises `TooFewCodes`, `NoCodesAsked`."""
    if number < FEWEST:
        raise TooFewCodes(fewest=FEWEST)
    asked_with_codes(store, printing)
    codes = [AccessCode.fresh() for _ in range(number)]
    with store.begin() as connection:
        add_codes(connection, printing.number, {code.mac(printing.pepper) for code in codes})
    # The pages of the file would show which codes were printed together.
    store.vacuum([printing.number])
    secrets.SystemRandom().shuffle(codes)
    return codes


def asked_with_codes(store: Store, one: Round) -> Questionnaire:
    """The questionnaire of a round that takes codes. Raises `NoCodesAsked`."""
    with store.read() as connection:
        questionnaire = survey_by_fingerprint(connection, one.survey, one.fingerprint)
    if questionnaire is None or not questionnaire.has_codes:
        raise NoCodesAsked(survey=one.survey, round=one.round)
    return questionnaire


def code_status(store: Store, one: Round) -> CodeStatus:
    """How many codes a round has and how many are spent."""
    with store.read() as connection:
        found: CodeTotals = totals(connection, one.number)
        contested = get_round(connection, one.number).contested
    return CodeStatus(found.printed, found.spent // _ROUNDED_TO * _ROUNDED_TO, contested)
