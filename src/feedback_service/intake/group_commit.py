"""Group commit: what arrives while one group is being written waits, and goes together as the next.

One disk synchronisation serves everyone in the group, and each of them is told only after it.
"""

from __future__ import annotations

import asyncio
import sys
from concurrent.futures import ThreadPoolExecutor

from ..errors import FeedbackError, describe
from .slot import Packed, Pending
from .slot_file import LARGEST_GROUP
from .spool import RoundClosed, Spool, SpoolUnavailable

HEARTBEAT_SECONDS = 30.0
GATHER_SECONDS = 0.001

_Waiting = tuple[Packed, asyncio.Future[None]]


class GroupCommit:
    """The asynchronous side of a spool; one an event loop. It writes from a thread of its own."""

    def __init__(self, spool: Spool) -> None:
        self._spool = spool
        self._thread = ThreadPoolExecutor(1, "spool-writer")
        self._waiting: list[_Waiting] = []
        self._writing: asyncio.Task[None] | None = None

    async def put(self, pending: Pending) -> None:
        """Store one thing durably. Raises `RoundClosed`, `SpoolUnavailable`; then it was not stored."""
        loop = asyncio.get_running_loop()
        done: asyncio.Future[None] = loop.create_future()
        # Packed here: hashing in the writer's thread would hand Python's lock over once for each.
        self._waiting.append((pending.packed(), done))
        if self._writing is None or self._writing.done():
            self._writing = loop.create_task(self._write_waiting())
        await done

    async def beat(self) -> None:
        """Heartbeats until cancelled."""
        while True:
            await asyncio.sleep(HEARTBEAT_SECONDS)
            await asyncio.get_running_loop().run_in_executor(self._thread, self._spool.heartbeat)

    async def close(self) -> None:
        """Finish what waits, then close the spool."""
        if self._writing is not None:
            await self._writing
        self._thread.shutdown()
        self._spool.close()

    async def _write_waiting(self) -> None:
        while self._waiting:
            # Many come at once or nobody does: a moment's wait makes groups larger and the disk's work less.
            await asyncio.sleep(GATHER_SECONDS)
            group, self._waiting = self._waiting[:LARGEST_GROUP], self._waiting[LARGEST_GROUP:]
            outcomes = await self._write([packed for packed, _ in group])
            for (_, done), error in zip(group, outcomes, strict=True):
                # Already done: its request was given up; the answer is stored all the same.
                if done.done():
                    continue
                if error is None:
                    done.set_result(None)
                else:
                    done.set_exception(error)

    async def _write(self, group: list[Packed]) -> list[FeedbackError | None]:
        """Store a group, and say for each one what became of it."""
        loop = asyncio.get_running_loop()
        try:
            closed = await loop.run_in_executor(self._thread, self._spool.store, group)
        except Exception as error:
            # Whatever it was, nobody may wait for ever; the transaction took everything back.
            if not isinstance(error, SpoolUnavailable):
                print(describe(error), file=sys.stderr)
            return [SpoolUnavailable() for _ in group]
        return [RoundClosed() if one.round_number in closed else None for one in group]
