"""Links in mails to offices: signed, so that the web process can read one without knowing any recipient.

A link says what it is for and for whom, in the open, under an Ed25519 signature (RFC 8032). It holds no
address. Whoever holds it may do what it is for: so each thing has a link of its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from ..errors import N_, FeedbackError
from .keys import from_base64url, to_base64url

Purpose = Literal["confirm", "leave", "reply"]
_CONTEXT = b"feedback-link/1|"
_PARTS = "|"
LONGEST_TOKEN = 400


class InvalidLink(FeedbackError):
    """A link that wasn't made here, or was cut on its way."""

    status = 404
    code = "link-invalid"
    message = N_("This link is not complete. Please open it again from the mail.")


@dataclass(frozen=True, slots=True)
class Link:
    """What a link is for. `region` and `round` may be empty; `recipient` is a recipient's random id."""

    purpose: Purpose
    recipient: str
    region: str = ""
    round: str = ""


def signed_token(link: Link, key: Ed25519PrivateKey) -> str:
    """The token that stands at the end of the link's address."""
    content = _PARTS.join((link.purpose, link.recipient, link.region, link.round)).encode()
    return f"{to_base64url(content)}.{to_base64url(key.sign(_CONTEXT + content))}"


def read_token(token: str, public: bytes) -> Link:
    """What a token is for. `public` is the raw public key, 32 bytes. Raises `InvalidLink`."""
    try:
        content, signature = (from_base64url(part) for part in token[:LONGEST_TOKEN].split("."))
        Ed25519PublicKey.from_public_bytes(public).verify(signature, _CONTEXT + content)
        purpose, recipient, region, round_id = content.decode().split(_PARTS)
    except (InvalidSignature, ValueError):
        raise InvalidLink from None
    for known in get_args(Purpose):
        if purpose == known:
            return Link(known, recipient, region, round_id)
    raise InvalidLink
