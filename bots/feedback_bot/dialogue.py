"""Puts a conversation into a chat: events in, the one message kept, what is asked fetched, answers sent."""

from __future__ import annotations

import asyncio
import secrets
import sys
from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Any

from feedback_service.errors import describe
from feedback_service.sealing.receipt import Receipt

from . import answering, keyboards
from .api import RoundEnded, Service, ServiceAway, Submission
from .conversation import Conversation
from .events import (
    Arrived,
    Begun,
    Command,
    Commanded,
    Do,
    Event,
    Expired,
    Loaded,
    Pressed,
    RoundOver,
    SentOther,
    Unreachable,
    Wrote,
)
from .memory import Entry, Memory
from .screen import Chat, Screen
from .state import ENDS, At, State
from .views.model import View

# What the service and the chat program have to take what is under way when the process is stopped.
_SENDING_SECONDS = 20.0
_LAST_WORDS_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Person:
    """Whose event it is: the chat's number, the chat itself, the language that the chat program says."""

    number: int
    chat: Chat
    prefers: str = ""


class Dialogue:
    """All conversations of one bot, which asks `surveys`, or all where none is named."""

    def __init__(
        self, conversation: Conversation, service: Service, memory: Memory, surveys: tuple[str, ...] = ()
    ) -> None:
        self._conversation = conversation
        self._service = service
        self._surveys = surveys
        self._memory = memory
        # Buttons of an earlier process are told by it.
        self._token = secrets.token_hex(4)
        self._tasks: set[asyncio.Task[None]] = set()

    async def begin(self, person: Person, lang: str = "") -> None:
        """`/start`, with a language where a poster's link has one."""
        await self._happened(person, Begun(Receipt.fresh(), lang, person.prefers))

    async def command(self, person: Person, command: Command, message: int) -> None:
        """A command; `message` is the number of the message that held it."""
        known = self._memory.get(person.number)
        if command is Command.LANGUAGE and known is None:
            await self.begin(person)
            return
        if command is Command.DELETE:
            # First of all what can be deleted; what then is shown is a message of its own.
            if known:
                await known.screen.settled()
                known.screen.lower()
            await person.chat.clear(message)
        await self._happened(person, Commanded(command, person.prefers))

    async def write(self, person: Person, text: str, gone: bool) -> None:
        """A typed text, deleted from the chat if `gone`. Whoever writes first is asked for the language."""
        if self._memory.get(person.number) is None:
            await self.begin(person)
        else:
            await self._happened(person, Wrote(text, gone))

    async def send_other(self, person: Person, gone: bool) -> None:
        """A voice, a picture or the like."""
        if self._memory.get(person.number) is None:
            await self.begin(person)
        await self._happened(person, SentOther(gone))

    async def press(self, person: Person, message: int, data: str) -> None:
        """A button of a message."""
        pressed = keyboards.read(data)
        known = self._memory.get(person.number)
        if isinstance(pressed, keyboards.Lasting):
            if pressed.do is Do.DELETE_THIS:
                self._forget(person, message)
                await person.chat.delete(message)
            else:
                await self._begin_here(person, message, pressed.lang)
        elif known is None or pressed is None or pressed.token != self._token:
            await self._stale(person, message, pressed.lang if pressed else "")
        elif message != known.screen.message:
            # Of an older message, from which the conversation has moved on.
            await person.chat.delete(message)
        else:
            await self._pressed(person, pressed)

    async def _begin_here(self, person: Person, message: int, lang: str) -> None:
        """In the message whose button was pressed; another one that was in use goes."""
        known = self._memory.get(person.number)
        if known and known.screen.message not in (None, message):
            await known.screen.settled()
            await person.chat.delete(known.screen.message or 0)
        await self._happened(person, Begun(Receipt.fresh(), lang, person.prefers), message)

    async def stop(self) -> None:
        """Finish what is being sealed and sent, then say in every open chat that it has to begin anew."""
        await self._finish(_SENDING_SECONDS)
        for entry in self._memory.entries():
            state = State(At.STALE, lang=entry.state.lang, prefers=entry.state.prefers)
            self._show(entry, state, self._conversation.view(state))
        await self._finish(_LAST_WORDS_SECONDS)

    async def _finish(self, seconds: float) -> None:
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=seconds)

    async def _pressed(self, person: Person, pressed: keyboards.Placed) -> None:
        async with self._memory.lock(person.number):
            known = self._memory.get(person.number)
            # The second of two taps belongs to a view that is no longer there.
            if known is None or pressed.turn != known.turn:
                return
            press = keyboards.press_at(self._conversation.view(known.state), pressed.place)
            if press:
                self._follow(person, known, Pressed(press))

    async def _happened(self, person: Person, event: Event, message: int | None = None) -> None:
        async with self._memory.lock(person.number):
            known = self._memory.get(person.number)
            if known is None:
                known = Entry(State(At.STALE, prefers=person.prefers), Screen(person.chat, message))
            elif message is not None and known.screen.message != message:
                known.screen = Screen(person.chat, message)
            self._follow(person, known, event)

    async def _stale(self, person: Person, message: int, lang: str) -> None:
        """A button from before: its message shows nothing any more but how to begin anew."""
        state = State(At.STALE, lang=lang, prefers=person.prefers)
        entry = Entry(state, Screen(person.chat, message))
        self._show(entry, state, self._conversation.view(state))
        await entry.screen.settled()

    def _follow(self, person: Person, entry: Entry, event: Event) -> None:
        """Take one step; called with the chat's lock held."""
        before = None if entry.state.at in ENDS and not isinstance(event, Commanded) else entry.state
        state, view = self._conversation.step(before, event)
        if state.at in ENDS:
            self._memory.forget(person.number)
        else:
            self._memory.put(person.number, entry, lambda: self._start(self._expire(person)))
        if state is before:
            return
        self._show(entry, state, view)
        if state.at is At.LOADING:
            self._start(self._load(person, state))
        elif state.at is At.SENDING:
            self._start(self._send(person, state))

    def _show(self, entry: Entry, state: State, view: View) -> None:
        entry.state = state
        entry.turn += 1
        lang = state.lang or self._conversation.languages[0]
        self._keep(entry.screen.show(view, keyboards.keyboard(view, lang, self._token, entry.turn)))

    async def _load(self, person: Person, state: State) -> None:
        event: Event
        try:
            event = Loaded((await self._service.offer(state.lang)).only(self._surveys))
        except ServiceAway as away:
            event = Unreachable(away.minutes)
        await self._outcome(person, state, event)

    async def _send(self, person: Person, state: State) -> None:
        assert state.receipt is not None
        checked = answering.checked(state)
        submission = Submission(answering.asked(state), checked.answers, state.receipt, state.code)
        event: Event = Arrived()
        try:
            await self._service.submit(submission)
        except ServiceAway as away:
            event = Unreachable(away.minutes)
        except RoundEnded:
            try:
                event = RoundOver((await self._service.offer(state.lang, fresh=True)).only(self._surveys))
            except ServiceAway as away:
                event = Unreachable(away.minutes)
        await self._outcome(person, state, event)

    async def _outcome(self, person: Person, state: State, event: Event) -> None:
        """What became of loading or sending, unless the person has gone elsewhere in the meantime."""
        async with self._memory.lock(person.number):
            known = self._memory.get(person.number)
            if known and known.state is state:
                self._follow(person, known, event)

    async def _expire(self, person: Person) -> None:
        async with self._memory.lock(person.number):
            known = self._memory.get(person.number)
            if known:
                self._follow(person, known, Expired())

    def _forget(self, person: Person, message: int) -> None:
        known = self._memory.get(person.number)
        if known and known.screen.message == message:
            self._memory.forget(person.number)

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        self._keep(asyncio.get_running_loop().create_task(work))

    def _keep(self, task: asyncio.Task[None]) -> None:
        if task not in self._tasks:
            self._tasks.add(task)
            task.add_done_callback(self._finished)

    def _finished(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()):
            # Its text may hold an answer or the chat; its place is enough to find it.
            print(describe(error), file=sys.stderr)
