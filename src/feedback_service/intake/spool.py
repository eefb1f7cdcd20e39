"""The spool of one web process: a pair of slot files, and the one writer that commits in groups.

`put` answers only after the commit. Of the pair one file accepts; the mix turns to the other before it
drains the first. Each web process claims a pair of its own; a pair whose process died stays registered,
so the next mix drains it, and the next process may claim it.
"""

from __future__ import annotations

import fcntl
import queue
import sqlite3
import threading
import time
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from ..errors import N_, FeedbackError
from .slot import Pending
from .slot_file import SlotFile

DEFAULT_SLOTS = 4096
HEARTBEAT_SECONDS = 30.0
_LARGEST_GROUP = 256
_FILES = ("a.spool", "b.spool")
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
        first, second = (SlotFile(self.folder / name) for name in _FILES)
        # Both accept only where a mix was killed between turning one on and the other off.
        return (first, second) if first.accepting else (second, first)

    @property
    def complete(self) -> bool:
        """Whether both files are there: a process may have died while making them."""
        return all((self.folder / name).exists() for name in _FILES)

    def create_missing(self, slots: int) -> None:
        """Make what isn't there yet."""
        for position, name in enumerate(_FILES):
            if not (self.folder / name).exists():
                SlotFile.create(self.folder / name, slots, accepting=position == 0).close()


def registered_pairs(folder: Path) -> list[SpoolPair]:
    """Every pair below the spool folder, claimed by a living process or not."""
    return [pair for pair in map(SpoolPair, sorted(folder.glob("web-*"))) if pair.complete]


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
    """A claimed pair with its writer thread. Make one a process; `close` it at the end."""

    def __init__(self, folder: Path, slots: int = DEFAULT_SLOTS) -> None:
        self.pair, self._lock = _claim(folder, slots)
        self._current, self._other = self.pair.open()
        self._waiting: queue.SimpleQueue[tuple[Pending, Future[None]] | None] = queue.SimpleQueue()
        self._writer = threading.Thread(target=self._write_until_closed, name="spool-writer", daemon=True)
        self._writer.start()

    def put(self, pending: Pending) -> Future[None]:
        """Store one thing durably; done when it is committed.

        The future raises `RoundClosed` or `SpoolUnavailable`; then nothing was stored.
        """
        done: Future[None] = Future()
        self._waiting.put((pending, done))
        return done

    def close(self) -> None:
        """Commit what waits, then let go of the pair."""
        self._waiting.put(None)
        self._writer.join()
        self._current.close()
        self._other.close()
        self._lock.close()

    def _write_until_closed(self) -> None:
        next_heartbeat = time.monotonic() + HEARTBEAT_SECONDS
        while True:
            try:
                first = self._waiting.get(timeout=max(0.0, next_heartbeat - time.monotonic()))
            except queue.Empty:
                self._heartbeat()
                next_heartbeat = time.monotonic() + HEARTBEAT_SECONDS
                continue
            group, closing = self._group_from(first)
            if group:
                self._commit(group)
            if closing:
                return

    def _group_from(
        self, first: tuple[Pending, Future[None]] | None
    ) -> tuple[list[tuple[Pending, Future[None]]], bool]:
        """What waits by now, and whether the spool is being closed."""
        group = []
        item = first
        while item is not None:
            # From here on it can't be cancelled; what the client gave up before is not stored.
            if item[1].set_running_or_notify_cancel():
                group.append(item)
            if len(group) == _LARGEST_GROUP:
                return group, False
            try:
                item = self._waiting.get_nowait()
            except queue.Empty:
                return group, False
        return group, True

    def _commit(self, group: list[tuple[Pending, Future[None]]]) -> None:
        try:
            closed = self._store([pending for pending, _ in group])
        except sqlite3.Error:
            for _, done in group:
                done.set_exception(SpoolUnavailable())
            return
        for pending, done in group:
            if pending.round_number in closed:
                done.set_exception(RoundClosed())
            else:
                done.set_result(None)

    def _store(self, group: list[Pending]) -> frozenset[int]:
        """Put a group into the accepting file in one transaction; gives the rounds that were closed."""
        while True:
            with self._current.transaction():
                if self._current.accepting:
                    closed = self._current.closed_rounds()
                    for pending in group:
                        if pending.round_number not in closed:
                            self._current.put(pending)
                    return closed
            # The mix turned to the other file between two groups.
            self._current, self._other = self._other, self._current

    def _heartbeat(self) -> None:
        try:
            self._current.heartbeat()
        except sqlite3.Error:
            # A missed beat loses nothing; the next submission meets the same fault and reports it.
            return
