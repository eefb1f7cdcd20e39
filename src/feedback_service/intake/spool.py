"""The spool of one web process: a pair of slot files, stored to in groups.

`store` returns only after the commit. Of the pair one file accepts; the mix turns to the other before it
drains the first. Each web process claims a pair of its own; a pair whose process died stays registered,
so the next mix drains it, and the next process may claim it.
"""

from __future__ import annotations

import contextlib
import fcntl
import sqlite3
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from ..errors import N_, FeedbackError
from .slot import Packed
from .slot_file import SlotFile

DEFAULT_SLOTS = 4096
FILES = ("a.spool", "b.spool")
_LOCK = "claimed.lock"


class SpoolUnavailable(FeedbackError):
    """Nothing can be stored right now (disk full or failing); nothing was stored."""

    status = 503
    code = "spool-unavailable"
    message = N_("Your answer could not be stored just now. Please send it again in a few minutes.")


class RoundClosed(FeedbackError):
    """The round ended before the answer was stored; nothing was stored."""

    status = 409
    code = "round-closed"
    message = N_("This round has ended in the meantime. Please send your answers again for the new round.")


@dataclass(frozen=True, slots=True)
class SpoolPair:
    """The two files of one web process."""

    folder: Path

    def open(self) -> tuple[SlotFile, SlotFile]:
        """The accepting file first, then the standby."""
        first, second = (SlotFile(self.folder / name) for name in FILES)
        # Both accept only where a mix was killed between turning one on and the other off.
        return (first, second) if first.accepting else (second, first)

    @property
    def complete(self) -> bool:
        """Whether both files are there: a process may have died while making them."""
        return all((self.folder / name).exists() for name in FILES)

    def create_missing(self, slots: int) -> None:
        """Make what isn't there yet; of a pair that lost a file the new one accepts if the other doesn't."""
        for name, other in zip(FILES, reversed(FILES), strict=True):
            if not (self.folder / name).exists():
                accepting = not self._accepts(other)
                SlotFile.create(self.folder / name, slots, accepting=accepting).close()

    def _accepts(self, name: str) -> bool:
        if not (self.folder / name).exists():
            return False
        file = SlotFile(self.folder / name)
        try:
            return file.accepting
        finally:
            file.close()

    def mend(self) -> None:
        """Give a pair that lost a file a new one, so that what waits in the other can be mixed.

        Where a living process holds the pair it is just making its files, and nothing waits in them yet.
        """
        left = [self.folder / name for name in FILES if (self.folder / name).exists()]
        with (self.folder / _LOCK).open("wb") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return
            if left:
                self.create_missing(_slots_of(left[0]))


def _slots_of(path: Path) -> int:
    file = SlotFile(path)
    try:
        return file.capacity()
    finally:
        file.close()


def registered_pairs(folder: Path) -> list[SpoolPair]:
    """Every pair below the spool folder, claimed by a living process or not."""
    pairs = [SpoolPair(path) for path in sorted(folder.glob("web-*"))]
    for pair in pairs:
        if not pair.complete:
            pair.mend()
    return [pair for pair in pairs if pair.complete]


def _claim(folder: Path, slots: int) -> tuple[SpoolPair, IO[bytes]]:
    """The first pair that no living process holds, made if need be, with the lock that claims it."""
    number = 0
    while True:
        pair = SpoolPair(folder / f"web-{number}")
        pair.folder.mkdir(parents=True, exist_ok=True)
        lock = (pair.folder / _LOCK).open("wb")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.close()
            number += 1
            continue
        pair.create_missing(slots)
        return pair, lock


class Spool:
    """A claimed pair. Make one a process; `close` it at the end. Calls may come from any thread."""

    def __init__(self, folder: Path, slots: int = DEFAULT_SLOTS) -> None:
        self.pair, self._claim = _claim(folder, slots)
        self._current, self._other = self.pair.open()
        self._one_at_a_time = threading.Lock()

    def store(self, group: Sequence[Packed]) -> frozenset[int]:
        """Put a group into random free slots in one transaction; it is durable when this returns.

        Gives the numbers of the rounds that are closed: what the group had for them was not stored.
        Raises `SpoolUnavailable`; then nothing was.
        """
        with self._one_at_a_time:
            try:
                return self._store(group)
            except sqlite3.Error:
                # `from None`: SQLite's message is of no use to a person and says where the file lies.
                raise SpoolUnavailable from None

    def heartbeat(self) -> None:
        """Rewrite a random unused slot, so that the file's time of change tells nothing."""
        # A missed beat loses nothing; the next submission meets the same fault and reports it.
        with self._one_at_a_time, contextlib.suppress(sqlite3.Error):
            self._current.heartbeat()

    def close(self) -> None:
        """Let go of the pair."""
        with self._one_at_a_time:
            self._current.close()
            self._other.close()
            self._claim.close()

    def _store(self, group: Sequence[Packed]) -> frozenset[int]:
        while True:
            with self._current.transaction():
                accepting, closed = self._current.gate()
                if accepting:
                    self._current.put([one for one in group if one.round_number not in closed])
                    return closed
            # The mix turned to the other file between two groups.
            self._current, self._other = self._other, self._current
