"""The one message of a chat: the newest view wins, through pauses, losses and deletions."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import Any

import pytest

from feedback_bot import screen as screens
from feedback_bot.keyboards import Key
from feedback_bot.memory import Entry, Memory
from feedback_bot.screen import ChatClosed, ConnectionLost, MessageGone, Screen, TooFast
from feedback_bot.state import At, State
from feedback_bot.views.model import View


class Board:
    """A chat that shows what it was told, after the errors that wait in it."""

    def __init__(self, *errors: Exception) -> None:
        self.errors = deque(errors)
        self.shown: dict[int, str] = {}
        self.calls: list[str] = []

    async def send(self, view: View, _keys: list[list[Key]]) -> int:
        self._fail(f"send {view.heading}")
        number = len(self.calls)
        self.shown[number] = view.heading
        return number

    async def edit(self, message: int, view: View, _keys: list[list[Key]]) -> None:
        self._fail(f"edit {view.heading}")
        self.shown[message] = view.heading

    async def delete(self, _message: int) -> bool:
        return True

    async def clear(self, newest: int) -> None:
        """Nothing to do here."""

    def _fail(self, call: str) -> None:
        self.calls.append(call)
        if self.errors:
            raise self.errors.popleft()


def _show(board: Board, *headings: str, screen: Screen | None = None) -> Screen:
    async def run() -> Screen:
        shown = screen or Screen(board)
        for heading in headings:
            shown.show(View(heading), [])
            await asyncio.sleep(0)
        await shown.settled()
        return shown

    return asyncio.run(run())


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(screens, "_FIRST_WAIT", 0.001)


def test_one_message_is_sent_and_then_changed() -> None:
    board = Board()
    screen = _show(board, "one")
    _show(board, "two", screen=screen)
    assert board.calls == ["send one", "edit two"] and list(board.shown.values()) == ["two"]


def test_views_that_are_overtaken_are_never_sent() -> None:
    board = Board(TooFast(0.05))
    _show(board, "one", "two", "three")
    assert board.calls == ["send one", "send three"]


@pytest.mark.parametrize(
    "errors", [[ConnectionLost()] * 3, [TooFast(0.01)] * 5, [ConnectionLost(), TooFast(0.01)]]
)
def test_it_tries_until_it_is_there(errors: list[Exception]) -> None:
    board = Board(*errors)
    _show(board, "one")
    assert list(board.shown.values()) == ["one"] and len(board.calls) == len(errors) + 1


def test_it_gives_up_at_last(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(screens, "_LONGEST_WAIT", 0.001)
    board = Board(*[ConnectionLost()] * 100)
    _show(board, "one")
    assert board.shown == {} and len(board.calls) == 16


def test_a_message_that_is_gone_comes_anew() -> None:
    board = Board()
    screen = _show(board, "one")
    board.errors.append(MessageGone())
    _show(board, "two", screen=screen)
    assert board.calls[-2:] == ["edit two", "send two"]


def test_a_closed_chat_is_left_alone() -> None:
    board = Board(ChatClosed())
    _show(board, "one")
    assert board.calls == ["send one"]


def test_memory_forgets_by_itself_and_knows_no_chat() -> None:
    gone: list[int] = []

    async def run() -> Memory:
        memory = Memory(seconds=0.05)

        def expire() -> None:
            gone.append(1)
            memory.forget(4711)

        entry = Entry(State(At.WELCOME), Screen(Board()))
        memory.put(4711, entry, expire)
        await asyncio.sleep(0.03)
        # Something happened: the time runs anew.
        memory.put(4711, entry, expire)
        await asyncio.sleep(0.03)
        assert memory.get(4711) is entry and len(memory) == 1 and not gone
        await asyncio.sleep(0.05)
        assert memory.get(4711) is None and gone == [1]
        return memory

    memory = asyncio.run(run())
    held: Any = vars(memory)
    assert "4711" not in str(held)


def test_two_processes_name_a_chat_differently() -> None:
    async def run() -> list[str]:
        names = []
        for _ in range(2):
            memory = Memory()
            memory.put(1, Entry(State(At.WELCOME), Screen(Board())), lambda: None)
            names.append(str(list(vars(memory)["_entries"])))
            memory.forget(1)
        return names

    first, second = asyncio.run(run())
    assert first != second


def test_locks_that_nobody_holds_are_dropped() -> None:
    async def run() -> int:
        memory = Memory()
        held = memory.lock(1)
        async with held:
            for chat in range(2, 100):
                memory.lock(chat)
            assert memory.lock(1) is held
        memory.lock(1000)
        return len(vars(memory)["_locks"])

    assert asyncio.run(run()) <= 3
