"""A bot in a process of its own, and a person who answers in German."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from .fake_telegram import FakeTelegram, Person

TOKEN = "123456:CANARYTOKEN-of-a-bot"
# Every logger's every line, as somebody who looks for a fault would see them.
LOUD = """
import logging
logging.basicConfig(level=logging.DEBUG)
from feedback_bot.__main__ import run
run()
"""
COMMAND = Path(sys.executable).with_name("feedback-bot")
NO_REGION = "Das möchte ich nicht sagen"


@dataclass(frozen=True, slots=True)
class RunningBot:
    """A bot's process, and where its output goes."""

    process: subprocess.Popen[bytes]
    log: Path

    def stop(self) -> int:
        """Ask it to stop; gives its exit code."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        return self.process.wait(40)

    def kill(self) -> None:
        """kill -9."""
        self.process.kill()
        self.process.wait()


StartBot = Callable[..., RunningBot]


@contextmanager
def bots(telegram: FakeTelegram, folder: Path) -> Iterator[StartBot]:
    """Starts bots against the fake; they are gone at the end. Their output and their home are in `folder`."""
    running: list[RunningBot] = []

    def start(api: str, *words: str, debug: bool = False, **environment: str) -> RunningBot:
        log = folder / f"bot-{len(running)}.log"
        home = folder / "home"
        home.mkdir(exist_ok=True)
        command = [sys.executable, "-X", "dev", "-c", LOUD] if debug else [str(COMMAND)]
        own = {"HOME": str(home), "TMPDIR": str(home), "PATH": os.environ["PATH"]}
        with log.open("wb") as out:
            process = subprocess.Popen(
                [*command, "telegram", "--api", api, *words],
                stdout=out,
                stderr=subprocess.STDOUT,
                env={"TELEGRAM_TOKEN": TOKEN, "TELEGRAM_BASE_URL": telegram.url, **own, **environment},
                cwd=home,
            )
        running.append(RunningBot(process, log))
        return running[-1]

    try:
        yield start
    finally:
        for one in running:
            if one.process.poll() is None:
                one.kill()


def german(telegram: FakeTelegram, number: int = 4711, **user: str) -> Person:
    """Somebody who has begun, by a poster's link."""
    person = telegram.person(number, TOKEN, language_code="de", **user)
    person.send("/start de")
    person.sees("Hier antworten")
    return person


def to_question(person: Person, wanted: int) -> None:
    """From the first screen to a question of the clients' survey, answering as little as may be."""
    person.press("Hier antworten")
    person.sees("Ich berate")
    person.press("Ich bin nach Deutschland")
    person.sees("1 von 11")
    for number in range(2, wanted + 1):
        person.press(NO_REGION if number == 2 else "Auslassen")
        person.sees(f"{number} von 11")


def to_text(person: Person) -> None:
    """To the open question."""
    to_question(person, 11)


def to_summary(person: Person) -> None:
    """To the summary, without a text."""
    to_text(person)
    person.press("Auslassen")
    person.sees("Absenden")
