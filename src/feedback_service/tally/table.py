"""What counting hands to disclosure control, and nobody else: raw counts a region, in memory only.

Shapes: `counts[question]` has one integer for each of the question's `choices`; the last choice is
always `_none` ("no answer, or not asked"), so that every record is in the base of every question.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ..surveys.categories import NO_ANSWER, CountedQuestion, Kind, PublishClass

__all__ = ["NO_ANSWER", "CountTable", "CountedQuestion", "Kind", "PublishClass", "RegionCount"]


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
