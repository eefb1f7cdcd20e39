"""The bot as a process of its own, against a Telegram of ours over real HTTP and a real service."""

from __future__ import annotations

import re
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from .fake_telegram import DELETABLE_SECONDS, FakeTelegram, Person, Refused
from .running import NO_REGION, TOKEN, StartBot, german, to_question, to_summary, to_text


@pytest.fixture(scope="module")
def api(shared_installation: Any) -> Iterator[str]:
    """One service for all tests of this file."""
    with shared_installation.serving() as served:
        yield served.url


def _mine(person: Person) -> list[str]:
    return [one.text for one in person.chat.messages.values() if not one.by_bot]


def test_the_chat_holds_one_message_and_nothing_that_was_typed(
    telegram: FakeTelegram, start_bot: StartBot, api: str
) -> None:
    start_bot(api)
    person = german(telegram)
    to_text(person)
    person.send("Mehr Zeit für Beratung")
    shown = person.sees("Mehr Zeit für Beratung")
    assert "Mehr Zeit für Beratung" in shown.covered
    assert _mine(person) == [] and len(person.chat.messages) == 1
    person.press("Weiter")
    person.sees("Absenden")
    person.press("Absenden")
    person.sees("Danke")
    assert [one.text for one in person.chat.messages.values()] == ["Danke\n\nIhre Antwort ist angekommen."]
    person.press("Auch diese Nachricht löschen")
    person.waits(lambda: not person.chat.messages)


def test_commands_are_named_in_the_languages_that_telegram_knows(
    telegram: FakeTelegram, start_bot: StartBot, api: str
) -> None:
    start_bot(api)
    german(telegram)
    assert (
        telegram.commands["ar"][0] == "بدء" and "de" in telegram.commands and "ckb" not in telegram.commands
    )


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        ("voice", {"file_id": "x", "file_unique_id": "x", "duration": 3}),
        ("photo", [{"file_id": "x", "file_unique_id": "x", "width": 1, "height": 1}]),
        ("document", {"file_id": "x", "file_unique_id": "x"}),
        ("contact", {"phone_number": "+49171", "first_name": "Canary"}),
        ("location", {"longitude": 9.0, "latitude": 48.5}),
        (
            "sticker",
            {
                "file_id": "x", "file_unique_id": "x", "type": "regular", "width": 1, "height": 1,
                "is_animated": False, "is_video": False,
            },
        ),
    ],
)  # fmt: skip
def test_what_can_tell_who_somebody_is_is_deleted_and_refused(
    telegram: FakeTelegram, start_bot: StartBot, api: str, kind: str, content: Any
) -> None:
    start_bot(api)
    person = german(telegram)
    person.send_other(kind, content)
    person.sees("An einer Stimme, einem Bild, einer Datei")
    assert _mine(person) == [] and len(person.chat.messages) == 1
    person.press("Hier antworten")
    person.sees("Ich berate")


def test_two_taps_at_once_are_one(telegram: FakeTelegram, start_bot: StartBot, api: str) -> None:
    start_bot(api)
    person = german(telegram)
    shown = person.newest()
    assert shown is not None
    data = shown.key("Hier antworten")["callback_data"]
    for _ in range(5):
        person.press_data(shown, data)
    person.sees("Ich berate")
    person.press("Ich bin nach")
    person.sees("Wo wohnen Sie?")
    data = shown.key("Das möchte")["callback_data"]
    for _ in range(5):
        person.press_data(shown, data)
    person.sees("2 von 11")
    time.sleep(0.3)
    assert "2 von 11" in person.text()


def test_a_flood_limit_is_waited_for_and_nothing_is_lost(
    telegram: FakeTelegram, start_bot: StartBot, api: str
) -> None:
    telegram.pace = 1.0
    start_bot(api)
    person = telegram.person(1, TOKEN, language_code="de")
    person.send("/start de")
    person.sees("Hier antworten")
    person.press("Hier antworten")
    person.sees("Ich berate")
    person.press("Ich bin nach")
    person.sees("Wo wohnen Sie?")
    telegram.faults["editMessageText"].append(Refused(429, "Too Many Requests", retry_after=2))
    begun = time.monotonic()
    person.press(NO_REGION)
    person.sees("2 von 11")
    assert time.monotonic() - begun >= 2


