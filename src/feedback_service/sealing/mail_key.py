"""The mail key: one secret of the process that sends mail, and what is derived from it (HKDF, RFC 5869).

Addresses of recipients are sealed under it, each to its row, all of one length. It signs links, and names
each mail the same way each time. The web process has the public half of the links' key alone.
"""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass
from hashlib import sha256

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from ..errors import FeedbackError
from ..secret import Secret
from .links import Link, signed_token

KEY_BYTES = 32
# RFC 5321 allows 254 characters between the brackets.
LONGEST_ADDRESS = 254
_PADDED = 256
_NONCE_BYTES = 12
_MAC_BYTES = 16


class AddressUnreadable(FeedbackError):
    """An address that this mail key doesn't open."""

    status = 500
    code = "address-unreadable"
    message = (
        "The mail address of a recipient can't be opened: mail/mail.key is not the one that it was sealed"
        " with. Put the right one back, or remove the recipients and add them again."
    )


@dataclass(frozen=True, slots=True)
class MailKey:
    """The secret, 32 random bytes."""

    secret: Secret

    @classmethod
    def generate(cls) -> MailKey:
        """A new one."""
        return cls(Secret(secrets.token_bytes(KEY_BYTES)))

    def seal_address(self, recipient: str, address: str) -> bytes:
        """An address sealed to its recipient's id: 284 bytes, whatever its length (at most 254 bytes)."""
        content = address.encode()
        if len(content) > LONGEST_ADDRESS:
            raise ValueError("an address is at most 254 bytes long")
        padded = len(content).to_bytes(2, "big") + content.ljust(_PADDED - 2, b"\0")
        nonce = secrets.token_bytes(_NONCE_BYTES)
        return nonce + AESGCM(self._derived(b"address")).encrypt(nonce, padded, recipient.encode())

    def open_address(self, recipient: str, sealed: bytes) -> str:
        """The address that was sealed to this recipient. Raises `AddressUnreadable`."""
        try:
            padded = AESGCM(self._derived(b"address")).decrypt(
                sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], recipient.encode()
            )
        except InvalidTag:
            raise AddressUnreadable from None
        return padded[2 : 2 + int.from_bytes(padded[:2], "big")].decode()

    def mac_of(self, address: str) -> bytes:
        """What the same address always gives, and nobody without the key can try out: 16 bytes."""
        return hmac.digest(self._derived(b"address-mac"), address.casefold().encode(), sha256)[:_MAC_BYTES]

    def message_id(self, recipient: str, kind: str, about: str, domain: str) -> str:
        """The fixed Message-ID of one mail, with its angle brackets."""
        content = "|".join((recipient, kind, about)).encode()
        return f"<{hmac.digest(self._derived(b'message-id'), content, sha256)[:16].hex()}@{domain}>"

    def token(self, link: Link) -> str:
        """The signed end of a link's address."""
        return signed_token(link, self._signing())

    @property
    def links_public(self) -> bytes:
        """What links are checked with, 32 bytes: for everybody."""
        return self._signing().public_key().public_bytes_raw()

    def _signing(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self._derived(b"links"))

    def _derived(self, purpose: bytes) -> bytes:
        derivation = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"feedback-mail/1|" + purpose)
        return derivation.derive(self.secret.value)
