"""The letters that the PDF's font has. A text with any other would stop the whole document.

Texts of offices and surveys may hold anything, such as an emoji. What can't be printed shows as �, and the
other documents have it as it was written. Tried letter by letter with the font that typst brings.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from typing import Any

MISSING = "\ufffd"
# First and last code point: Latin, phonetic letters, Greek, Cyrillic, Hebrew, Arabic, Georgian, more Latin,
# punctuation, currencies, letterlike signs, arrows, mathematics, geometric shapes.
PRINTED = (
    (0x20, 0x7E), (0xA0, 0x24F), (0x250, 0x2FF), (0x370, 0x373), (0x376, 0x377), (0x37A, 0x37F),
    (0x384, 0x38A), (0x38E, 0x3A1), (0x3A3, 0x3FF), (0x400, 0x482), (0x48A, 0x4FF), (0x5D0, 0x5EA),
    (0x621, 0x63A), (0x641, 0x64A), (0x10D0, 0x10FA), (0x1E00, 0x1EFF), (0x2010, 0x2027), (0x202F, 0x2040),
    (0x2044, 0x2052), (0x20A0, 0x20BF), (0x2190, 0x22FF), (0x25A0, 0x25FF), (0x2713, 0x2713),
    (0x2717, 0x2717),
)  # fmt: skip
_WHITESPACE = "\n\t"


def printable(text: str) -> str:
    """The text with what the font lacks replaced."""
    composed = unicodedata.normalize("NFC", text)
    return "".join(sign if sign in _WHITESPACE or _has(sign) else MISSING for sign in composed)


def all_printable(value: Any) -> Any:
    """The same for every text in a document of mappings and sequences."""
    if isinstance(value, str):
        return printable(value)
    if isinstance(value, Mapping):
        return {name: all_printable(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [all_printable(one) for one in value]
    return value


def _has(sign: str) -> bool:
    return sign == MISSING or any(first <= ord(sign) <= last for first, last in PRINTED)
