"""Who is where: in memory, under a keyed hash of the chat, for thirty minutes; gone with the process.

The key is drawn when the process starts and never written, so the hash is the chat to nobody else. The timer
and the chat's screen hold the chat itself for as long as its entry lives.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field

from .screen import Screen
from .state import State

FORGOTTEN_AFTER = 30 * 60.0


@dataclass(slots=True)
class Entry:
    """One conversation: its state, the number of its newest view, its one message."""

    state: State
    screen: Screen
    turn: int = 0
    timer: asyncio.TimerHandle | None = field(default=None, repr=False)


class Memory:
    """The conversations of one bot."""

    def __init__(self, seconds: float = FORGOTTEN_AFTER) -> None:
        self._seconds = seconds
        self._key = secrets.token_bytes(32)
        self._entries: dict[bytes, Entry] = {}
        self._locks: dict[bytes, asyncio.Lock] = {}

    def __len__(self) -> int:
        return len(self._entries)

    def get(self, chat: int) -> Entry | None:
        """A chat's conversation, if one is going on."""
        return self._entries.get(self._name(chat))

    def put(self, chat: int, entry: Entry, expire: Callable[[], None]) -> None:
        """Keep a conversation; after thirty minutes without another `put`, `expire` is called."""
        if entry.timer:
            entry.timer.cancel()
        entry.timer = asyncio.get_running_loop().call_later(self._seconds, expire)
        self._entries[self._name(chat)] = entry

    def forget(self, chat: int) -> None:
        """Nothing of the chat is known any more."""
        entry = self._entries.pop(self._name(chat), None)
        if entry and entry.timer:
            entry.timer.cancel()

    def lock(self, chat: int) -> asyncio.Lock:
        """One event of a chat at a time, in their order. Locks of others that nobody holds are dropped."""
        name = self._name(chat)
        lock = self._locks.get(name)
        if lock is None:
            self._locks = {one: held for one, held in self._locks.items() if held.locked()}
            lock = self._locks[name] = asyncio.Lock()
        return lock

    def entries(self) -> list[Entry]:
        """All conversations that are going on."""
        return list(self._entries.values())

    def _name(self, chat: int) -> bytes:
        return hmac.new(self._key, str(chat).encode(), hashlib.sha256).digest()[:16]
