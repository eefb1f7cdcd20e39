"""What a spool's slot holds, in the audit's own reading of it.

Round (4) ‖ kind (1) ‖ tag (16) ‖ id (16) ‖ code field (113) ‖ envelope (3,922) ‖ checksum (8).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from .allowed import SLOT_BYTES
from .files import opened

KINDS = (1, 2)
_CHECKSUM = 8
# Tag and id; code field and envelope behind the marks of a point, which are the same for all.
_RANDOM = (slice(5, 37), slice(38, 150), slice(152, SLOT_BYTES))


@dataclass(frozen=True, slots=True)
class Slot:
    """A used slot."""

    number: int
    content: bytes

    @property
    def round_number(self) -> int:
        """The round that it is for."""
        return int.from_bytes(self.content[:4], "big")

    @property
    def kind(self) -> int:
        """1 an answer, 2 the wish to delete one."""
        return self.content[4] if len(self.content) > 4 else 0

    @property
    def tag(self) -> bytes:
        """The form's."""
        return self.content[5:21]

    @property
    def id(self) -> bytes:
        """The answer's."""
        return self.content[21:37]

    @property
    def random_part(self) -> bytes:
        """What must look like chance."""
        return b"".join(self.content[part] for part in _RANDOM)

    @property
    def whole(self) -> bool:
        """Whether its checksum is right."""
        body, check = self.content[:-_CHECKSUM], self.content[-_CHECKSUM:]
        return len(self.content) == SLOT_BYTES and hashlib.sha256(body).digest()[:_CHECKSUM] == check


def used_slots(path: Path) -> list[Slot]:
    """All used slots of a spool file, in the order in which the database gives them."""
    with opened(path) as spool:
        query = "SELECT number, CAST(content AS BLOB) FROM slot WHERE used <> 0"
        return [Slot(number, content) for number, content in spool.execute(query)]
