"""One spool file: slots filled with random bytes beforehand, of which random ones are overwritten.

Plain SQLite and not SQLAlchemy: what matters here is which bytes of the file change, and when. Never
write-ahead logging: its frames stand in the order of arrival (measured ρ = 1.000). Every state is read
inside the writer's transaction, so a restart after kill -9 has nothing to clean.
"""

from __future__ import annotations

import json
import secrets
import sqlite3
import struct
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from .slot import DamagedSlot, Packed, Pending, filler, unpacked

PAGE_BYTES = 8192
_SECONDS_TO_WAIT = 60.0
LARGEST_GROUP = 256
# How many times as many slots are looked at as are wanted: each look may read a page, and most files are
# nearly empty. The first entry also finds out whether the file has grown.
_TRIES = (1, 2, 4)
# Cast: a flipped bit in a record's header may call the content a text, which can't be read as one.
_WAITING = "SELECT number, CAST(content AS BLOB) FROM slot WHERE used = 1"
_SOME = "SELECT number, content FROM slot WHERE number IN (SELECT value FROM json_each(?))"
_FREE = (
    "SELECT (SELECT max(number) FROM slot), json_group_array(number) FROM slot"
    " WHERE used = 0 AND number IN (SELECT value FROM json_each(?))"
)
# Holds a file of the size that it begins with, so that looking for free slots reads nothing.
_CACHE_KIB = 32 * 1024
_SCHEMA = """
CREATE TABLE slot (number INTEGER PRIMARY KEY, used INTEGER NOT NULL, content BLOB NOT NULL);
CREATE TABLE gate (accepting INTEGER NOT NULL);
CREATE TABLE closed_round (number INTEGER PRIMARY KEY);
INSERT INTO gate VALUES (0);
"""


