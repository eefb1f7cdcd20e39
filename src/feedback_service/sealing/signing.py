"""The ledger's two keys (Ed25519, RFC 8032): one signs each entry on the private side, one goes to everybody.

What is signed is an entry's hash, and through it everything before that entry. A signature is deterministic:
the same count signs to the same bytes.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from ..errors import FeedbackError
from .keys import from_base64url, to_base64url

LEDGER_KEY_FORMAT = "feedback-ledger-key/1"
_CONTEXT = b"feedback-ledger/1|"


class InvalidLedgerKey(FeedbackError):
    """A file that is no public key of a ledger."""

    status = 422
    code = "ledger-key-invalid"
    message = "%(file)s is not the public key of a ledger."


@dataclass(frozen=True, slots=True)
class LedgerPublicKey:
    """The half that checks; published."""

    point: bytes

    def signed(self, this: str, signature: str | None) -> bool:
        """Whether `signature` (base64url) is this key's over the hash `this`, like `sha256:…`."""
        try:
            key = Ed25519PublicKey.from_public_bytes(self.point)
            key.verify(from_base64url(signature or ""), _CONTEXT + this.encode())
        except (InvalidSignature, ValueError):
            return False
        return True

    def as_file(self) -> str:
        """The text of `ledger.pub`."""
        return json.dumps(self.as_document(), indent=1) + "\n"

    def as_document(self) -> dict[str, str]:
        """The readable head of both files."""
        return {"format": LEDGER_KEY_FORMAT, "public_key": to_base64url(self.point)}

    @classmethod
    def from_file(cls, text: str, name: str) -> LedgerPublicKey:
        """From either file of the key. Raises `InvalidLedgerKey`."""
        try:
            document = json.loads(text)
            if document["format"] != LEDGER_KEY_FORMAT:
                raise ValueError
            point = from_base64url(document["public_key"])
            Ed25519PublicKey.from_public_bytes(point)
        except (KeyError, TypeError, ValueError, AttributeError, RecursionError):
            raise InvalidLedgerKey(file=name) from None
        return cls(point)


@dataclass(frozen=True, slots=True)
class LedgerKey:
    """The half that signs. It never leaves the private side and never prints."""

    handle: Ed25519PrivateKey = field(repr=False)

    @classmethod
    def generate(cls) -> LedgerKey:
        """A new key."""
        return cls(Ed25519PrivateKey.generate())

    @classmethod
    def from_bytes(cls, seed: bytes) -> LedgerKey:
        """From its 32-byte seed."""
        return cls(Ed25519PrivateKey.from_private_bytes(seed))

    def to_bytes(self) -> bytes:
        """The 32-byte seed, for wrapping only."""
        return self.handle.private_bytes_raw()

    def sign(self, this: str) -> str:
        """The signature over an entry's hash, base64url, 86 characters."""
        return to_base64url(self.handle.sign(_CONTEXT + this.encode()))

    @property
    def public(self) -> LedgerPublicKey:
        """The half that is published."""
        return LedgerPublicKey(self.handle.public_key().public_bytes_raw())
