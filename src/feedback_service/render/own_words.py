"""What people wrote themselves, in words: approved quotes, and the themes of all that was written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..i18n import LANGUAGES, Interface
from ..reports.model import ChoiceFigure, Quoted, ThemeFigures
from .words import Say, audience, percent_or_dash


@dataclass(frozen=True, slots=True)
class QuoteWords:
    """One quote. `language` and `direction` are the text's own (BCP 47), `source` is who wrote it, where."""

    text: str
    language: str
    direction: str
    source: str


@dataclass(frozen=True, slots=True)
class QuotesWords:
    """Approved quotes, and what they are."""

    heading: str
    note: str
    quotes: tuple[QuoteWords, ...]


@dataclass(frozen=True, slots=True)
class ThemesWords:
    """What people of the whole state wrote about, as a table: theme, texts, share, the largest first.

    `rows` are what that was made from, for documents that one calculates with.
    """

    heading: str
    caption: str
    table: tuple[tuple[str, str, str], ...]
    rows: tuple[ChoiceFigure, ...]


def quotes_words(quotes: Sequence[Quoted], say: Say) -> QuotesWords | None:
    """Quotes with who wrote them."""
    if not quotes:
        return None
    return QuotesWords(
        say("In their own words"),
        say("Chosen, shortened and, where needed, translated by people: each stands for one person alone."),
        tuple(_quote(one, say) for one in quotes),
    )


def _quote(one: Quoted, say: Say) -> QuoteWords:
    spoken = LANGUAGES[one.language]
    return QuoteWords(one.text, spoken.bcp47, spoken.direction, f"{audience(one, say)} · {one.region_name}")


def themes_words(figures: ThemeFigures, interface: Interface) -> ThemesWords:
    """What people wrote about, in words."""
    say = interface.plain
    return ThemesWords(
        say("What people wrote about in their own words, in the whole state"),
        interface.plain_counted("%(n)s text", "%(n)s texts", figures.n),
        tuple(
            (one.label, interface.number(one.count), percent_or_dash(one.percent, say))
            for one in figures.themes
        ),
        figures.themes,
    )
