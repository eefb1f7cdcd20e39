"""What the examiner is told for the check: known answers in their true order of arrival.

A file of JSON lines, the first answer that arrived first. Each line has any of: `marker` (a text or a list
of texts that stood in the answer), `tag` and `id` (32 hex digits each, from the form's receipt), `code`
(an access code as printed), and of the sender `address`, `user_agent`, `referer`, `language`,
`telegram_id`. Whatever is told is looked for; what isn't told can't be.
"""

from __future__ import annotations

import ipaddress
import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..errors import FeedbackError

SHORTEST = 12
_SENDER = ("address", "user_agent", "referer", "language", "telegram_id")
_FIELDS = {"marker", "tag", "id", "code", *_SENDER}


class UnreadableMarkers(FeedbackError):
    """A file that isn't as described."""

    status = 422
    code = "markers-unreadable"
    message = "%(file)s, line %(line)s: %(problem)s. See: feedback-service audit storage --help"


@dataclass(frozen=True, slots=True)
class Known:
    """One answer that the examiner knows."""

    markers: tuple[str, ...] = ()
    tag: bytes = b""
    id: bytes = b""
    code: str = ""
    sender: tuple[str, ...] = ()


def read_known(path: Path) -> list[Known]:
    """The known answers of a file. Raises `UnreadableMarkers`."""
    found = []
    for line, text in enumerate(path.read_text("utf-8").splitlines(), start=1):
        if not text.strip():
            continue
        try:
            content = json.loads(text)
            if not isinstance(content, dict) or not content or not content.keys() <= _FIELDS:
                raise ValueError(f"a line is an object with any of {', '.join(sorted(_FIELDS))}")
            found.append(_known(content))
        except (ValueError, TypeError, AttributeError) as error:
            raise UnreadableMarkers(file=path, line=line, problem=error) from None
    return found


def _known(content: dict[str, Any]) -> Known:
    marker = content.get("marker", [])
    markers = tuple([marker] if isinstance(marker, str) else marker)
    if any(len(one.encode()) < SHORTEST for one in markers):
        raise ValueError(f"a marker has {SHORTEST} bytes or more: shorter ones are found by chance")
    return Known(
        markers=markers,
        tag=bytes.fromhex(content.get("tag", "")),
        id=bytes.fromhex(content.get("id", "")),
        code=str(content.get("code", "")),
        sender=tuple(str(content[name]) for name in _SENDER if content.get(name)),
    )


def answer_texts(known: Iterable[Known]) -> set[bytes]:
    """What must be nowhere of the answers."""
    return {marker.encode() for one in known for marker in one.markers}


def sender_texts(known: Iterable[Known]) -> set[bytes]:
    """What must be nowhere of the senders: texts, and addresses and numbers as programs pack them."""
    found: set[bytes] = set()
    for text in {text for one in known for text in one.sender}:
        found.add(text.encode())
        found |= _packed(text)
    return found


def _packed(text: str) -> set[bytes]:
    if text.isdecimal() and len(text) >= 6:
        number = int(text)
        return {number.to_bytes(8, order) for order in ("big", "little")} if number < 1 << 63 else set()
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return set()
    # Four bytes come up by chance in any sealed megabyte; as IPv6 programs write twelve more before them.
    mapped = bytes(10) + b"\xff\xff" + address.packed
    return {address.packed if address.version == 6 else mapped}
