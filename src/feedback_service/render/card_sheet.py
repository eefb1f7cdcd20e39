"""Trustees' cards as one HTML file to print: A4, a card a page, nothing loaded from anywhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from jinja2 import Environment, PackageLoader, StrictUndefined

_COLUMNS = 3


@dataclass(frozen=True, slots=True)
class PrintedCard:
    """One card: its number, and its words in order."""

    number: int
    words: tuple[str, ...] = field(repr=False)

    @property
    def columns(self) -> list[list[tuple[int, str]]]:
        """Numbered words in three columns, read downwards."""
        numbered = list(enumerate(self.words, start=1))
        height = -(-len(numbered) // _COLUMNS)
        return [numbered[at : at + height] for at in range(0, len(numbered), height)]


def card_sheet(survey: str, round_id: str, needed: int, cards: Sequence[PrintedCard]) -> str:
    """The sheet, in German and English on each card."""
    environment = Environment(
        loader=PackageLoader("feedback_service.render"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    template = environment.get_template("cards.html")
    return template.render(survey=survey, round=round_id, needed=needed, cards=cards)
