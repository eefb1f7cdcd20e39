"""Opens what was sealed for a round's reviewers. Only moderation may import this module."""

from __future__ import annotations

import json
from typing import Any

from cryptography.exceptions import InvalidTag

from .comment import Kind
from .envelope import ENVELOPE_VERSION, suite
from .keys import PrivateKey
from .open import CannotOpen

__all__ = ["CannotOpen", "open_for_reviewers"]
_MARKER = b"\x80"


def open_for_reviewers(
    sealed: bytes, key: PrivateKey, kind: Kind, survey: str, round_id: str
) -> dict[str, Any]:
    """The document inside. Raises `CannotOpen`."""
    if len(sealed) != kind.sealed_bytes or sealed[0] != ENVELOPE_VERSION:
        raise CannotOpen
    try:
        opened = suite().decrypt(sealed[1:], key.handle, kind.info(survey, round_id)).rstrip(b"\x00")
        content = json.loads(opened.removesuffix(_MARKER))
    except (InvalidTag, ValueError, RecursionError):
        # `from None`: what was nearly opened must not stand in a traceback.
        raise CannotOpen from None
    if not isinstance(content, dict):
        raise CannotOpen
    return content
