"""Promises 1, 3 and 6 for the bot: after 200 dialogues nobody's account, name or words are left anywhere.

Some go to the end, some stop in the middle, some delete; twice the bot is killed (-9) with people in it.
"""

from __future__ import annotations

import random
import secrets
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from feedback_service.audit.search import Needles

from ..bots.fake_telegram import FakeTelegram, Person, Refused
from ..bots.running import TOKEN, StartBot, german, to_question, to_summary, to_text

PEOPLE = 200
AT_ONCE = 10
KILLED_AFTER = (90, 150)
VOICE = {"file_id": "x", "file_unique_id": "x", "duration": 3}


@dataclass(frozen=True, slots=True)
class Canary:
    """Somebody with an account that can be found again, and what they write."""

    number: int
    user: dict[str, str]
    words: str

    @property
    def marks(self) -> list[str]:
        return [str(self.number), *self.user.values(), self.words]


def _canary() -> Canary:
    names = {name: f"Canary{name}{secrets.token_hex(8)}" for name in ("first_name", "last_name", "username")}
    return Canary(7_000_000_000 + secrets.randbelow(10**9), names, f"Mein Wort ist {secrets.token_hex(12)}")


def _finish(person: Person, canary: Canary) -> None:
    to_text(person)
    person.send(canary.words)
    person.sees(canary.words)
    person.press("Weiter")
    person.sees("Absenden")
    person.press("Absenden")
    person.sees("Danke")


def _finish_and_delete(person: Person, canary: Canary) -> None:
    _finish(person, canary)
    person.press("Auch diese Nachricht löschen")
    person.waits(lambda: not person.chat.messages)


def _leave_in_the_text(person: Person, canary: Canary) -> None:
    to_text(person)
    person.send(canary.words)
    person.sees(canary.words)


def _leave_at_the_summary(person: Person, _canary: Canary) -> None:
    to_summary(person)


def _leave_with_ticks(person: Person, _canary: Canary) -> None:
    to_question(person, 6)
    person.press("Wohnung")
    person.sees("☑ Wohnung")


def _cancel(person: Person, canary: Canary) -> None:
    _leave_in_the_text(person, canary)
    person.send("/cancel")
    person.sees("Abgebrochen")


def _delete(person: Person, canary: Canary) -> None:
    _leave_in_the_text(person, canary)
    person.send("/delete")
    person.sees("48 Stunden")


def _write_where_buttons_are(person: Person, canary: Canary) -> None:
    person.send(canary.words)
    person.sees("Bitte benutzen Sie die Knöpfe")
    person.send_other("voice", VOICE)
    person.sees("An einer Stimme")
    _finish(person, canary)


WAYS = (
    _finish, _finish, _finish_and_delete, _leave_in_the_text, _leave_at_the_summary, _leave_with_ticks,
    _cancel, _delete, _write_where_buttons_are,
)  # fmt: skip


def _pid_files(pid: int) -> list[bytes]:
    """What the system tells of a process: its environment and command line."""
    folder = Path(f"/proc/{pid}")
    return [(folder / name).read_bytes() for name in ("environ", "cmdline")]


