"""The one message of a chat: kept at the newest view, through flood limits and lost connections.

Views that are overtaken are never sent. A chat program takes part by the `Chat` protocol and the errors here.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Protocol

from .keyboards import Key
from .views.model import View

# A connection that is lost is tried again for some five minutes, at growing intervals.
_FIRST_WAIT = 0.5
_LONGEST_WAIT = 30.0
_MOST_TRIES = 16


class TooFast(Exception):
    """The chat program wants a pause of so many seconds."""

    def __init__(self, seconds: float) -> None:
        super().__init__()
        self.seconds = seconds


class ConnectionLost(Exception):
    """Nothing is known about what became of a call."""


class MessageGone(Exception):
    """The message isn't there any more, or can't be changed."""


class ChatClosed(Exception):
    """The person has blocked the bot or deleted the account."""


class Chat(Protocol):
    """A private chat, as one of the chat programs shows it."""

    async def send(self, view: View, keys: list[list[Key]]) -> int:
        """Send a message; gives its number."""

    async def edit(self, message: int, view: View, keys: list[list[Key]]) -> None:
        """Make a message show something else."""

    async def delete(self, message: int) -> bool:
        """Delete a message, the bot's or the person's; whether that was possible."""

    async def clear(self, newest: int) -> None:
        """Delete what can be deleted of the messages up to `newest`."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A view with its buttons."""

    view: View
    keys: list[list[Key]] = field(repr=False)


class Screen:
    """The message of one chat."""

    def __init__(self, chat: Chat, message: int | None = None) -> None:
        self._chat = chat
        self.message = message
        self._wanted: Shown | None = None
        self._writing: asyncio.Task[None] | None = None

    def show(self, view: View, keys: list[list[Key]]) -> asyncio.Task[None]:
        """Show a view as soon as it may be; the task ends when the newest one is there."""
        self._wanted = Shown(view, keys)
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write())
        return self._writing

    async def settled(self) -> None:
        """Wait until nothing is being written."""
        if self._writing:
            await self._writing

    def lower(self) -> None:
        """Send the next view as a new message: the person has written below the old one's place."""
        self.message = None

    async def _write(self) -> None:
        tries = 0
        while self._wanted is not None and tries < _MOST_TRIES:
            wanted = self._wanted
            try:
                await self._put(wanted)
            except TooFast as fast:
                await asyncio.sleep(fast.seconds)
            except ConnectionLost:
                tries += 1
                await asyncio.sleep(min(_FIRST_WAIT * 2**tries, _LONGEST_WAIT))
            except MessageGone:
                self.message = None
            except ChatClosed:
                return
            else:
                tries = 0
                if self._wanted is wanted:
                    self._wanted = None

    async def _put(self, wanted: Shown) -> None:
        if self.message is None:
            self.message = await self._chat.send(wanted.view, wanted.keys)
        else:
            await self._chat.edit(self.message, wanted.view, wanted.keys)