def test_a_connection_to_telegram_that_is_lost_is_tried_again(
    telegram: FakeTelegram, start_bot: StartBot, api: str
) -> None:
    start_bot(api)
    person = german(telegram)
    telegram.faults["editMessageText"].extend([Refused(502, "Bad Gateway"), Refused(500, "Internal")])
    telegram.faults["deleteMessage"].append(Refused(502, "Bad Gateway"))
    telegram.faults["getUpdates"].append(Refused(502, "Bad Gateway"))
    person.press("Hier antworten")
    person.sees("Ich berate")
    person.send("nothing to type here")
    person.sees("Bitte benutzen Sie die Knöpfe")
    assert _mine(person) == []


def test_a_message_that_the_person_deleted_comes_anew(
    telegram: FakeTelegram, start_bot: StartBot, api: str
) -> None:
    start_bot(api)
    person = german(telegram)
    shown = person.newest()
    assert shown is not None
    data = shown.key("Hier antworten")["callback_data"]
    person.chat.messages.clear()
    person.press_data(shown, data)
    person.sees("Ich berate")
    assert len(person.chat.messages) == 1


def test_after_a_restart_an_old_button_leads_to_a_new_beginning(
    telegram: FakeTelegram, start_bot: StartBot, api: str
) -> None:
    bot = start_bot(api)
    person = telegram.person(5, TOKEN, language_code="de")
    person.send("/start ar")
    person.sees("الإجابة هنا")
    person.press("الإجابة هنا")
    person.sees("لجأتُ")
    bot.kill()
    start_bot(api)
    person.press("لجأتُ")
    # In the language of the message, not of the phone.
    person.sees("يرجى البدء من جديد")
    person.press("بدء")
    person.sees("الإجابة هنا")
    assert len(person.chat.messages) == 1


def test_stopped_gracefully_every_open_chat_is_neutral(
    telegram: FakeTelegram, start_bot: StartBot, api: str
) -> None:
    bot = start_bot(api)
    person = german(telegram)
    to_text(person)
    person.send("canary text")
    person.sees("canary text")
    assert bot.stop() == 0
    assert "canary" not in telegram.visible() and "Bitte fangen Sie neu an" in person.text()


def test_what_is_being_sent_arrives_though_the_bot_is_stopped(
    telegram: FakeTelegram, start_bot: StartBot, api: str
) -> None:
    bot = start_bot(api)
    person = german(telegram)
    to_summary(person)
    person.press("Absenden")
    person.waits(lambda: "Absenden" not in (person.newest() or pytest.fail("gone")).labels)
    assert bot.stop() == 0
    assert "Danke" in person.text()


def test_an_old_message_of_the_same_conversation_goes_when_it_is_pressed(
    telegram: FakeTelegram, start_bot: StartBot, api: str
) -> None:
    start_bot(api)
    person = german(telegram)
    old = telegram.post(person.chat, True, "an older one")
    person.chat.messages = dict(sorted(person.chat.messages.items(), reverse=True))
    shown = person.newest()
    assert shown is not None and shown.number != old.number
    person.press_data(old, shown.key("Hier antworten")["callback_data"])
    person.waits(lambda: old.number not in person.chat.messages)


def test_beginning_anew_in_an_old_message_leaves_that_one_alone(
    telegram: FakeTelegram, start_bot: StartBot, api: str
) -> None:
    start_bot(api)
    person = german(telegram)
    person.send("/cancel")
    cancelled = person.sees("Abgebrochen")
    person.send("/start de")
    person.sees("Hier antworten")
    to_question(person, 6)
    person.press("Wohnung")
    person.sees("☑ Wohnung")
    person.press("Anfangen", cancelled)
    person.waits(lambda: list(person.chat.messages) == [cancelled.number])
    person.sees("Hier antworten")
    person.press("Hier antworten")
    person.sees("Ich berate")