@pytest.mark.long
def test_after_200_dialogues_nothing_is_left_of_anybody_even_in_logs_at_level_debug(
    telegram: FakeTelegram,
    start_bot: StartBot,
    installation: Any,
    tmp_path: Path,
    record_property: Callable[[str, object], None],
) -> None:
    chance = random.Random(11)
    people = [_canary() for _ in range(PEOPLE)]
    ways: list[Callable[[Person, Canary], None]] = [chance.choice(WAYS) for _ in people]
    needles = Needles([mark.encode() for one in people for mark in one.marks])
    served = installation.start()
    bot = start_bot(served.url, debug=True)
    environments = _pid_files(bot.process.pid) + _pid_files(served.process.pid)
    begun = 0
    for last in (*KILLED_AFTER, PEOPLE):
        with ThreadPoolExecutor(AT_ONCE) as pool:
            done = [pool.submit(_go, telegram, people[at], ways[at]) for at in range(begun, last)]
        for one in done:
            one.result()
        begun = last
        if last == PEOPLE:
            break
        # An error that nobody foresaw, whose text Telegram makes; then the end of the process.
        telegram.faults["sendMessage"].append(Refused(400, f"Bad Request: {people[0].words}"))
        telegram.person(people[0].number, TOKEN).send("/start de")
        _settle(telegram)
        bot.kill()
        bot = start_bot(served.url, debug=True)
        environments += _pid_files(bot.process.pid)
        _press_what_is_left(telegram)
    assert bot.stop() == 0
    installation.json("mix")
    printed = served.stop()
    _nobody_is_in_the_chats(telegram, people)
    files = [*installation.data.rglob("*"), *tmp_path.glob("bot-*.log")]
    contents = {str(path): path.read_bytes() for path in files if path.is_file()}
    contents |= {f"environment {number}": one for number, one in enumerate(environments)}
    contents["what the service printed"] = printed.encode()
    assert [name for name, content in contents.items() if needles.in_(content)] == []
    record_property("searched", f"{len(contents)} files, {sum(map(len, contents.values()))} bytes")
    # It has written nothing at all.
    assert [*(tmp_path / "home").iterdir()] == []
    logs = b"".join(path.read_bytes() for path in tmp_path.glob("bot-*.log"))
    assert b"unhandled BadRequest at " in logs and b"Bad Request:" not in logs and TOKEN.encode() not in logs
    sent = sum(way in (_finish, _finish_and_delete, _write_where_buttons_are) for way in ways)
    installation.json("rounds", "close", "clients")
    counted = installation.json("rounds", "count", "clients")
    assert (counted["answers"], counted["invalid"]) == (sent, 0)


def test_the_search_would_find_them_in_a_log_and_in_a_chat(telegram: FakeTelegram) -> None:
    canary = _canary()
    needles = Needles([mark.encode() for mark in canary.marks])
    for mark in canary.marks:
        assert needles.in_(f"DEBUG telegram: {{'text': '{mark}'}}".encode()), mark
    person = telegram.person(canary.number, TOKEN, **canary.user)
    telegram.post(person.chat, True, canary.words)
    with pytest.raises(AssertionError):
        _nobody_is_in_the_chats(telegram, [canary])


def _go(telegram: FakeTelegram, canary: Canary, way: Callable[[Person, Canary], None]) -> None:
    way(german(telegram, canary.number, **canary.user), canary)


def _settle(telegram: FakeTelegram) -> None:
    """Until the bot has met the fault."""
    person = next(iter(telegram.chats.values()))
    waiting = Person(telegram, person, TOKEN)
    waiting.waits(lambda: not telegram.faults["sendMessage"])


def _press_what_is_left(telegram: FakeTelegram) -> None:
    """Whoever was in it when it was killed comes back to the old message and presses a button."""
    for chat in list(telegram.chats.values()):
        person = Person(telegram, chat, TOKEN)
        shown = person.newest()
        if shown and shown.keys and any(":" in str(key.get("callback_data", "")) for key in shown.keys[0]):
            keys = [key for row in shown.keys for key in row if "callback_data" in key]
            data = keys[0]["callback_data"]
            if data.count(":") == 3:
                person.press_data(shown, data)
                person.sees("Bitte fangen Sie neu an")


def _nobody_is_in_the_chats(telegram: FakeTelegram, people: list[Canary]) -> None:
    visible = telegram.visible()
    for one in people:
        assert one.words not in visible
        messages = telegram.chats[one.number].messages.values()
        # Nothing of the person's own, and one message of the bot at most, which is neutral.
        assert not [message for message in messages if not message.by_bot] and len(messages) <= 1
        assert not any("☑" in label for message in messages for label in message.labels)
        assert not any(message.covered for message in messages)
