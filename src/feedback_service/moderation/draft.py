"""What reviewers made of a comment so far. It lies sealed to them until it is decided."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Place = Literal["region", "state"]


@dataclass(frozen=True, slots=True)
class Draft:
    """`text` is the redacted one, `None` while it is as it was written; `translations` by language.

    `themes` are `None` until somebody named them, and empty where it fits none. `place` is how near the quote
    may say that it comes from; `approved_by` names who let it through so far.
    """

    text: str | None = field(default=None, repr=False)
    translations: Mapping[str, str] = field(default_factory=dict, repr=False)
    themes: tuple[str, ...] | None = None
    place: Place = "region"
    approved_by: tuple[str, ...] = ()

    def document(self) -> dict[str, Any]:
        """For sealing."""
        return {
            "text": self.text,
            "translations": dict(self.translations),
            "themes": None if self.themes is None else list(self.themes),
            "place": self.place,
            "approved_by": list(self.approved_by),
        }

    @classmethod
    def from_document(cls, told: Mapping[str, Any]) -> Draft:
        """From what was sealed."""
        return cls(
            told["text"],
            told["translations"],
            None if told["themes"] is None else tuple(told["themes"]),
            told["place"],
            tuple(told["approved_by"]),
        )
