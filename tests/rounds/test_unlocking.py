"""A round's key opens by passphrase or by cards, with the ledger's key, and never as another round's."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from feedback_service.rounds.key_folder import LEDGER_PRIVATE, load_ledger_key, make_ledger_key
from feedback_service.rounds.trustees import KeyPlace
from feedback_service.rounds.unlocking import (
    CardsMissing,
    KeyNotHere,
    LedgerKeyMissing,
    LedgerPassphrase,
    OnlyCards,
    Wanted,
    WrongKey,
    WrongLedgerKey,
    unlock,
)
from feedback_service.sealing import wrapping as wrapping_module
from feedback_service.sealing.cards import Cards
from feedback_service.sealing.signing import LedgerKey
from feedback_service.sealing.wrapping import Derivation, WrappingKey, WrongPassphrase, derive
from feedback_service.secret import Secret
from feedback_service.storage.rounds import Round
from feedback_service.storage.session import Store

TheRound = Callable[..., Round]
PlaceOf = Callable[[Store, Round], KeyPlace]
GiveCards = Callable[..., Cards]


@pytest.fixture
def place(founded: Store, the_round: TheRound, place_of: PlaceOf) -> KeyPlace:
    return place_of(founded, the_round(founded))


def test_passphrase_and_cards_open_the_same(
    founded: Store, the_round: TheRound, place: KeyPlace, passphrase: Secret, give_cards: GiveCards
) -> None:
    by_passphrase = unlock(place.key_file, place.wanted, passphrase)
    by_cards = unlock(place.key_file, place.wanted, give_cards(founded, the_round(founded)))
    assert by_passphrase.held.to_bytes() == by_cards.held.to_bytes()
    assert by_passphrase.signing.public == by_cards.signing.public == load_ledger_key(founded.key_folder)
    assert by_passphrase.held.private_key.public.to_bytes() == the_round(founded).public_key


def test_round_and_ledger_of_one_sitting_cost_one_derivation(
    place: KeyPlace, passphrase: Secret, monkeypatch: pytest.MonkeyPatch
) -> None:
    derived = []

    def counted(*given: object) -> WrappingKey:
        derived.append(given)
        return derive(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(wrapping_module, "derive", counted)
    unlock(place.key_file, place.wanted, passphrase)
    assert len(derived) == 1


def test_the_ledgers_key_may_lie_in_another_folder(
    place: KeyPlace, passphrase: Secret, tmp_path: Path
) -> None:
    stick = tmp_path / "stick" / place.key_file.name
    stick.parent.mkdir()
    shutil.copy(place.key_file, stick)
    with pytest.raises(LedgerKeyMissing, match=r"stick/ledger\.key"):
        unlock(stick, place.wanted, passphrase)
    assert unlock(stick, place.wanted, passphrase, [place.ledger_folder])


def test_another_ledgers_key_is_refused(
    founded: Store,
    the_round: TheRound,
    place: KeyPlace,
    passphrase: Secret,
    give_cards: GiveCards,
) -> None:
    other = Wanted(
        place.wanted.survey, place.wanted.round, place.wanted.public_key, LedgerKey.generate().public
    )
    for opening in (passphrase, give_cards(founded, the_round(founded))):
        with pytest.raises(WrongLedgerKey):
            unlock(place.key_file, other, opening)


def test_another_rounds_key_or_cards_are_refused(
    founded: Store, the_round: TheRound, place: KeyPlace, passphrase: Secret, give_cards: GiveCards
) -> None:
    cards = give_cards(founded, the_round(founded))
    for other in (
        Wanted("clients", "2027-Q1", place.wanted.public_key, None),
        Wanted("counsellors", "2026-Q4", place.wanted.public_key, None),
        Wanted("clients", "2026-Q4", bytes(65), None),
    ):
        for opening in (passphrase, cards):
            with pytest.raises(WrongKey):
                unlock(place.key_file, other, opening)


def test_what_is_missing_is_told(
    founded: Store, the_round: TheRound, place: KeyPlace, passphrase: Secret, give_cards: GiveCards
) -> None:
    cards = Cards(())
    with pytest.raises(CardsMissing, match=r"clients-2026-Q4\.cards"):
        unlock(place.key_file, place.wanted, cards)
    give_cards(founded, the_round(founded))
    place.key_file.unlink()
    with pytest.raises(OnlyCards, match="--cards"):
        unlock(place.key_file, place.wanted, passphrase)
    place.key_file.with_suffix(".cards").unlink()
    with pytest.raises(KeyNotHere, match="--key"):
        unlock(place.key_file, place.wanted, passphrase)


def test_a_wrong_passphrase_is_told_before_the_ledgers(place: KeyPlace) -> None:
    with pytest.raises(WrongPassphrase):
        unlock(place.key_file, place.wanted, Secret(b"wrong horse"))


def test_a_ledgers_key_of_another_sitting_is_told_apart(place: KeyPlace, passphrase: Secret) -> None:
    (place.ledger_folder / LEDGER_PRIVATE).unlink()
    (place.ledger_folder / "ledger.pub").unlink()
    make_ledger_key(place.ledger_folder, derive(Secret(b"another horse"), Derivation(8 * 1024, 1, 1)))
    with pytest.raises(LedgerPassphrase, match=r"ledger\.key"):
        unlock(place.key_file, place.wanted, passphrase)
