"""What an audit says: one line for each thing that was looked at."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """How a line ends. Only a finding fails the audit."""

    OK = "ok"
    WARNING = "warning"
    FINDING = "finding"
    NOT_LOOKED_AT = "not looked at"


@dataclass(frozen=True, slots=True)
class Check:
    """One line: the design's number, what was looked at, what was found, and what it may be at most."""

    number: int
    looked_at: str
    found: str
    limit: str
    verdict: Verdict


def held(number: int, looked_at: str, found: object, limit: str, holds: bool) -> Check:
    """A line that is a finding unless it `holds`."""
    return Check(number, looked_at, str(found), limit, Verdict.OK if holds else Verdict.FINDING)


def hardened(number: int, looked_at: str, found: object, limit: str, holds: bool) -> Check:
    """A line about the machine, which an installation may fall short of: a warning unless it `holds`."""
    return Check(number, looked_at, str(found), limit, Verdict.OK if holds else Verdict.WARNING)


def not_looked_at(number: int, looked_at: str, why: str) -> Check:
    """A line that says honestly that nothing was seen."""
    return Check(number, looked_at, why, "", Verdict.NOT_LOOKED_AT)
