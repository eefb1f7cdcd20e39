"""What counting hands to disclosure control, and nobody else: raw counts a region, in memory only.

Shapes: `counts[question]` has one integer for each of the question's `choices`; the last choice is
always `_none` ("no answer, or not asked"), so that every record is in the base of every question.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

NO_ANSWER = "_none"

Kind = Literal["select_one", "select_multiple"]
PublishClass = Literal["local", "wide", "state"]


@dataclass(frozen=True, slots=True)
class CountedQuestion:
    """A closed question as it is counted: `choices` in the survey's order, `_none` last."""

    name: str
    kind: Kind
    choices: tuple[str, ...]
    publish: PublishClass
    scale: bool = False


@dataclass(frozen=True, slots=True)
class RegionCount:
    """All records that named one region: their keys (lower-case hex, any order) and raw counts."""

    region: str
    record_keys: tuple[str, ...]
    counts: Mapping[str, tuple[int, ...]]

    @property
    def n(self) -> int:
        """How many records there are."""
        return len(self.record_keys)


@dataclass(frozen=True, slots=True)
class CountTable:
    """One survey and round, counted. `regions` has an entry only for regions that somebody named."""

    survey: str
    round: str
    audience: str
    questions: tuple[CountedQuestion, ...]
    regions: Mapping[str, RegionCount]
    invalid: int
