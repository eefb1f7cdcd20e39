"""What the examiner is told for the check: known answers in their true order of arrival.

A file of JSON lines, the first answer that arrived first. Each line has any of: `marker` (a text or a list
of texts that stood in the answer), `tag` and `id` (32 hex digits each, from the form's receipt), `code`
(an access code as printed), and of the sender `address`, `user_agent`, `referer`, `language`,
`telegram_id`. Whatever is told is looked for; what isn't told can't be.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..errors import FeedbackError
from .shapes import digests

SHORTEST = 12
# Of what a browser tells: a language alone, like "uk", is in every file.
SHORTEST_TOLD = 6
FEWEST_DIGITS = 6
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
    address: str = ""
    user_agent: str = ""
    others: tuple[str, ...] = ()

    @property
    def sender(self) -> tuple[str, ...]:
        """All that was told of the sender."""
        return tuple(one for one in (self.address, self.user_agent, *self.others) if one)


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
    told = {name: str(content[name]) for name in _SENDER if content.get(name)}
    if short := [name for name, text in told.items() if len(text) < SHORTEST_TOLD]:
        raise ValueError(f"{short[0]} has {SHORTEST_TOLD} letters or more: shorter ones are found by chance")
    return Known(
        markers=markers,
        tag=bytes.fromhex(content.get("tag", "")),
        id=bytes.fromhex(content.get("id", "")),
        code=str(content.get("code", "")),
        address=told.pop("address", ""),
        user_agent=told.pop("user_agent", ""),
        others=tuple(told.values()),
    )


def answer_texts(known: Iterable[Known]) -> set[bytes]:
    """What must be nowhere of the answers."""
    return {marker.encode() for one in known for marker in one.markers}


def code_texts(known: Iterable[Known]) -> set[bytes]:
    """Access codes as printed and as sent."""
    return {shape.encode() for one in known if one.code for shape in (one.code, one.code.replace("-", ""))}


def code_digests(known: Iterable[Known]) -> set[bytes]:
    """Their unsalted digests."""
    return {shape for text in code_texts(known) for shape in digests(text)}
