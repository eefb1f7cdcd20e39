"""`comments …` as reviewers and key-holders type it, and the walk through them on a terminal."""

from __future__ import annotations

import shutil
import stat
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from feedback_service.cli.comments_walk import walk
from feedback_service.demo.passphrase import DEMO_PASSPHRASE
from feedback_service.demo.setting_up import set_up
from feedback_service.moderation.deciding import Waiting, find, name_themes, reject, waiting
from feedback_service.moderation.opening import Review, open_review
from feedback_service.rounds.key_folder import private_path, reviewers_path
from feedback_service.storage.quotes import quotes_of_round
from feedback_service.storage.rounds import all_rounds
from feedback_service.storage.session import open_store

ROUND = "2026-Q4"
SURVEY = ("clients", "--round", ROUND)
PHONE = "0171 3920012"


@pytest.fixture(scope="session")
def demo_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two quarters of a demonstration: 30 to 40 comments of clients wait in the newer one."""
    return set_up(tmp_path_factory.mktemp("comments") / "demo", date(2027, 2, 10), 480).folder


@pytest.fixture
def demo(demo_folder: Path, tmp_path: Path, installation: Any) -> Any:
    return type(installation)(shutil.copytree(demo_folder, tmp_path / "demo"), installation.passphrase_file)


def _first(demo: Any, saying: str) -> dict[str, Any]:
    found = demo.json("comments", "list", *SURVEY)
    return next(one for one in found if saying in one["written"])


def test_one_is_redacted_translated_themed_and_published_by_two(demo: Any) -> None:
    one = _first(demo, PHONE)
    assert [each["kind"] for each in one["found"]] == ["name", "phone"] and one["language"] == "en"
    unclear = demo.run("comments", "redact", *SURVEY, one["id"])
    assert unclear.code == 1 and "--marked" in unclear.err
    shown = demo.run("comments", "redact", *SURVEY, one["id"], "--marked")
    assert shown.code == 0 and PHONE in shown.out.split("it was:")[1] and "[…]" in shown.out
    demo.json("comments", "redact", *SURVEY, one["id"], "--text", "Nobody at the office has time.")
    seen = _first(demo, PHONE)["mark"]
    refused = demo.run("comments", "approve", *SURVEY, one["id"], "--reviewer", "Ada", "--seen", seen)
    assert refused.code == 1 and "no German translation" in refused.err
    demo.json("comments", "translate", *SURVEY, one["id"], "--text", "Niemand im Amt hat Zeit.")
    refused = demo.run("comments", "reject", *SURVEY, one["id"])
    assert refused.code == 1 and "what this comment is about" in refused.err
    told = demo.json("comments", "theme", *SURVEY, one["id"], "letters", "other")
    assert (told["themes"], told["translations"]) == (
        ["letters", "other"],
        {"de": "Niemand im Amt hat Zeit."},
    )
    approve = ("comments", "approve", *SURVEY, one["id"], "--for-state", "--seen")
    stale = demo.run(*approve, seen, "--reviewer", "Ada")
    assert stale.code == 1 and "Read it again" in stale.err and told["mark"] not in stale.err
    refused = demo.run(*approve, told["mark"])
    assert refused.code == 1 and "--reviewer" in refused.err
    first = demo.json(*approve, told["mark"], "--reviewer", "Ada")
    assert (first["needed"], first["quote"]) == (1, None)
    now = _first(demo, PHONE)["mark"]
    again = demo.run(*approve, now, "--reviewer", "ada")
    assert again.code == 1 and "somebody else" in again.err
    second = demo.json(*approve, now, "--reviewer", "Ben")
    assert second["needed"] == 0
    with open_store(demo.data).read() as connection:
        quote = next(each for each in quotes_of_round(connection, ROUND) if each.id == second["quote"])
    assert (quote.region, dict(quote.texts)) == ("08", {"de": "Niemand im Amt hat Zeit."})
    gone = demo.run("comments", "reject", *SURVEY, one["id"])
    assert gone.code == 1 and "undecided" in gone.err


def test_next_shows_what_seems_personal_in_brackets(demo: Any) -> None:
    for _ in range(60):
        one = demo.json("comments", "next", *SURVEY)
        if PHONE in one["written"]:
            break
        demo.json("comments", "theme", *SURVEY, one["id"])
        assert demo.json("comments", "reject", *SURVEY, one["id"][:12]) == {"id": one["id"]}
    shown = demo.run("comments", "next", *SURVEY).out
    assert f"⟦phone: {PHONE}⟧" in shown and "⟦name: Mr Example⟧" in shown and "English" in shown


def test_a_review_ends_with_themes_and_nothing_is_left(demo: Any) -> None:
    before = demo.json("comments", "list")
    assert [(row["survey"], row["round"]) for row in before] == [("clients", ROUND), ("counsellors", ROUND)]
    refused = demo.run("comments", "finish", *SURVEY, "--yes")
    assert refused.code == 1 and "not decided" in refused.err and "--reject-rest" in refused.err
    unasked = demo.run("comments", "finish", *SURVEY, "--reject-rest")
    assert unasked.code == 1 and "--yes" in unasked.err
    for one in demo.json("comments", "list", *SURVEY):
        if one["themes"] is None:
            demo.json("comments", "theme", *SURVEY, one["id"])
    done = demo.json("comments", "finish", *SURVEY, "--yes", "--reject-rest")
    assert done["themes"] is True and done["comments"] == before[0]["comments"]
    assert not (demo.data / "keys" / f"clients-{ROUND}.reviewers").exists()
    assert [row["survey"] for row in demo.json("comments", "list")] == ["counsellors"]
    over = demo.run("comments", "next", *SURVEY)
    assert over.code == 1 and "finished" in over.err
    out = demo.data / "out"
    written = demo.json("releases", "export", "--out", str(out))["files"]
    assert str(out / f"clients-{ROUND}.themes.json") in written
    right = demo.json("releases", "verify", *(str(file) for file in out.glob("clients-*.json")))
    assert len(right) == 4 and not any(right.values())
    broken = out / f"clients-{ROUND}.themes.json"
    broken.write_text(broken.read_text("utf-8").replace('"n": ', '"n": 1'), "utf-8")
    wrong = demo.run("releases", "verify", str(broken))
    assert wrong.code == 1 and "digest" in wrong.out


def test_shredding_says_what_of_a_review_is_lost_and_the_doctor_what_waits(demo: Any) -> None:
    found = demo.run("doctor").out
    assert f"comments of the round {ROUND} are not reviewed" in found
    for one in demo.json("comments", "list", "counsellors"):
        demo.json("comments", "theme", "counsellors", one["id"])
        demo.json("comments", "reject", "counsellors", one["id"])
    decided = demo.run("doctor").out
    assert (
        f"All comments of the round {ROUND} are decided" in decided
        and "comments finish counsellors" in decided
    )
    released = demo.run("rounds", "release", "counsellors", "--round", ROUND)
    assert "comments are under review" in released.out
    done = demo.run("rounds", "shred", *SURVEY, "--yes")
    assert done.code == 0 and "The review of" in done.out and f"finish clients --round {ROUND}" in done.out
    assert [row["survey"] for row in demo.json("comments", "list")] == ["counsellors"]
    again = demo.run("rounds", "shred", "clients", "--round", "2026-Q3", "--yes")
    assert again.code == 0 and "The review of" not in again.out


def test_a_quote_is_taken_back(demo: Any) -> None:
    quotes = demo.json("comments", "quotes")
    one = quotes[0]
    assert one["texts"]["de"] in demo.run("comments", "quotes").out
    for prefix in ("zz", ""):
        refused = demo.run("comments", "withdraw", prefix)
        assert refused.code == 1 and "comments quotes" in refused.err
    assert demo.json("comments", "withdraw", one["id"][:16]) == {"id": one["id"]}
    assert one["id"] not in [each["id"] for each in demo.json("comments", "quotes")]
    raw = b"".join(file.read_bytes() for file in demo.data.glob("feedback.sqlite*"))
    assert one["id"].encode() not in raw


def test_key_holders_make_the_key_once_and_it_is_the_reviewers_own(demo: Any, tmp_path: Path) -> None:
    again = demo.run("comments", "key", *SURVEY)
    assert again.code == 1 and "there already" in again.err
    (demo.data / "settings.toml").write_text("demo = false\n", "utf-8")
    keys, words = tmp_path / "keys.txt", tmp_path / "reviewers.txt"
    keys.write_bytes(b"demo\n")
    words.write_text("only for those who read\n", "utf-8")
    file = tmp_path / "elsewhere.reviewers"
    own = {"FEEDBACK_PASSPHRASE_FILE": str(keys)}
    both = own | {"FEEDBACK_REVIEWERS_PASSPHRASE_FILE": str(words)}
    make = ("comments", "key", *SURVEY, "--out", str(file), "--kdf-memory", "8")
    without = demo.run(*make, environment=own)
    assert without.code == 1 and "REVIEWERS_PASSPHRASE_FILE" in without.err and not file.exists()
    made = demo.run(*make, environment=both)
    assert made.code == 0 and "nothing else" in made.out, made.err
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    read = ("comments", "next", *SURVEY, "--key", str(file))
    assert demo.run(*read, environment=both).code == 0
    # The keys' passphrase doesn't open it.
    wrong = demo.run(*read, environment=own | {"FEEDBACK_REVIEWERS_PASSPHRASE_FILE": str(keys)})
    assert wrong.code == 1 and "passphrase" in wrong.err.lower()
    other = demo.run("comments", "next", "counsellors", "--key", str(file), environment=both)
    assert other.code == 1 and "does not open" in other.err


@pytest.fixture
def review(demo: Any) -> Review:
    store = open_store(demo.data)
    with store.read() as connection:
        one = next(each for each in all_rounds(connection, "clients") if each.round == ROUND)
    return open_review(
        store, one, reviewers_path(private_path(store.key_folder, "clients", ROUND)), DEMO_PASSPHRASE, 2
    )


def _before(review: Review, saying: str) -> int:
    """How many wait before the first one that says so."""
    return [saying in one.written.text for one in waiting(review)].index(True)


def _find(review: Review, id_: str) -> Waiting | None:
    return next((one for one in waiting(review) if one.id == id_), None)


def test_the_walk_does_what_its_keys_say(
    review: Review, typed: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    skipped = _before(review, PHONE)
    one = list(waiting(review))[skipped]
    # A pasted line is no command, and an empty line within a text doesn't end it.
    typed += ["Ada", *["n"] * skipped, "x", "Am Ende ist alles gut.", "a", "no", "yes", "m"]
    typed += ["e", "Niemand hat Zeit.", "", "Am Ende.", "."]
    typed += ["t", "xx", "Nichts", ".", "t", "", "Niemand hat Zeit.", "."]
    typed += ["a", "yes", "h", "nonsense", "h", "letters", "a", "no", "a", "yes", "q"]
    assert walk(review, "")
    told = capsys.readouterr().out
    assert "Something is marked" in told and "still seems to be something" in told
    assert "A translation is into one of" in told and "at most 3 themes" in told
    assert "what this comment is about" in told
    assert "It needs 1 more, by somebody else" in told and typed == []
    found = _find(review, one.id)
    assert (
        found and found.draft.text == "Niemand hat Zeit.\n\nAm Ende." and found.draft.themes == ("letters",)
    )
    assert found.draft.translations == {"de": "Niemand hat Zeit."} and found.draft.approved_by == ("ada",)
    # Who approved it isn't shown it again; somebody else is.
    left = len(list(waiting(review))) - 1
    typed += ["n"] * left
    assert walk(review, " ADA ") and one.id[:8] not in capsys.readouterr().out and typed == []
    typed += [*["n"] * skipped, "r", "no", "r", "yes", "q"]
    assert walk(review, "Ben")
    assert "rejected and destroyed" in capsys.readouterr().out and _find(review, one.id) is None


def test_the_walk_goes_on_where_somebody_else_decided_meanwhile(
    review: Review, typed: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    second = list(waiting(review))[1]
    name_themes(review, second, [])

    def while_the_first_is_read(prompt: str = "") -> str:
        if _find(review, second.id):
            reject(review, find(review, second.id))
            return "n"
        return "q"

    monkeypatch.setattr("builtins.input", while_the_first_is_read)
    assert walk(review, "Ada")
    told = capsys.readouterr().out
    assert "decided by somebody else meanwhile" in told and "3 of" in told


def test_there_is_no_walk_without_a_terminal(review: Review) -> None:
    assert walk(review, "Ada") is False
