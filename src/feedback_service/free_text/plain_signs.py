"""The same text in plain signs, character by character, so that positions stay what they were.

Digits of every script become 0 to 9, every kind of space, dash and full-width sign its ASCII twin, and
the invisible marks of direction that phones put around numbers become spaces.
"""

from __future__ import annotations

import unicodedata

_FULL_WIDTH = range(0xFF01, 0xFF5F)
_FULL_WIDTH_OFFSET = 0xFEE0
# Joiners stand inside words of Persian and Kurdish; a space would cut these.
_JOINERS = "\u200c\u200d"


def plain_signs(text: str) -> str:
    """A text of the same length."""
    return text if text.isascii() else "".join(map(_plain, text))


def _plain(sign: str) -> str:
    if sign.isascii() or sign in _JOINERS:
        return sign
    if ord(sign) in _FULL_WIDTH:
        return chr(ord(sign) - _FULL_WIDTH_OFFSET)
    match unicodedata.category(sign):
        case "Nd":
            return str(unicodedata.digit(sign))
        case "Zs" | "Cf":
            return " "
        case "Pd":
            return "-"
    return sign
