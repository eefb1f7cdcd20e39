"""`keys split|combine|verify` without a terminal: cards go to a sheet, words to nothing else."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

CardsOn = Callable[[Path], list[str]]


@pytest.fixture
def sheet(installation: Any, closed_round: str, tmp_path: Path) -> Path:
    told = installation.json(
        "keys", "split", "clients", "--round", closed_round, "--out", str(tmp_path / "print")
    )
    return Path(told["sheet"])


@pytest.fixture
def three(sheet: Path, cards_on: CardsOn, tmp_path: Path) -> Path:
    """A file with three of the cards, in no order."""
    path = tmp_path / "three"
    cards = cards_on(sheet)
    path.write_text(f"{cards[4]}\n\n{cards[0]}\n{cards[2]}\n", "utf-8")
    return path


def _keys(installation: Any) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (installation.data / "keys").iterdir()}


def test_a_sheet_has_five_cards_and_no_command_prints_a_word(
    installation: Any, closed_round: str, tmp_path: Path, cards_on: CardsOn
) -> None:
    out = tmp_path / "cards.html"
    done = installation.run("keys", "split", "clients", "--round", closed_round, "--out", str(out))
    cards = cards_on(out)
    assert done.code == 0 and len(cards) == 5 and {len(card.split()) for card in cards} == {33}
    assert out.stat().st_mode & 0o777 == 0o600
    for card in cards:
        assert " ".join(card.split()[3:6]) not in done.out + done.err
    assert "any 3 of 5 cards" in done.out and "still opens it too" in done.out


def test_cards_never_go_into_a_pipe(installation: Any, closed_round: str) -> None:
    before = _keys(installation)
    for words in ((), ("--json",)):
        done = installation.run("keys", "split", "clients", "--round", closed_round, *words)
        assert done.code == 1 and "--out FILE.html" in done.out + done.err
    assert _keys(installation) == before


@pytest.mark.parametrize(
    ("place", "said"),
    [("data/keys/cards.html", "data folder"), ("cards.txt", "neither"), ("there.html", "not overwritten")],
)
def test_a_sheet_goes_nowhere_unsafe(
    installation: Any, closed_round: str, tmp_path: Path, place: str, said: str
) -> None:
    (tmp_path / "there.html").write_text("precious")
    before = _keys(installation)
    done = installation.run(
        "keys", "split", "clients", "--round", closed_round, "--out", str(tmp_path / place)
    )
    assert done.code == 1 and said in done.err
    assert _keys(installation) == before and (tmp_path / "there.html").read_text() == "precious"


def test_where_several_rounds_have_keys_one_must_be_chosen(installation: Any, tmp_path: Path) -> None:
    done = installation.run("keys", "split", "clients", "--out", str(tmp_path / "cards.html"))
    assert done.code == 1 and "Choose one with --round" in done.err


def test_cards_and_passphrase_are_verified_and_nothing_changes(
    installation: Any, closed_round: str, three: Path
) -> None:
    before = _keys(installation)
    told = installation.json("keys", "verify", "clients")
    assert len(told) == 4 and all(one["opens"] for one in told)
    assert "the round in the database" in told[0]["fits"]
    [by_cards] = installation.json("keys", "verify", "clients", "--cards-file", str(three))
    assert by_cards["round"] == closed_round
    assert _keys(installation) == before


def test_a_wrong_passphrase_and_a_wrong_word_are_told(
    installation: Any, closed_round: str, three: Path, tmp_path: Path
) -> None:
    wrong = tmp_path / "wrong"
    wrong.write_text("wrong\n")
    done = installation.run("keys", "verify", "clients", environment={"FEEDBACK_PASSPHRASE_FILE": str(wrong)})
    assert done.code == 1 and "does not open this key" in done.err
    lines = three.read_text().splitlines()
    words = lines[2].split()
    words[9], words[10] = words[10], words[9] if words[9] != words[10] else "academic"
    three.write_text("\n".join([lines[0], " ".join(words), lines[3]]))
    done = installation.run("keys", "verify", "clients", "--cards-file", str(three))
    assert done.code == 1 and "Card 2" in done.err and words[9] + " " + words[10] not in done.err


def test_without_a_passphrase_only_cards_count_and_bring_the_key_back(
    installation: Any, closed_round: str, tmp_path: Path, cards_on: CardsOn
) -> None:
    out, key = tmp_path / "cards.html", installation.data / "keys" / f"clients-{closed_round}.key"
    words = ("keys", "split", "clients", "--round", closed_round, "--without-passphrase", "--out", str(out))
    refused = installation.run(*words)
    assert refused.code == 1 and "--yes" in refused.err and key.exists() and not out.exists()
    assert installation.json(*words, "--yes")["passphrase"] is False
    assert not key.exists()
    done = installation.run("rounds", "count", "clients")
    assert done.code == 1 and "--cards-file" in done.err
    three = tmp_path / "three"
    three.write_text("\n".join(cards_on(out)[1:4]))
    assert installation.json("rounds", "count", "clients", "--cards-file", str(three))["again"] is False
    installation.json("keys", "combine", "clients", "--cards-file", str(three), "--kdf-memory", "8")
    assert key.exists()
    assert installation.json("rounds", "count", "clients")["again"] is True
    done = installation.run("keys", "combine", "clients", "--cards-file", str(three), "--kdf-memory", "8")
    assert done.code == 1 and "--replace" in done.err


def test_keys_made_later_have_the_folders_passphrase_and_share_its_derivation(
    installation: Any, closed_round: str, tmp_path: Path
) -> None:
    other = tmp_path / "other"
    other.write_text("another passphrase\n")
    before = _keys(installation)
    words = ("keys", "create", "clients", "--kdf-memory", "8")
    done = installation.run(*words, environment={"FEEDBACK_PASSPHRASE_FILE": str(other)})
    assert done.code == 1 and "share one passphrase" in done.err
    assert _keys(installation) == before
    assert len(installation.json(*words)["made"]) > 0
    salts = {
        line
        for path in (installation.data / "keys").glob("*.key")
        for line in path.read_text().splitlines()
        if '"salt"' in line
    }
    assert len(salts) == 1


def test_cards_work_on_a_machine_without_the_installation(
    installation: Any, closed_round: str, three: Path, tmp_path: Path
) -> None:
    stick = tmp_path / "stick"
    stick.mkdir()
    (installation.data / "keys" / f"clients-{closed_round}.cards").rename(
        stick / f"clients-{closed_round}.cards"
    )
    elsewhere = type(installation)(tmp_path / "nothing here", installation.passphrase_file)
    key = str(stick / f"clients-{closed_round}.key")
    [told] = elsewhere.json("keys", "verify", "clients", "--key", key, "--cards-file", str(three))
    assert told["round"] == closed_round and told["fits"] == []
    words = ("keys", "combine", "clients", "--key", key, "--cards-file", str(three), "--kdf-memory", "8")
    elsewhere.json(*words)
    assert sorted(path.name for path in stick.iterdir()) == sorted(
        [f"clients-{closed_round}.cards", f"clients-{closed_round}.key", "ledger.key"]
    )
    assert not elsewhere.data.exists()
