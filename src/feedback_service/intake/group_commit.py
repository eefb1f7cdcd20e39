"""Group commit: what arrives while one group is being written waits, and goes together as the next.

One disk synchronisation serves everyone in the group, and each of them is told only after it. One thread
writes, and goes on with the next group by itself: a busy event loop would come to that only after it has
answered everybody who is waiting, and the disk would stand still meanwhile.
"""

from __future__ import annotations

import asyncio
import contextlib
import queue
import sys
import threading
import time

from ..errors import FeedbackError, describe
from .slot import Packed, Pending
from .slot_file import LARGEST_GROUP
from .spool import RoundClosed, Spool, SpoolUnavailable

HEARTBEAT_SECONDS = 30.0
# Many come at once or nobody does: a moment's wait makes groups larger and the disk's work less.
GATHER_SECONDS = 0.003

_Waiting = tuple[Packed, asyncio.Future[None]]


class GroupCommit:
    """The asynchronous side of a spool; one a process."""

    def __init__(self, spool: Spool, heartbeat_seconds: float = HEARTBEAT_SECONDS) -> None:
        self._spool = spool
        self._heartbeat_seconds = heartbeat_seconds
        self._waiting: queue.SimpleQueue[_Waiting | None] = queue.SimpleQueue()
        self._writer = threading.Thread(target=self._write_until_closed, name="spool-writer", daemon=True)
        self._writer.start()

    async def put(self, pending: Pending) -> None:
        """Store one thing durably. Raises `RoundClosed`, `SpoolUnavailable`; then it was not stored."""
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        # Packed here: hashing in the writer's thread would hand Python's lock over once for each.
        self._waiting.put((pending.packed(), done))
        await done

    async def close(self) -> None:
        """Finish what waits, then close the spool."""
        self._waiting.put(None)
        await asyncio.to_thread(self._writer.join)
        self._spool.close()

    def _write_until_closed(self) -> None:
        next_beat = time.monotonic() + self._heartbeat_seconds
        while True:
            try:
                first = self._waiting.get(timeout=max(0.0, next_beat - time.monotonic()))
            except queue.Empty:
                self._beat()
                next_beat = time.monotonic() + self._heartbeat_seconds
                continue
            group, closing = self._gather(first)
            if group:
                self._write(group)
            if closing:
                return

    def _beat(self) -> None:
        try:
            self._spool.heartbeat()
        except Exception as error:
            # The thread that stores answers must outlive whatever befalls a heartbeat.
            print(describe(error), file=sys.stderr)

    def _gather(self, first: _Waiting | None) -> tuple[list[_Waiting], bool]:
        """What waits after a moment, and whether the spool is being closed."""
        group: list[_Waiting] = []
        item = first
        if item is not None:
            time.sleep(GATHER_SECONDS)
        while item is not None:
            group.append(item)
            if len(group) == LARGEST_GROUP or self._waiting.empty():
                return group, False
            item = self._waiting.get()
        return group, True

    def _write(self, group: list[_Waiting]) -> None:
        outcomes = self._outcomes([packed for packed, _ in group])
        loop = group[0][1].get_loop()
        # One call for the whole group: each wakes the event loop by itself. Where the loop is closed, nobody
        # is left who could be told; what was stored is stored.
        with contextlib.suppress(RuntimeError):
            loop.call_soon_threadsafe(_tell, group, outcomes)

    def _outcomes(self, group: list[Packed]) -> list[FeedbackError | None]:
        """Store a group, and say for each one what became of it."""
        try:
            closed = self._spool.store(group)
        except Exception as error:
            # Whatever it was, nobody may wait for ever; the transaction took everything back.
            if not isinstance(error, SpoolUnavailable):
                print(describe(error), file=sys.stderr)
            return [SpoolUnavailable() for _ in group]
        return [RoundClosed() if one.round_number in closed else None for one in group]


def _tell(group: list[_Waiting], outcomes: list[FeedbackError | None]) -> None:
    for (_, done), error in zip(group, outcomes, strict=True):
        # Already done: its request was given up; the answer is stored all the same.
        if done.done():
            continue
        if error is None:
            done.set_result(None)
        else:
            done.set_exception(error)
