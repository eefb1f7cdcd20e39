"""A passage of a text that looks like personal data, by where it stands; the passage itself isn't held."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What a passage seems to be. A tax number counts as one that an office gave."""

    PHONE = "phone"
    EMAIL = "email"
    IBAN = "iban"
    FILE_NUMBER = "file-number"
    NAME = "name"


@dataclass(frozen=True, slots=True, order=True)
class Found:
    """Characters `start` to before `end` of the text, counted as Python does."""

    start: int
    end: int
    kind: Kind

    def overlaps(self, other: Found) -> bool:
        """Whether the two share a character."""
        return self.start < other.end and other.start < self.end
