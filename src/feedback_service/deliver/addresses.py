"""Mail addresses as they are typed or stand in a list: what can be sent to, and what is refused."""

from __future__ import annotations

import re
import unicodedata

import idna

from ..errors import FeedbackError
from ..sealing.mail_key import LONGEST_ADDRESS

# The part before the @ in the form that everybody uses (RFC 5321's dot-string), and a domain of labels.
_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*\Z")
_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\Z")
_LONGEST_LOCAL = 64


class InvalidAddress(FeedbackError):
    """A text that is no mail address."""

    status = 422
    code = "address-invalid"
    # Without the address: errors come into logs.
    message = "This is no mail address like name@office.example. Nothing was added."


def checked_address(text: str) -> str:
    """The address with its domain as mail servers know it. Raises `InvalidAddress`."""
    address = unicodedata.normalize("NFC", text.strip())
    local, at, domain = address.rpartition("@")
    try:
        # Domains with other letters travel in their ASCII form (RFC 5891). Python's own codec is of 2003:
        # it would send what is for straße.example to strasse.example, which may be somebody else.
        domain = idna.encode(domain, uts46=True).decode()
    except idna.IDNAError:
        domain = ""
    labels = domain.split(".")
    found = f"{local}@{domain}"
    lawful = (
        at
        and _LOCAL.match(local)
        and len(local) <= _LONGEST_LOCAL
        and len(labels) > 1
        and all(map(_LABEL.match, labels))
        and len(found.encode()) <= LONGEST_ADDRESS
    )
    if not lawful:
        raise InvalidAddress
    return found
