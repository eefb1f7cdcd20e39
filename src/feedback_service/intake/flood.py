"""Keeps a flood of invented answers from filling the disk: above ten times what is expected, codes only.

What it knows is a total, rounded down, of the last mix, and a number in memory of what came since.
"""

from __future__ import annotations

from collections.abc import Mapping

from ..errors import N_, FeedbackError
from .open_rounds import OpenSurvey

TIMES = 10


class TooManyAnswers(FeedbackError):
    """More than ten times the expected answers; nothing was stored."""

    status = 503
    code = "too-many-answers"
    message = N_(
        "Far more answers have come than there are people. Until this is cleared up, only answers with a"
        " code from a card can be taken. Nothing was stored."
    )


class FloodGate:
    """One a process. `expected` is the number of answers a round, by survey."""

    def __init__(self, expected: Mapping[str, int]) -> None:
        self._expected = expected
        # By round: the total that was known, and how many were let in since it last changed.
        self._since: dict[int, tuple[int, int]] = {}

    def admit(self, survey: OpenSurvey, *, with_code: bool) -> None:
        """Count one answer in. Raises `TooManyAnswers`."""
        limit = self.limit(survey.questionnaire.name)
        known, since = self._since.get(survey.round_number, (survey.mixed, 0))
        if known != survey.mixed:
            known, since = survey.mixed, 0
        if limit is not None and known + since >= limit and not with_code:
            raise TooManyAnswers
        self._since[survey.round_number] = (known, since + 1)

    def limit(self, survey: str) -> int | None:
        """From how many answers on codes are needed; `None` where nobody said what to expect."""
        expected = self._expected.get(survey)
        return None if expected is None else TIMES * expected
