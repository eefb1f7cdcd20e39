"""Names of rows: HMACs of a form's tag and id under the round's mixing key, destroyed at its close."""

from __future__ import annotations

import hashlib
import hmac

from ..secret import Secret
from ..storage.envelopes import KEY_PREFIX_BYTES


def row_key(mixing_key: Secret, tag: bytes, id_: bytes) -> bytes:
    """HMAC(mixing key, tag)[:8] ‖ HMAC(mixing key, tag ‖ id)[:8]."""
    return tag_mac(mixing_key, tag) + _mac(mixing_key, tag + id_)


def tag_mac(mixing_key: Secret, tag: bytes) -> bytes:
    """HMAC(mixing key, tag)[:8]: what all answers of one form have in common."""
    return _mac(mixing_key, tag)


def contest_mac(mixing_key: Secret, code: bytes, tag: bytes, id_: bytes) -> bytes:
    """What decides between several answers with one code: nobody outside can compute it beforehand."""
    return hmac.new(mixing_key.value, b"contest" + code + tag + id_, hashlib.sha256).digest()


def _mac(mixing_key: Secret, message: bytes) -> bytes:
    return hmac.new(mixing_key.value, message, hashlib.sha256).digest()[:KEY_PREFIX_BYTES]
