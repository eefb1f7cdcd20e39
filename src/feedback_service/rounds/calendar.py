"""The operator's calendar: quarters, named like `2026-Q4`. Rounds follow one another on it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

from ..errors import FeedbackError

# The numbers of a year's quarters: the calendar of a survey that is always asked.
EVERY_QUARTER = (1, 2, 3, 4)
_QUARTER = re.compile(r"([1-8][0-9]{3})-Q([1-4])\Z")


class InvalidRoundName(FeedbackError):
    """A text that names no quarter."""

    status = 422
    code = "round-name-invalid"
    message = "“%(name)s” names no round. Rounds are named like 2026-Q4."


@dataclass(frozen=True, slots=True, order=True)
class Quarter:
    """Three months, in which one round of a survey is open."""

    year: int
    number: int

    @classmethod
    def parse(cls, name: str) -> Quarter:
        """From a name like `2026-Q4`. Raises `InvalidRoundName`."""
        found = _QUARTER.match(name)
        if not found:
            raise InvalidRoundName(name=name[:20])
        return cls(int(found[1]), int(found[2]))

    @classmethod
    def of(cls, day: date) -> Quarter:
        """The quarter that a day lies in."""
        return cls(day.year, (day.month - 1) // 3 + 1)

    def __str__(self) -> str:
        return f"{self.year}-Q{self.number}"

    def plus(self, quarters: int) -> Quarter:
        """The quarter that many later (or earlier)."""
        months = self.year * 4 + self.number - 1 + quarters
        return Quarter(months // 4, months % 4 + 1)

    @property
    def last_day(self) -> date:
        """The day on which its round closes."""
        following = self.plus(1)
        return date(following.year, following.number * 3 - 2, 1) - timedelta(days=1)
