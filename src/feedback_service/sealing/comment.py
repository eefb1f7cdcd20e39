"""Seals for a round's reviewers: comments split from their answers, drafts, and the secret of their themes.

HPKE as for answers (`envelope.py`), with a context of its own for each kind, so that nothing that was sealed
as one opens as another. Each kind has one length. Whoever imports this holds nothing that could open it.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Any

import rfc8785

from .envelope import ENVELOPE_VERSION, POINT_BYTES, suite
from .keys import PublicKey
from .plaintext import ContentTooLong

_INFO_PREFIX = b"feedback-service/reviewers/v1|"
_MARKER = b"\x80"
_AROUND = 1 + POINT_BYTES + 16


class Kind(Enum):
    """What is sealed, with the bytes of its plaintext.

    A draft holds the redacted text and its translations: 1,000 characters of any script, several times.
    """

    COMMENT = "comment", 3840
    DRAFT = "draft", 12288
    THEMES = "themes", 128

    @property
    def plaintext_bytes(self) -> int:
        """The one length before sealing."""
        return self.value[1]

    @property
    def sealed_bytes(self) -> int:
        """The one length after it."""
        return _AROUND + self.plaintext_bytes

    def info(self, survey: str, round_id: str) -> bytes:
        """HPKE's `info`."""
        return _INFO_PREFIX + "|".join((self.value[0], survey, round_id)).encode()


def seal_for_reviewers(
    key: PublicKey, kind: Kind, survey: str, round_id: str, content: Mapping[str, Any]
) -> bytes:
    """Seal a document to a round's reviewers. Raises `ContentTooLong`."""
    plain = rfc8785.dumps(dict(content)) + _MARKER
    if len(plain) > kind.plaintext_bytes:
        raise ContentTooLong
    padded = plain.ljust(kind.plaintext_bytes, b"\x00")
    sealed = suite().encrypt(padded, key.handle, kind.info(survey, round_id))
    return bytes([ENVELOPE_VERSION]) + sealed
