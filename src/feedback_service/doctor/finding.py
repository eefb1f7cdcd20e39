"""What a check says: one plain sentence about what was found, and one about what to do."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """How urgent it is. Only `NOW` makes the command fail."""

    NOW = "now"
    ADVICE = "advice"
    NOT_LOOKED_AT = "not looked at"
    FINE = "fine"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line: what was looked at, what was found, and what to do where something is to be done."""

    subject: str
    level: Level
    found: str
    todo: str = ""


def now(subject: str, found: str, todo: str) -> Finding:
    """Something that must be done now."""
    return Finding(subject, Level.NOW, found, todo)


def advice(subject: str, found: str, todo: str) -> Finding:
    """Something that should be done, or that was chosen and is worth knowing."""
    return Finding(subject, Level.ADVICE, found, todo)


def fine(subject: str, found: str) -> Finding:
    """Looked at, and as it should be."""
    return Finding(subject, Level.FINE, found)


def not_looked_at(subject: str, why: str) -> Finding:
    """Says honestly that nothing was seen; never counted as good."""
    return Finding(subject, Level.NOT_LOOKED_AT, why)
