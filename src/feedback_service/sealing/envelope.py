"""The outer shape of an envelope, and the context that it is bound to.

Envelope = version byte 1 ‖ enc (65, an uncompressed P-256 point) ‖ ciphertext (3,840) ‖ tag (16).
HPKE base mode (RFC 9180): DHKEM(P-256, HKDF-SHA256), HKDF-SHA256, AES-256-GCM.
"""

from __future__ import annotations

from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from .plaintext import PLAINTEXT_BYTES

ENVELOPE_VERSION = 1
POINT_BYTES = 65
ENVELOPE_BYTES = 1 + POINT_BYTES + PLAINTEXT_BYTES + 16
_INFO_PREFIX = b"feedback-service/v1|"


def suite() -> Suite:
    """The one HPKE suite of the service."""
    return Suite(KEM.P256, KDF.HKDF_SHA256, AEAD.AES_256_GCM)


def info_for(round_id: str, fingerprint: bytes) -> bytes:
    """HPKE's `info`: binds an envelope to its round (like `2026-Q4`) and to the questions asked."""
    return _INFO_PREFIX + round_id.encode() + b"|" + fingerprint


def well_formed(envelope: bytes) -> bool:
    """Whether the outside of an envelope is right. Says nothing about whether it opens."""
    return len(envelope) == ENVELOPE_BYTES and envelope[0] == ENVELOPE_VERSION and envelope[1] == 0x04
