"""What anyone can recompute from a published file of themes: its form, its n, and every shown number."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ..surveys.categories import NO_ANSWER
from .display import show
from .protected import atom_digest
from .shape import mismatches
from .themes import FORMAT, LEAST_COMMENTS, QUESTION, parameters

_SHAPE: dict[str, Any] = {
    "format": str,
    "survey": str,
    "round": str,
    "audience": str,
    "issued": str,
    "parameters": {"k": int, "V": int, "percent_from": int},
    "n": int,
    "themes": [str],
    "noisy": [int],
    "count": [int],
    "pct": ([int], None),
    "digest": str,
}


def is_themes(document: Any) -> bool:
    """Whether it says that it is such a file."""
    return isinstance(document, dict) and document.get("format") == FORMAT


def themes_problems(document: Mapping[str, Any]) -> list[str]:
    """Everything that is wrong with a file of themes, as sentences; an empty list means that it holds."""
    return list(mismatches(document, _SHAPE)) or list(_problems(document))


def _problems(document: Mapping[str, Any]) -> Iterator[str]:
    themes, noisy, n = document["themes"], document["noisy"], document["n"]
    if document["format"] != FORMAT:
        yield f"the format is not {FORMAT}"
    if document["parameters"] != parameters():
        yield "the parameters are not the ones promised"
    if n < LEAST_COMMENTS:
        yield f"n is below {LEAST_COMMENTS}"
    if themes[-1:] != [NO_ANSWER] or len(set(themes)) < len(themes) or len(noisy) != len(themes):
        yield "themes and noisy numbers don't fit together"
        return
    if document["digest"] != atom_digest(n, {QUESTION: tuple(noisy)}):
        yield "the digest is of other numbers"
    shown = show("select_multiple", themes, noisy, n, scale=False)
    if document["count"] != list(shown.count):
        yield "count doesn't follow from the noisy numbers and n"
    if document["pct"] != (list(shown.pct) if shown.pct else None):
        yield "pct doesn't follow from the noisy numbers and n"
