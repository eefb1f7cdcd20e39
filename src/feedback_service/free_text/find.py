"""Finds what in a text seems to show who a person is; for the form's second look and for reviewers.

A help and no guarantee: what it doesn't know it doesn't find, and nothing of the text is kept or printed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from .found import Found
from .names import names
from .numbers import bare_numbers, emails, file_numbers, ibans, telephones
from .plain_signs import plain_signs


def find_personal(text: str) -> tuple[Found, ...]:
    """Passages in the order of the text, none overlapping."""
    kept: list[Found] = []
    for found in _by_certainty(text):
        if not any(found.overlaps(other) for other in kept):
            kept.append(found)
    return tuple(sorted(kept))


def _by_certainty(text: str) -> Iterator[Found]:
    """The surest first: where two see the same passage, the first says what it is."""
    plain = plain_signs(text)
    readers: Iterable[Iterator[Found]] = (
        emails(plain),
        ibans(plain),
        file_numbers(plain),
        telephones(plain),
        bare_numbers(plain),
        names(text),
    )
    for found in readers:
        yield from found
