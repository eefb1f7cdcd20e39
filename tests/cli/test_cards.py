"""Cards at a terminal: asked for until enough are good, shown one by one, and cleared away."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from feedback_service.cli import cards as module
from feedback_service.cli.cards import (
    NotConfirmed,
    NoTerminal,
    ask_cards,
    cards_from_file,
    confirm,
    opening,
    show_cards,
)
from feedback_service.sealing.cards import Card, Cards, read_card_set, split, unlock_with_cards
from feedback_service.sealing.cards import Unlocked as Opened
from feedback_service.sealing.signing import LedgerKey
from feedback_service.sealing.wrapping import RoundSecrets
from feedback_service.secret import Secret
from feedback_service.settings import Settings

CLEAR = "\x1b[2J\x1b[3J\x1b[H"


@pytest.fixture(scope="module")
def made() -> tuple[str, list[Card]]:
    return split("clients", "2026-Q4", Opened(RoundSecrets.fresh(), LedgerKey.generate()), 3, 5)


def _line(card: Card) -> str:
    return " ".join(card.words)


def test_three_good_cards_are_taken_in_any_order(
    made: tuple[str, list[Card]], typed: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    text, cards = made
    typed += [_line(cards[4]), _line(cards[1]), _line(cards[0])]
    given = ask_cards(read_card_set(text, "x"))
    assert unlock_with_cards(text, "x", given)
    out, printed = capsys.readouterr()
    assert out == ""
    assert "Card 5 is good" in printed and printed.count(CLEAR) == 3
    assert cards[4].words[7] + " " + cards[4].words[8] not in printed


def test_a_mistyped_card_is_asked_for_again_and_the_others_stay(
    made: tuple[str, list[Card]], typed: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    text, cards = made
    typed += [_line(cards[0]), "not a card", _line(cards[0]), _line(cards[1]), _line(cards[2])]
    given = ask_cards(read_card_set(text, "x"))
    printed = capsys.readouterr().err
    assert "it has 3 instead of 33 words" in printed
    assert "Card 1 is in already; take another one" in printed
    assert len(given.entered) == 3 and typed == []


def test_without_a_terminal_nobody_is_asked(
    made: tuple[str, list[Card]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.stdin, "isatty", lambda: False)
    with pytest.raises(NoTerminal, match="--cards-file"):
        ask_cards(read_card_set(made[0], "x"))
    with pytest.raises(NoTerminal, match="--yes"):
        confirm("clients-2026-Q4", "Gone for good.", yes=False)
    confirm("clients-2026-Q4", "Gone for good.", yes=True)


def test_cards_are_shown_one_by_one_and_cleared_away(
    made: tuple[str, list[Card]], typed: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    typed += [""] * 5
    show_cards(made[1], "clients", "2026-Q4")
    printed = capsys.readouterr().out
    pages = printed.split(CLEAR)
    assert len(pages) == 7 and pages[0] == pages[6] == ""
    for card, page in zip(made[1], pages[1:6], strict=True):
        assert f"card {card.number} of 5" in page
        assert all(f"{place:>2} {word}" in page for place, word in enumerate(card.words, start=1))


def test_something_else_than_the_name_is_no_consent(typed: list[str]) -> None:
    for word in ("", "yes", "clients-2027-Q1"):
        typed.append(word)
        with pytest.raises(NotConfirmed, match="Nothing was changed"):
            confirm("clients-2026-Q4", "Gone for good.", yes=False)


def test_the_name_is_consent(typed: list[str]) -> None:
    typed.append(" clients-2026-Q4 ")
    confirm("clients-2026-Q4", "Gone for good.", yes=False)


def test_a_key_that_only_cards_open_asks_for_them_by_itself(
    made: tuple[str, list[Card]], typed: list[str], tmp_path: Path
) -> None:
    key = tmp_path / "clients-2026-Q4.key"
    key.with_suffix(".cards").write_text(made[0])
    typed += [_line(card) for card in made[1][:3]]
    assert isinstance(opening(Settings(), key, ask=False, cards_file=None), Cards)


def test_a_key_with_a_passphrase_asks_for_it_unless_cards_are_wanted(
    made: tuple[str, list[Card]], typed: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = tmp_path / "clients-2026-Q4.key"
    key.write_text("wrapped")
    key.with_suffix(".cards").write_text(made[0])
    monkeypatch.setattr(module, "passphrase", lambda _settings: Secret(b"typed"))
    assert opening(Settings(), key, ask=False, cards_file=None) == Secret(b"typed")
    typed += [_line(card) for card in made[1][:3]]
    assert isinstance(opening(Settings(), key, ask=True, cards_file=None), Cards)


def test_a_file_of_cards_may_have_empty_lines(tmp_path: Path) -> None:
    path = tmp_path / "cards"
    path.write_text("\n  one two \n\nthree\n")
    assert [card.value for card in cards_from_file(path).entered] == [b"one two", b"three"]