class SlotFile:
    """An open spool file. One connection a process; calls come from one thread at a time."""

    def __init__(self, path: Path) -> None:
        self.path = path
        # Autocommit: transactions begin and end where this module says so.
        self._db = sqlite3.connect(
            path, timeout=_SECONDS_TO_WAIT, isolation_level=None, check_same_thread=False
        )
        self._db.execute("PRAGMA journal_mode=TRUNCATE")
        self._db.execute("PRAGMA synchronous=FULL")
        self._db.execute("PRAGMA secure_delete=ON")
        self._db.execute("PRAGMA temp_store=MEMORY")
        self._db.execute(f"PRAGMA cache_size=-{_CACHE_KIB}")
        self._capacity = self.capacity()

    @classmethod
    def create(cls, path: Path, slots: int, *, accepting: bool) -> SlotFile:
        """Make a file of `slots` slots, complete or not at all."""
        unfinished = path.with_suffix(".new")
        unfinished.unlink(missing_ok=True)
        db = sqlite3.connect(unfinished, isolation_level=None)
        db.execute(f"PRAGMA page_size={PAGE_BYTES}")
        db.execute("PRAGMA synchronous=FULL")
        db.executescript(_SCHEMA)
        db.execute("BEGIN IMMEDIATE")
        db.execute("UPDATE gate SET accepting = ?", (int(accepting),))
        db.executemany(
            "INSERT INTO slot VALUES (?, 0, ?)", ((number, filler()) for number in range(1, slots + 1))
        )
        db.execute("COMMIT")
        db.close()
        unfinished.chmod(0o600)
        unfinished.rename(path)
        return cls(path)

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing, and alone: other writers of this file wait."""
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._db.execute("COMMIT")
        except BaseException:
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")
            raise

    @property
    def accepting(self) -> bool:
        """Whether new submissions go into this file of the pair."""
        return self.gate()[0]

    def gate(self) -> tuple[bool, frozenset[int]]:
        """Whether the file accepts, and the numbers of the rounds for which it takes nothing any more."""
        query = "SELECT accepting, (SELECT json_group_array(number) FROM closed_round) FROM gate"
        accepting, closed = self._db.execute(query).fetchone()
        return bool(accepting), frozenset(json.loads(closed))

    def set_accepting(self, accepting: bool) -> None:
        """Turn the file's gate."""
        self._db.execute("UPDATE gate SET accepting = ?", (int(accepting),))

    def close_rounds(self, numbers: Iterable[int]) -> None:
        """Take nothing more for these rounds."""
        self._db.executemany("INSERT OR IGNORE INTO closed_round VALUES (?)", ((one,) for one in numbers))

    def capacity(self) -> int:
        """How many slots there are."""
        return int(self._db.execute("SELECT max(number) FROM slot").fetchone()[0])

    def used(self) -> int:
        """How many slots are used. Reads the whole file."""
        return int(self._db.execute("SELECT count(*) FROM slot WHERE used = 1").fetchone()[0])

    def put(self, group: Sequence[Packed]) -> None:
        """Overwrite random free slots, inside a transaction of the caller's.

        One statement for many: each statement gives Python's lock away and waits for it again.
        """
        for start in range(0, len(group), LARGEST_GROUP):
            part = group[start : start + LARGEST_GROUP]
            slots = self._free_slots(len(part))
            values = [one for slot, packed in zip(slots, part, strict=True) for one in (slot, packed.content)]
            rows = ",".join(["(?,?)"] * len(part))
            self._db.execute(
                f"WITH new(number, content) AS (VALUES {rows})"  # noqa: S608  only question marks
                " UPDATE slot SET used = 1, content = new.content FROM new WHERE slot.number = new.number",
                values,
            )

    def read(self) -> Iterator[tuple[int, Pending | None]]:
        """Slot numbers and what waits in them; `None` for a damaged one."""
        for number, content in self._db.execute(_WAITING):
            try:
                yield number, unpacked(content)
            except DamagedSlot:
                yield number, None

    def read_some(self, numbers: Sequence[int]) -> dict[int, Pending]:
        """What waits in these slots, by their numbers. Raises `DamagedSlot`."""
        wanted = json.dumps(list(numbers))
        return {number: unpacked(content) for number, content in self._db.execute(_SOME, (wanted,))}

    def refill(self, keep: frozenset[int] = frozenset()) -> None:
        """Fresh random bytes in every slot but `keep`, used or not: what was used can't be seen."""
        with self.transaction():
            self._db.executemany(
                "UPDATE slot SET used = 0, content = ? WHERE number = ?",
                ((filler(), one) for one in range(1, self.capacity() + 1) if one not in keep),
            )

    def heartbeat(self) -> None:
        """Rewrite a random unused slot, so that the file's time of change tells nothing."""
        with self.transaction():
            self._db.execute(
                "UPDATE slot SET content = ? WHERE number = ?", (filler(), self._free_slots(1)[0])
            )

    def _free_slots(self, wanted: int) -> list[int]:
        """Random free slots, each set of them as likely as any other."""
        for more in _TRIES:
            found = self._free_among(_random_numbers(more * wanted + 8, self._capacity))
            if len(found) >= wanted:
                return found[:wanted]
        # At half load four times as many as wanted are enough in nearly every try.
        if 2 * (self.used() + wanted) >= self._capacity:
            self._grow(self._capacity)
        return self._free_slots(wanted)

    def _free_among(self, numbers: list[int]) -> list[int]:
        """Those that are free, still in their random order; none if the file has grown meanwhile."""
        # One row with one value: every row that is fetched gives Python's lock away and waits for it again.
        capacity, found = self._db.execute(_FREE, (json.dumps(numbers),)).fetchone()
        if capacity != self._capacity:
            self._capacity = capacity
            return []
        free = set(json.loads(found))
        return [number for number in numbers if number in free]

    def _grow(self, capacity: int) -> None:
        """Double the file and deal all used slots anew over all slots.

        New slots only appended would hold only what came late (measured ρ 0.65 to 0.98).
        """
        waiting = [content for _, content in self._db.execute(_WAITING)]
        places = secrets.SystemRandom().sample(range(1, 2 * capacity + 1), len(waiting))
        dealt = dict(zip(places, waiting, strict=True))
        self._db.executemany(
            "INSERT INTO slot VALUES (:number, :used, :content)"
            " ON CONFLICT (number) DO UPDATE SET used = :used, content = :content",
            (
                {"number": one, "used": int(one in dealt), "content": dealt.get(one) or filler()}
                for one in range(1, 2 * capacity + 1)
            ),
        )
        self._capacity = 2 * capacity


def _random_numbers(count: int, highest: int) -> list[int]:
    """Distinct random numbers from 1 to `highest`; fewer than `count` where some came up twice."""
    # 64 random bits for each: what the remainder favours is beyond measuring.
    drawn = struct.unpack(f">{count}Q", secrets.token_bytes(8 * count))
    return list(dict.fromkeys(one % highest + 1 for one in drawn))
