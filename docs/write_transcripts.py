"""Writes what a chat with the bot shows, step by step, into `telegram-transcripts.md` (`make transcripts`).

A demonstration, the bot and a Telegram of our own run for it; nothing is made up.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from take_pictures import demonstration
from tests.bots.fake_telegram import FakeTelegram, Person, Posted

from feedback_service.i18n import LANGUAGES, Interface, load_interfaces

OUT = Path(__file__).parent / "telegram-transcripts.md"
TOKEN = "1:transcript"
CODES = ("de", "ar")
TEXTS = {
    "de": "Herr Müller vom Amt antwortet nicht, ich brauche mehr Hilfe bei Briefen.",
    "ar": "السيد أحمد لا يجيب على رسائلي، أحتاج إلى مساعدة في الرسائل.",
}


class Recorder:
    """Writes down every message that somebody sees, and what they did before it."""

    def __init__(self, person: Person, interface: Interface) -> None:
        self._person = person
        self._say = interface.plain
        self.lines: list[str] = []
        self._seen = ""

    def start(self) -> None:
        """Begin in this language."""
        self._person.send(f"/start {self._code}")
        self._show("`/start`")

    def press(self, words: str) -> None:
        """Press a button."""
        self._person.press(words)
        self._show(f"**{words}**")

    def press_at(self, place: int) -> None:
        """Press the button at a place."""
        self.press(self._newest().labels[place])

    def say(self, message: str) -> None:
        """Press the button with the interface's words."""
        self.press(self._say(message))

    def write(self, text: str) -> None:
        """Type a text."""
        self._person.send(text)
        self._show(f"*{text}* — typed, and deleted from the chat at once")

    def end(self) -> None:
        """Delete the last message."""
        self._person.press(self._say("Delete this message too"))
        self._person.waits(lambda: not self._person.chat.messages)
        self.lines += [f"→ **{self._say('Delete this message too')}**", "", "*The chat is empty.*", ""]

    @property
    def _code(self) -> str:
        return str(self._person.chat.user["language_code"])

    def _newest(self) -> Posted:
        newest = self._person.newest()
        if newest is None:
            raise RuntimeError("there is no message")
        return newest

    def _show(self, did: str) -> None:
        passing = (self._say("One moment …"), self._seen)
        self._person.waits(lambda: bool(self._person.newest()) and self._now() not in ("", *passing)
                           and not self._now().startswith(passing[0]))  # fmt: skip
        self._seen = self._now()
        newest = self._newest()
        text = newest.text.replace(newest.covered, "") if newest.covered else newest.text
        self.lines += [f"→ {did}", ""]
        for line in text.strip().splitlines():
            self.lines.append(f"> {line}  " if line else ">")
        if newest.covered:
            self.lines += [">", *(f"> ░ {line}  " if line else ">" for line in newest.covered.splitlines())]
        self.lines.append("")
        for row in newest.keys:
            self.lines.append(" ".join(f"`{key['text']}`" for key in row) + "  ")
        self.lines.append("")

    def _now(self) -> str:
        newest = self._person.newest()
        return f"{newest.text}{newest.labels}" if newest else ""


def main() -> None:
    """Run it in each language, write the page."""
    interfaces = load_interfaces()
    telegram = FakeTelegram()
    with demonstration() as service, telegram.serving() as url, _bot(service, url):
        parts = [
            list(_transcript(telegram, number, interfaces[code]))
            for number, code in enumerate(CODES, start=1)
        ]
    head = [
        "# What a chat with the bot shows",
        "",
        "Written by `make transcripts` from a run against a Telegram of our own. There is one message, which",
        "each step changes. Lines after ░ stand under a cover until they are touched; in `marks` are the",
        "buttons. Nothing that was typed stays in the chat.",
        "",
    ]
    OUT.write_text("\n".join([*head, *(line for part in parts for line in part)]).rstrip() + "\n", "utf-8")
    print(OUT)


def _transcript(telegram: FakeTelegram, number: int, interface: Interface) -> Iterator[str]:
    code = interface.language.code
    person = telegram.person(number, TOKEN, language_code=code)
    told = Recorder(person, interface)
    told.start()
    told.say("Answer here")
    told.say("I came to Germany as a refugee")
    told.press("Regierungsbezirk Tübingen")
    told.press("Tübingen")
    for place in (0, 1, 3, 2):
        told.press_at(place)
    told.press_at(0)
    told.press_at(3)
    told.say("Continue")
    told.press_at(1)
    for _ in range(3):
        told.say("Skip")
    told.write(TEXTS[code])
    told.say("Continue")
    told.say("Change it")
    told.say("Back")
    told.say("Send")
    told.end()
    direction = ' dir="rtl"' if interface.language.direction == "rtl" else ""
    yield from [f"## {LANGUAGES[code].own_name}", ""]
    yield from [f"<div{direction}>", ""] if direction else []
    yield from told.lines
    yield from ["</div>", ""] if direction else []


@contextmanager
def _bot(service: str, telegram: str) -> Iterator[None]:
    """The bot as a process, for the length of a block."""
    command = Path(sys.executable).with_name("feedback-bot")
    environment = {**os.environ, "TELEGRAM_BASE_URL": telegram, "TELEGRAM_TOKEN": TOKEN}
    words = ["telegram", "--api", service, "--web", "https://feedback.example"]
    process = subprocess.Popen([command, *words], env=environment)
    try:
        yield
    finally:
        process.terminate()
        process.wait()


if __name__ == "__main__":
    main()
