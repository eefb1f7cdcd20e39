"""The two halves of a round's key, as two types: one may go anywhere, the other never prints.

The private half lies on disk only wrapped (`wrapping.py`), never on the web machine.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from ..errors import FeedbackError
from .envelope import POINT_BYTES

SCALAR_BYTES = 32


class InvalidPublicKey(FeedbackError):
    """Bytes that are no point of P-256."""

    status = 422
    code = "public-key-invalid"
    message = "This is not a public key of a round."


def to_base64url(data: bytes) -> str:
    """Base64url without padding, as every binary value travels in JSON here."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def from_base64url(text: str) -> bytes:
    """The bytes of unpadded base64url. Raises `ValueError` on any other character or length."""
    try:
        data = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, UnicodeEncodeError) as error:
        raise ValueError("not base64url") from error
    if to_base64url(data) != text:
        raise ValueError("not canonical base64url")
    return data


@dataclass(frozen=True, slots=True)
class PublicKey:
    """The half that seals."""

    handle: ec.EllipticCurvePublicKey

    @classmethod
    def from_bytes(cls, point: bytes) -> PublicKey:
        """From an uncompressed P-256 point (65 bytes). Raises `InvalidPublicKey`."""
        try:
            if len(point) != POINT_BYTES:
                raise ValueError
            return cls(ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point))
        except ValueError:
            raise InvalidPublicKey from None

    def to_bytes(self) -> bytes:
        """The uncompressed point, 65 bytes."""
        return self.handle.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the point in groups of four hex digits, for people to compare."""
        digits = hashlib.sha256(self.to_bytes()).hexdigest()
        return " ".join(digits[at : at + 4] for at in range(0, len(digits), 4))


@dataclass(frozen=True, slots=True)
class PrivateKey:
    """The half that opens. Never printed, never logged."""

    handle: ec.EllipticCurvePrivateKey = field(repr=False)

    @classmethod
    def generate(cls) -> PrivateKey:
        """A new key, independent of every other."""
        return cls(ec.generate_private_key(ec.SECP256R1()))

    @classmethod
    def from_bytes(cls, scalar: bytes) -> PrivateKey:
        """From its 32-byte big-endian scalar."""
        return cls(ec.derive_private_key(int.from_bytes(scalar, "big"), ec.SECP256R1()))

    def to_bytes(self) -> bytes:
        """The 32-byte big-endian scalar, for wrapping only."""
        return self.handle.private_numbers().private_value.to_bytes(SCALAR_BYTES, "big")

    @property
    def public(self) -> PublicKey:
        """The half that may be shown."""
        return PublicKey(self.handle.public_key())