def test_edited_messages_are_deleted_too(telegram: FakeTelegram, start_bot: StartBot, api: str) -> None:
    start_bot(api)
    person = german(telegram)
    telegram.faults["deleteMessage"].extend([Refused(400, "Bad Request: message can't be deleted")])
    typed = person.send("first")
    person.sees("Bitte löschen Sie sie selbst")
    assert _mine(person) == ["first"]
    person.edit(typed, "second")
    person.waits(lambda: _mine(person) == [])


def test_delete_removes_what_telegram_lets_a_bot_remove(
    telegram: FakeTelegram, start_bot: StartBot, api: str
) -> None:
    start_bot(api)
    person = german(telegram)
    ancient = telegram.post(person.chat, True, "two days old")
    ancient.date -= DELETABLE_SECONDS + 60
    for number in range(150):
        telegram.post(person.chat, number % 2 == 0, "recent")
    person.send("/delete")
    person.sees("48 Stunden")
    left = [one.text for one in person.chat.messages.values()]
    assert left[0] == "two days old" and len(left) == 2
    person.press("Auch diese Nachricht löschen")
    person.waits(lambda: len(person.chat.messages) == 1)


def test_a_bot_leaves_groups_and_says_nothing_there(
    telegram: FakeTelegram, start_bot: StartBot, api: str
) -> None:
    start_bot(api)
    person = german(telegram)
    group = telegram.group(-100, TOKEN)
    person.waits(lambda: group.left)
    assert not group.messages


def test_somebody_who_blocked_the_bot_troubles_nobody(
    telegram: FakeTelegram, start_bot: StartBot, api: str
) -> None:
    bot = start_bot(api)
    person = german(telegram)
    person.chat.blocked = True
    person.press("Hier antworten")
    other = german(telegram, 4712)
    other.press("Hier antworten")
    other.sees("Ich berate")
    assert bot.stop() == 0 and b"unhandled" not in bot.log.read_bytes()


def test_forged_buttons_do_nothing(telegram: FakeTelegram, start_bot: StartBot, api: str) -> None:
    bot = start_bot(api)
    person = german(telegram)
    shown = person.newest()
    assert shown is not None
    token = shown.key("Hier antworten")["callback_data"].split(":")[1]
    for data in (
        f"de:{token}:1:999",
        f"de:{token}:99999:0",
        f"de:{token}:{'9' * 9}:1",
        "x",
        "de:" + "0" * 50,
    ):
        person.press_data(shown, data)
    time.sleep(0.5)
    assert bot.stop() == 0 and b"unhandled" not in bot.log.read_bytes()


def test_the_service_down_at_the_beginning_and_in_the_end(
    telegram: FakeTelegram, start_bot: StartBot, installation: Any
) -> None:
    served = installation.start()
    start_bot(served.url)
    person = german(telegram)
    to_summary(person)
    served.kill()
    person.press("Absenden")
    person.sees("Noch einmal versuchen")
    assert "Es ist nichts verloren gegangen" in person.text() and "5 Minuten" in person.text()
    other = telegram.person(8, TOKEN, language_code="de")
    other.send("/start uk")
    other.sees("Спробувати ще раз")
    port = int(served.url.rpartition(":")[2])
    with installation.serving(port=port):
        other.press("Спробувати")
        other.sees("Відповісти тут")
        person.press("Noch einmal")
        person.sees("Danke")


def test_a_round_that_closed_meanwhile_gets_the_answer_in_the_next(
    telegram: FakeTelegram, start_bot: StartBot, installation: Any
) -> None:
    with installation.serving() as served:
        start_bot(served.url)
        person = german(telegram)
        to_summary(person)
        installation.json("rounds", "close", "clients")
        person.press("Absenden")
        person.sees("Danke", 30)
        installation.json("rounds", "close", "clients", "--round", "2027-Q1")
        counted = installation.json("rounds", "count", "clients", "--round", "2027-Q1")
        assert (counted["answers"], counted["invalid"]) == (1, 0)


