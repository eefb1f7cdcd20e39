"""How fast the bot answers: many people at once, each through a whole survey, against a Telegram of our own.

A reply's time runs from the update to the changed message. The bound, in the same run, is a bot that only
changes the message. Everything shares the machine: the bot, the service, Telegram and the people. Without a
pause everybody presses at once, all the time: that is the rate at which it is full.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent))

from tests.bots.fake_telegram import Chat, FakeTelegram, Person

from serving import founded, running, serve_ours

TOKENS = {"bare": "1:bare", "ours": "1:ours"}


class Watched(FakeTelegram):
    """A Telegram that says when a chat has changed; people are tasks of its loop."""

    def __init__(self) -> None:
        super().__init__()
        self.changed: dict[int, asyncio.Event] = defaultdict(asyncio.Event)
        # Seconds that people read before they press, in the mean.
        self.pause = 0.0

    def _sendmessage(self, params: dict[str, Any]) -> dict[str, Any]:
        sent = super()._sendmessage(params)
        self.changed[int(params["chat_id"])].set()
        return sent

    def _editmessagetext(self, params: dict[str, Any]) -> dict[str, Any]:
        changed = super()._editmessagetext(params)
        self.changed[int(params["chat_id"])].set()
        return changed

    def run(self, work: Awaitable[list[float]]) -> list[float]:
        """Run people in the server's loop."""
        assert self._loop is not None

        async def wait() -> list[float]:
            return await work

        return asyncio.run_coroutine_threadsafe(wait(), self._loop).result()


async def _timed(telegram: Watched, chat: Chat, act: Callable[[], Any]) -> float:
    await asyncio.sleep(random.uniform(0, 2 * telegram.pause))
    event = telegram.changed[chat.number]
    event.clear()
    begun = time.perf_counter()
    act()
    await event.wait()
    return time.perf_counter() - begun


async def _bare_person(telegram: Watched, number: int, presses: int) -> list[float]:
    person = telegram.person(number, TOKENS["bare"])
    times = [await _timed(telegram, person.chat, lambda: person.send("/start"))]
    for _ in range(presses):
        times.append(await _timed(telegram, person.chat, lambda: person.press("next")))
    return times


async def _our_person(telegram: Watched, number: int, _presses: int) -> list[float]:
    """From /start to the thank-you: each time the first button that goes on, once a text."""
    person = telegram.person(number, TOKENS["ours"])
    times = [await _timed(telegram, person.chat, lambda: person.send("/start de"))]
    while "Danke" not in person.text():
        text = person.text()
        shown = person.newest()
        assert shown is not None
        if not shown.labels or "Einen Moment" in text:
            event = telegram.changed[number]
            event.clear()
            if person.text() == text:
                await event.wait()
            continue
        act = _next(person, text, shown.labels)
        times.append(await _timed(telegram, person.chat, act))
    return times


def _next(person: Person, text: str, labels: list[str]) -> Callable[[], Any]:
    if "Schreiben Sie in Ihrer Sprache" in text:
        return lambda: person.send("Mehr Zeit für jeden Menschen, bitte.")
    if "Hier antworten" in labels:
        return lambda: person.press("Hier antworten")
    if any(label.startswith("☑") for label in labels) or "Das ist Ihr Text" in text:
        return lambda: person.press("Weiter")
    if "Wo wohnen Sie?" in text and "Das möchte ich nicht sagen" in labels:
        return lambda: person.press("Das möchte ich nicht sagen")
    return lambda: person.press(labels[0])


async def _all(telegram: Watched, who: Any, people: int, presses: int, first: int) -> list[float]:
    done = await asyncio.gather(*(who(telegram, first + number, presses) for number in range(people)))
    return [one for times in done for one in times]


def _measure(
    telegram: Watched, name: str, command: list[str], who: Any, people: int, presses: int
) -> list[float]:
    environment = {**os.environ, "TELEGRAM_BASE_URL": telegram.url, "TELEGRAM_TOKEN": TOKENS[name]}
    process = subprocess.Popen(command, env=environment)
    try:
        pause, telegram.pause = telegram.pause, 0.0
        telegram.run(_all(telegram, who, 2, presses, 10_000))
        telegram.pause = pause
        begun = time.perf_counter()
        times = telegram.run(_all(telegram, who, people, presses, 20_000))
        took = time.perf_counter() - begun
        memory = _memory(process.pid)
    finally:
        process.terminate()
        process.wait()
    times.sort()
    p99 = times[int(len(times) * 0.99)]
    print(
        f"{name:<6}{people:>7}{len(times):>9}{people / took:>12.1f}{len(times) / took:>12.0f}"
        f"{1000 * statistics.median(times):>11.0f}{1000 * p99:>9.0f}{memory:>9.0f}",
        flush=True,
    )
    return times


def _memory(pid: int) -> float:
    """Peak resident memory, MiB."""
    line = next(x for x in Path(f"/proc/{pid}/status").read_text().splitlines() if x.startswith("VmHWM"))
    return int(line.split()[1]) / 1024


def main() -> None:
    """Print a line for the bound and one for the bot."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=200)
    parser.add_argument("--pause", type=float, default=0.0, help="seconds that people read, in the mean")
    chosen = parser.parse_args()
    folder = tempfile.mkdtemp()
    founded(Path(folder))
    telegram = Watched()
    bot = str(Path(sys.executable).with_name("feedback-bot"))
    with running(serve_ours, folder) as port, telegram.serving() as url:
        telegram.url = url
        telegram.pause = chosen.pause
        print("        people  replies  dialogues/s  replies/s  median ms   p99 ms  MiB")
        bare = [sys.executable, str(Path(__file__).with_name("bare_bot.py"))]
        bound = _measure(telegram, "bare", bare, _bare_person, chosen.people, 16)
        ours = [bot, "telegram", "--api", f"http://127.0.0.1:{port}"]
        measured = _measure(telegram, "ours", ours, _our_person, chosen.people, 0)
    ratio = statistics.median(measured) / statistics.median(bound)
    print(f"median of ours / bound: {ratio:.2f}")


if __name__ == "__main__":
    main()
