"""Seals an access code's hash to the mixing process, so that whoever reads a spool learns no code.

A code field is HPKE over exactly 32 bytes: enc (65) ‖ ciphertext (32) ‖ tag (16) = 113 bytes, with or
without a code. Its key is renewed at each mix; it has nothing to do with a round's key.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable

from cryptography.exceptions import InvalidTag

from .envelope import POINT_BYTES, suite
from .keys import PrivateKey, PublicKey

MAC_BYTES = 32
CODE_FIELD_BYTES = POINT_BYTES + MAC_BYTES + 16
_INFO = b"feedback-service/v1|code"


def seal_code(key: PublicKey, mac: bytes | None) -> bytes:
    """A code field of 113 bytes. `None`, no code, seals random bytes that no code hashes to."""
    content = secrets.token_bytes(MAC_BYTES) if mac is None else mac
    if len(content) != MAC_BYTES:
        raise ValueError("a code's hash has 32 bytes")
    return bytes(suite().encrypt(content, key.handle, _INFO))


def open_code(keys: Iterable[PrivateKey], field: bytes) -> bytes | None:
    """The hash in a code field; `None` where none of `keys` opens it."""
    for key in keys:
        try:
            return bytes(suite().decrypt(field, key.handle, _INFO))
        except (InvalidTag, ValueError):
            continue
    return None