def test_several_bots_run_in_one_process(
    telegram: FakeTelegram, start_bot: StartBot, api: str, tmp_path: Path
) -> None:
    for name in ("one", "two"):
        (tmp_path / name).write_text(f"99:{name}\n")
    bots = tmp_path / "bots.toml"
    bots.write_text(
        '[[bot]]\ntoken_file = "one"\nlanguages = ["so"]\n'
        '[[bot]]\ntoken_file = "two"\nlanguages = ["de", "ti"]\nsurveys = ["counsellors"]\n'
    )
    start_bot(api, "--bots", str(bots), TELEGRAM_TOKEN="")
    somali = telegram.person(1, "99:one")
    somali.send("/start")
    somali.sees("Halkan ku jawaab")
    other = telegram.person(2, "99:two")
    other.send("/start")
    assert other.sees("ትግርኛ").labels == ["Deutsch", "ትግርኛ"]
    other.press("Deutsch")
    other.sees("Hier antworten")
    other.press("Hier antworten")
    # One survey alone is asked at once.
    other.sees("1 von 13")


def test_thirty_minutes_later_nothing_is_shown(
    telegram: FakeTelegram, start_bot: StartBot, api: str, tmp_path: Path
) -> None:
    (tmp_path / "token").write_text(TOKEN)
    bots = tmp_path / "bots.toml"
    bots.write_text('[[bot]]\ntoken_file = "token"\nforget_after = 2.0\n')
    start_bot(api, "--bots", str(bots), TELEGRAM_TOKEN="")
    person = german(telegram)
    person.press("Hier antworten")
    person.sees("Ich berate")
    person.sees("Das ist abgelaufen")
    assert "Es wurde nichts abgeschickt und nichts behalten." in person.text()


def test_a_wrong_token_is_told_and_is_not_printed(
    telegram: FakeTelegram, start_bot: StartBot, api: str
) -> None:
    telegram.tokens = {"another"}
    bot = start_bot(api)
    assert bot.process.wait(30) == 1
    said = bot.log.read_text()
    assert "@BotFather" in said and TOKEN not in said and "Traceback" not in said


def test_no_token_is_told(telegram: FakeTelegram, start_bot: StartBot, api: str) -> None:
    bot = start_bot(api, TELEGRAM_TOKEN="")
    assert bot.process.wait(30) == 1 and "TELEGRAM_TOKEN_FILE" in bot.log.read_text()


def test_the_fake_refuses_what_telegram_refuses(telegram: FakeTelegram) -> None:
    """Else a bot that breaks a limit would pass here."""
    person = telegram.person(1, TOKEN)
    url = f"{telegram.url}/bot{TOKEN}"

    def said(method: str, **params: Any) -> int:
        return httpx2.post(f"{url}/{method}", json=None, params=params).status_code

    key = '{"inline_keyboard":[[{"text":"x","callback_data":"%s"}]]}'
    assert said("sendMessage", chat_id=1, text="x" * 4096) == 200
    assert said("sendMessage", chat_id=1, text="x" * 4097) == 400
    assert said("sendMessage", chat_id=1, text="x", reply_markup=key % ("d" * 65)) == 400
    assert said("sendMessage", chat_id=2, text="x") == 400
    shown = person.newest()
    assert shown is not None
    assert said("editMessageText", chat_id=1, message_id=shown.number, text=shown.text) == 400
    telegram.later = DELETABLE_SECONDS + 1
    assert said("deleteMessage", chat_id=1, message_id=shown.number) == 400
    telegram.pace = 1.0
    assert said("editMessageText", chat_id=1, message_id=shown.number, text="y") == 429


def test_callback_data_tell_nothing_about_the_answers(
    telegram: FakeTelegram, start_bot: StartBot, api: str
) -> None:
    start_bot(api)
    person = german(telegram)
    to_summary(person)
    for method, params in telegram.calls:
        for data in re.findall(r'callback_data\\*": \\*"([^"\\]*)', params):
            assert re.fullmatch(r"[a-z]{2,3}:([0-9a-f]{8}:\d+:\d+|[bd])", data), (method, data)


def test_a_bot_is_stopped_by_control_c_too(telegram: FakeTelegram, start_bot: StartBot, api: str) -> None:
    bot = start_bot(api)
    german(telegram)
    bot.process.send_signal(signal.SIGINT)
    assert bot.process.wait(40) == 0
