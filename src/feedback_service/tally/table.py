"""What counting hands on, in memory only: raw counts to disclosure control, comments to be sealed anew.

Shapes: `counts[question]` has one integer for each of the question's `choices`; the last choice is
always `_none` ("no answer, or not asked"), so that every record is in the base of every question.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ..surveys.categories import NO_ANSWER, CountedQuestion, Kind, PublishClass

__all__ = [
    "NO_ANSWER", "Comment", "CountTable", "CountedQuestion", "Kind", "PublishClass", "RegionCount", "Tallied",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class RegionCount:
    """All records that named one region: their keys (lower-case hex, any order) and raw counts.

    `verified` of them came with an access code.
    """

    region: str
    record_keys: tuple[str, ...]
    counts: Mapping[str, tuple[int, ...]]
    verified: int = 0

    @property
    def n(self) -> int:
        """How many records there are."""
        return len(self.record_keys)


@dataclass(frozen=True, slots=True)
class CountTable:
    """One survey and round, counted. `regions` has an entry only for regions that somebody named.

    `by_verified`: the survey uses codes, and the verified records alone decide who is counted together;
    `contested` of the codes came with several answers.
    """

    survey: str
    round: str
    audience: str
    questions: tuple[CountedQuestion, ...]
    regions: Mapping[str, RegionCount]
    invalid: int
    by_verified: bool = False
    contested: int = 0

    def deciding(self, region: str) -> int:
        """The number of records that decides where a region belongs."""
        count = self.regions[region]
        return count.verified if self.by_verified else count.n


@dataclass(frozen=True, slots=True)
class Comment:
    """What one person wrote, split from all that they ticked. `region` is the one that they named."""

    text: str = field(repr=False)
    language: str
    region: str


@dataclass(frozen=True, slots=True)
class Tallied:
    """A counted round: the table, and the comments of the same records in no order that means anything."""

    table: CountTable
    comments: tuple[Comment, ...]
