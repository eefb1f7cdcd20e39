"""Marks in a text what seems to show who somebody is: a help for the reviewer, and no guarantee."""

from __future__ import annotations

from collections.abc import Iterator

from ..free_text.find import find_personal
from ..free_text.found import Kind

TAKEN_OUT = "[…]"


def pieces(text: str) -> Iterator[tuple[str, Kind | None]]:
    """The text in pieces, each with what it seems to be, `None` where it seems to be nothing personal."""
    at = 0
    for found in find_personal(text):
        if found.start > at:
            yield text[at : found.start], None
        yield text[found.start : found.end], found.kind
        at = found.end
    if at < len(text):
        yield text[at:], None


def without_marked(text: str) -> str:
    """The text with every marked passage taken out."""
    return "".join(TAKEN_OUT if kind else piece for piece, kind in pieces(text))
