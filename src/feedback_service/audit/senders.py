"""What tells a sender, in all the shapes in which a program may keep it."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable

from .known import FEWEST_DIGITS, Known
from .search import Needles
from .shapes import digests

# Browsers' names begin alike; a part of one must be longer to tell it.
_PIECE = 24


def sender_needles(known: Iterable[Known]) -> Needles:
    """All that is searched for."""
    known = list(known)
    return Needles(
        sender_texts(known), piece=_PIECE, exact=sender_values(known), digests=sender_digests(known)
    )


def sender_texts(known: Iterable[Known]) -> set[bytes]:
    """What must be nowhere of the senders: texts, and addresses and numbers as programs pack them."""
    told = {text for one in known for text in one.sender}
    return {text.encode() for text in told} | {packed for text in told for packed in _packed(text)}


def sender_digests(known: Iterable[Known]) -> set[bytes]:
    """Unsalted digests of all that, and of address and browser together, as visitors are told apart."""
    known = list(known)
    found = {shape for text in sender_texts(known) for shape in digests(text)}
    pairs = {(one.address, one.user_agent) for one in known if one.address and one.user_agent}
    for address, browser in pairs:
        for between in ("", "|", ":", " "):
            found |= digests(f"{address}{between}{browser}".encode(), ("md5", "sha1", "sha256"))
    return found


def sender_values(known: Iterable[Known]) -> set[bytes | int]:
    """Values that tell a sender where a column holds just them: addresses and accounts as numbers."""
    found: set[bytes | int] = set()
    for text in {text for one in known for text in one.sender}:
        if text.isdecimal() and len(text) >= FEWEST_DIGITS:
            found.add(int(text))
        elif (address := _address(text)) is not None and address.version == 4:
            number = int(address)
            found |= {address.packed, address.packed[::-1], number, int.from_bytes(address.packed, "little")}
            # As a column of 32 bits with a sign keeps it.
            found.add(number - (1 << 32) if number >= 1 << 31 else number)
    return found


def _packed(text: str) -> set[bytes]:
    if text.isdecimal() and len(text) >= FEWEST_DIGITS:
        number = int(text)
        return {number.to_bytes(8, order) for order in ("big", "little")} if number < 1 << 63 else set()
    if (address := _address(text)) is None:
        return set()
    if address.version == 6:
        return {address.packed, address.exploded.encode()}
    # Four bytes come up by chance in any sealed megabyte; as IPv6 programs write twelve more before them.
    return {bytes(10) + b"\xff\xff" + address.packed}


def _address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None
