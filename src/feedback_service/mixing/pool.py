"""Which of what waits goes to the store now, and which stays: a threshold pool mix, a round at a time.

Open and code-verified answers mix only where at least 20 wait, and ten random ones stay behind until the
close; at the close everything goes. The same form sent again is the same answer: it neither fills the
pool nor stays beside itself.
"""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Collection, Iterable, Sequence

from ..intake.slot import Kind, Pending

THRESHOLD = 20
STAYING = 10


def due(waiting: Iterable[Pending]) -> bool:
    """Whether any round has enough waiting for some to go."""
    distinct = {_identity(pending) for pending in waiting}
    return any(number >= THRESHOLD for number in Counter(round_ for round_, *_ in distinct).values())


def choose(
    files: Sequence[Sequence[Pending]], mixable: Collection[int], closing: Collection[int]
) -> tuple[list[Pending], list[list[Pending]]]:
    """What goes now, and what stays for each file that it came from.

    `mixable` are the numbers of rounds that can still be stored, `closing` those that go completely.
    """
    groups: dict[int, list[tuple[int, Pending]]] = {}
    for position, pending in _distinct(files):
        groups.setdefault(pending.round_number, []).append((position, pending))
    going: list[Pending] = []
    staying: list[list[Pending]] = [[] for _ in files]
    for number, group in groups.items():
        keep = len(group) if number not in mixable else 0 if number in closing else _staying(len(group))
        secrets.SystemRandom().shuffle(group)
        for position, pending in group[:keep]:
            staying[position].append(pending)
        going.extend(pending for _, pending in group[keep:])
    return going, staying


def _distinct(files: Sequence[Sequence[Pending]]) -> Iterable[tuple[int, Pending]]:
    """Each answer once with the file it came from; of several seals of it the first by its bytes."""
    waiting = [(position, pending) for position, file in enumerate(files) for pending in file]
    waiting.sort(key=lambda one: one[1].envelope, reverse=True)
    return {_identity(pending): (position, pending) for position, pending in waiting}.values()


def _identity(pending: Pending) -> tuple[int, Kind, bytes, bytes]:
    # Deleting twice is deleting once; a tombstone's id is random.
    id_ = b"" if pending.kind is Kind.TOMBSTONE else pending.id
    return pending.round_number, pending.kind, pending.tag, id_


def _staying(waiting: int) -> int:
    return STAYING if waiting >= THRESHOLD else waiting
