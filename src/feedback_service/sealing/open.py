"""Opens envelopes with a round's private key. Only the private side may import this module."""

from __future__ import annotations

from cryptography.exceptions import InvalidTag

from .envelope import info_for, suite, well_formed
from .keys import PrivateKey
from .plaintext import BrokenPadding, unpad


class CannotOpen(ValueError):
    """Another key, another round's context, or damaged bytes; RFC 9180 doesn't tell them apart."""


def open_envelope(envelope: bytes, private_key: PrivateKey, round_id: str, fingerprint: bytes) -> bytes:
    """The canonical JSON inside one envelope. Raises `CannotOpen`."""
    if not well_formed(envelope):
        raise CannotOpen
    try:
        opened = suite().decrypt(envelope[1:], private_key.handle, info_for(round_id, fingerprint))
        return unpad(opened)
    except (InvalidTag, BrokenPadding, ValueError):
        # `from None`: what was nearly opened must not stand in a traceback.
        raise CannotOpen from None
