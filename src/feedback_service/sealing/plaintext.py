"""What is sealed: canonical JSON (RFC 8785), padded (ISO/IEC 7816-4) to one length for everyone.

A length would tell: in our length model even Padmé left 67 different ones.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import rfc8785

PLAINTEXT_VERSION = 1
PLAINTEXT_BYTES = 3840
LONGEST_CONTENT = PLAINTEXT_BYTES - 1  # the padding has at least its marker byte
_MARKER = b"\x80"


class ContentTooLong(ValueError):
    """The content doesn't fit the one plaintext length."""


class BrokenPadding(ValueError):
    """Opened bytes that don't end as padding does."""


def content_bytes(
    *, survey: str, lang: str, channel: str, answers: Mapping[str, Any], record_key: str
) -> bytes:
    """The content of one submission as canonical JSON. `record_key` is 32 lower-case hex digits."""
    return rfc8785.dumps(
        {
            "v": PLAINTEXT_VERSION,
            "survey": survey,
            "lang": lang,
            "channel": channel,
            "answers": dict(answers),
            "record_key": record_key,
        }
    )


def pad(content: bytes) -> bytes:
    """Pad to exactly 3,840 bytes. Raises `ContentTooLong`."""
    if len(content) > LONGEST_CONTENT:
        raise ContentTooLong
    return (content + _MARKER).ljust(PLAINTEXT_BYTES, b"\x00")


def unpad(plaintext: bytes) -> bytes:
    """Take the padding off. Raises `BrokenPadding`."""
    content = plaintext.rstrip(b"\x00")
    if len(plaintext) != PLAINTEXT_BYTES or not content.endswith(_MARKER):
        raise BrokenPadding
    return content[:-1]
