"""Which of what waits goes to the store now, and which stays: a threshold pool mix, a round at a time.

Open and code-verified answers of a round are two pools. Each mixes only where at least 20 wait, and ten
random ones stay behind until the close; at the close everything goes, and fewer than ten verified ones go
as open, so that none stands out.
"""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace

from ..intake.slot import Head, Kind

THRESHOLD = 20
STAYING = 10


@dataclass(frozen=True, slots=True)
class Waiting:
    """One thing that waits, and where it lies: the number of its spool file, and of its slot there.

    `code` is the hash of the fresh code that it alone may spend; `unreadable` says that no key of the mix
    opened its code field.
    """

    file: int
    slot: int
    head: Head
    code: bytes | None = None
    unreadable: bool = False

    @property
    def pool(self) -> tuple[int, bool]:
        """The round, and whether it is of the verified ones."""
        return self.head.round_number, self.code is not None


def identity(head: Head) -> tuple[int, Kind, bytes, bytes]:
    """What makes two things in the spools the same: the same form sent again is the same answer."""
    # Deleting twice is deleting once; a tombstone's id is random.
    id_ = b"" if head.kind is Kind.TOMBSTONE else head.id
    return head.round_number, head.kind, head.tag, id_


def distinct(waiting: Iterable[Waiting]) -> list[Waiting]:
    """Each answer once: of several seals of it one with a code, else the first by its bytes."""
    ordered = sorted(waiting, key=lambda one: one.head.beginning, reverse=True)
    ordered.sort(key=lambda one: one.code is not None)
    return list({identity(one.head): one for one in ordered}.values())


def due(waiting: Iterable[Waiting]) -> bool:
    """Whether any pool has enough waiting for some to go. Takes distinct ones."""
    return any(number >= THRESHOLD for number in Counter(one.pool for one in waiting).values())


def choose(
    waiting: Sequence[Waiting], mixable: Collection[int], closing: Collection[int]
) -> tuple[list[Waiting], list[Waiting]]:
    """What goes now, and what stays. Takes distinct ones.

    `mixable` are the numbers of rounds that can still be stored, `closing` those that go completely.
    """
    pools: dict[tuple[int, bool], list[Waiting]] = {}
    for one in waiting:
        pools.setdefault(one.pool, []).append(one)
    going: list[Waiting] = []
    staying: list[Waiting] = []
    for (number, verified), pool in pools.items():
        keep = len(pool) if number not in mixable else 0 if number in closing else _staying(len(pool))
        if verified and number in closing and len(pool) < STAYING:
            pool = [replace(one, code=None) for one in pool]
        secrets.SystemRandom().shuffle(pool)
        staying += pool[:keep]
        going += pool[keep:]
    return going, staying


def _staying(waiting: int) -> int:
    return STAYING if waiting >= THRESHOLD else waiting
