"""Access codes for printing: A4 sheets of cards to be cut, or a table for those who print themselves.

Cards differ in nothing but the code and its QR picture: no number, no date of printing, no batch, so that
a card that is found says nothing about who was given it.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import segno
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from ..i18n import Interface, isolated

CSV_COLUMNS = ("code", "address")
# By the number of languages that a card has room for: columns and rows of cards on an A4 page, and columns
# of text on a card.
_LAYOUTS = ((1, 2, 4, 1), (2, 2, 3, 1), (5, 2, 2, 1), (10, 1, 2, 2), (20, 1, 1, 2))


@dataclass(frozen=True, slots=True)
class Card:
    """One code as it is shown, and the address with the code in its fragment, which no server gets."""

    code: str
    address: str


def code_sheets(
    cards: Sequence[Card], address: str, titles: Mapping[str, str], interfaces: Sequence[Interface]
) -> Iterator[str]:
    """An HTML document for printing, in pieces. `address` is typed by hand; `titles` are the survey's.

    Each card has all of `interfaces`' languages.
    """
    columns, rows, text_columns = _layout(len(interfaces))
    environment = Environment(
        loader=PackageLoader("feedback_service.render"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    per_page = columns * rows
    pages = (cards[start : start + per_page] for start in range(0, len(cards), per_page))
    yield from environment.get_template("code_sheets.html").generate(
        pages=pages,
        columns=columns,
        rows=rows,
        text_columns=text_columns,
        address=address,
        titles=titles,
        interfaces=interfaces,
        picture=_picture,
        bdi=isolated,
    )


def codes_csv(cards: Sequence[Card]) -> str:
    """The same as a table: `code,address`, one line a card."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(CSV_COLUMNS)
    writer.writerows((card.code, card.address) for card in cards)
    return out.getvalue()


def _layout(languages: int) -> tuple[int, int, int]:
    return next((columns, rows, texts) for most, columns, rows, texts in _LAYOUTS if languages <= most)


def _picture(card: Card) -> Markup:
    code = segno.make(card.address, error="m", micro=False)
    # Made from our own address and a code of 17 known characters.
    return Markup(code.svg_inline(omitsize=True, title="QR", desc=card.address))  # noqa: S704
