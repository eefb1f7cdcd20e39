"""`recipients` and `replies` as an operator types them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest


@pytest.fixture
def released(installation: Any) -> Any:
    for survey in ("clients", "counsellors"):
        for step in ("close", "count", "release"):
            installation.json("rounds", step, survey)
    return installation


def _round(installation: Any) -> str:
    return str(installation.json("rounds", "list")[0]["round"])


def test_recipients_are_added_listed_and_removed(installation: Any, tmp_path: Path) -> None:
    added = installation.json(
        "recipients", "add", "Amt@stadt.example", "--region", "08416", "--format", "pdf,xlsx", "--confirmed"
    )
    assert (len(added["added"]), added["known"]) == (1, 0)
    listing = tmp_path / "list.csv"
    listing.write_text("address;region;language\namt@stadt.example;08416;de\nx@y.example;08;en\n", "utf-8")
    imported = installation.json("recipients", "import", str(listing))
    assert (len(imported["added"]), imported["known"]) == (1, 1)
    found = installation.json("recipients", "list")
    assert [(one["address"], one["level"], one["state"]) for one in found] == [
        ("x@y.example", "state", "unconfirmed"), ("Amt@stadt.example", "kreis", "active"),
    ]  # fmt: skip
    assert found[1]["formats"] == ["pdf", "xlsx"] and found[1]["name"] == "Tübingen"
    resumed = installation.json("recipients", "resume", "amt@stadt.example")
    assert resumed == {"resumed": 0, "asked_again": 0}
    assert installation.json("recipients", "remove", "amt@stadt.example") == {"removed": 1}
    gone = installation.run("recipients", "remove", "amt@stadt.example")
    assert gone.code == 1 and "no recipient here" in gone.err and "stadt" not in gone.err


def test_a_lost_mail_key_is_said_and_never_replaced_in_silence(installation: Any) -> None:
    installation.json("recipients", "add", "amt@stadt.example", "--region", "08416", "--confirmed")
    key = installation.data / "mail" / "mail.key"
    kept = key.read_bytes()
    key.unlink()
    found = installation.run("doctor")
    assert found.code == 1 and "mail/mail.key is missing, and 1 recipients" in found.out
    refused = installation.run("init", "--yes")
    assert refused.code == 1 and "Put it back" in refused.err and not key.exists()
    key.write_bytes(kept)
    assert installation.json("recipients", "list")[0]["address"] == "amt@stadt.example"
    key.write_bytes(bytes(32))
    assert "it is another one" in installation.run("doctor").out
    for words in ((), ("amt@stadt.example", "--all")):
        assert "or say --all" in installation.run("recipients", "remove", *words).err
    assert "--yes" in installation.run("recipients", "remove", "--all").err
    key.unlink()
    assert installation.json("recipients", "remove", "--all", "--yes") == {"removed": 1}
    assert installation.run("init", "--yes").code == 0 and key.exists()


def test_a_bad_line_adds_nobody(installation: Any, tmp_path: Path) -> None:
    listing = tmp_path / "list.csv"
    listing.write_text("address,region\na@b.example,08\nnobody,08\n", "utf-8")
    refused = installation.run("recipients", "import", str(listing))
    assert refused.code == 1 and "Line 3" in refused.err
    assert installation.json("recipients", "list") == []


def test_a_reply_is_entered_translated_released_and_taken_back(released: Any) -> None:
    words = ("--region", "08", "--round", _round(released), "--state", "done", "--office", "Ministerium")
    entered = released.json("replies", "add", *words, "--text", "Erledigt.")
    assert entered["step"] == "waiting"
    short = entered["id"][:8]
    assert len(released.json("replies", "list", "--waiting")) == 1
    released.json("replies", "text", short, "--language", "en", "--text", "Done.")
    assert released.json("replies", "release", short)["step"] == "released"
    (found,) = released.json("replies", "list")
    assert found["texts"] == {"de": "Erledigt.", "en": "Done."} and found["released"]
    assert released.json("replies", "list", "--waiting") == []
    assert released.json("replies", "refuse", short)["step"] == "refused"
    (gone,) = released.json("replies", "list")
    assert gone["texts"] == {} and b"Erledigt." not in (released.data / "feedback.sqlite").read_bytes()
    for again in (("release", short), ("text", short, "--language", "en", "--text", "Done.")):
        refused = released.run("replies", *again)
        assert refused.code == 1 and "it was refused" in refused.err
    assert released.run("replies", "release", "zz").code == 1


def test_a_reply_to_one_problem_is_published_at_once(released: Any) -> None:
    words = ("--region", "08416", "--round", _round(released), "--state", "done", "--office", "Amt")
    topic = ("--survey", "clients", "--topic", "housing")
    entered = released.json("replies", "add", *words, *topic, "--text", "Ja.\r\nGut.", "--release")
    (found,) = released.json("replies", "list")
    assert entered["step"] == "released" and found["released"] == found["answered"]
    assert (found["survey"], found["topic"], found["texts"]) == ("clients", "housing", {"de": "Ja.\nGut."})
    preview = released.json("digests", "preview", "--region", "08416", "--format", "json")
    assert preview["round"] == _round(released), "a report tells of replies to earlier ones"


def test_what_is_no_answer_through_a_link_is_removed_and_counted(released: Any) -> None:
    inbox = released.data / "spool" / "inbox"
    inbox.mkdir(parents=True, exist_ok=True)
    (inbox / f"{'a' * 32}.json").write_text('{"kind": "reply", "token": "x", "text": "CANARY"}')
    done = released.run("replies", "list")
    assert done.code == 0 and "1 files of the inbox were no answers" in done.out and "CANARY" not in done.out
    assert not list(inbox.iterdir())


def test_a_reply_that_cannot_be_entered_is_one_sentence(released: Any) -> None:
    lawful = {
        "--region": "08", "--round": _round(released), "--state": "done", "--office": "X", "--text": "T",
    }  # fmt: skip
    for name, value, said in (
        ("--state", "soon", "the state is none of"),
        ("--round", "2020-Q1", "there is no released round 2020-Q1"),
        ("--text", " ", "a text has 1 to 2000 characters"),
        ("--language", "xx", "there is no language"),
        ("--region", "08999", "no region with the key"),
        ("--topic", "housing", "knows no such problem"),
        ("--office", "x" * 201, "an office has 1 to 200 characters"),
    ):
        words = lawful | {name: value}
        refused = released.run("replies", "add", *[word for pair in words.items() for word in pair])
        assert refused.code == 1 and said in refused.err
    assert released.json("replies", "list") == []
