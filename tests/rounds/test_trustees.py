"""Cards are made, tried, and made into a key again; nothing is replaced or destroyed unasked."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from feedback_service.rounds.choosing import SeveralRounds
from feedback_service.rounds.key_folder import KeyMisplaced, cards_path, public_path
from feedback_service.rounds.sitting import begin_sitting
from feedback_service.rounds.trustees import (
    CardsExist,
    KeyPlace,
    KeyThere,
    choose_key,
    combine_cards,
    find_key,
    make_cards,
    remove_passphrase,
    rounds_without_cards,
)
from feedback_service.rounds.unlocking import CardsMissing, KeyNotHere, WrongKey, unlock
from feedback_service.sealing.cards import Cards, CardsDontFit, InvalidCard
from feedback_service.sealing.wrapping import Derivation, WrappingKey, WrongPassphrase, derive
from feedback_service.secret import Secret
from feedback_service.storage.rounds import Round
from feedback_service.storage.session import Store

TheRound = Callable[..., Round]
PlaceOf = Callable[[Store, Round], KeyPlace]
GiveCards = Callable[..., Cards]
SMALL = Derivation(8 * 1024, 1, 1)
NEW = Secret(b"a new passphrase")


@pytest.fixture
def place(founded: Store, the_round: TheRound, place_of: PlaceOf) -> KeyPlace:
    return place_of(founded, the_round(founded))


def test_a_key_says_what_it_fits(founded: Store, place: KeyPlace, the_round: TheRound) -> None:
    assert place.fits == ("clients-2026-Q4.pub", "the round in the database")
    assert find_key(founded.key_folder, "clients", "2027-Q1").fits == ("clients-2027-Q1.pub",)
    moved = founded.folder / "stick" / "clients-2027-Q1.key"
    moved.parent.mkdir()
    (founded.key_folder / "clients-2027-Q1.key").rename(moved)
    assert find_key(moved.parent, "clients", "2027-Q1", moved).fits == ()


def test_a_key_that_does_not_fit_is_refused(founded: Store, the_round: TheRound) -> None:
    folder = founded.key_folder
    other = json.loads(public_path(folder, "clients", "2027-Q1").read_text())["public_key"]
    public = public_path(folder, "clients", "2026-Q4")
    public.write_text(json.dumps({**json.loads(public.read_text()), "public_key": other}))
    with pytest.raises(WrongKey):
        find_key(folder, "clients", "2026-Q4")
    public.unlink()
    with pytest.raises(WrongKey):
        find_key(folder, "clients", "2027-Q1", rounds=[_with_round(the_round(founded), "2027-Q1")])
    with pytest.raises(KeyMisplaced):
        find_key(folder, "clients", "2027-Q1", folder / "clients-2026-Q4.key")
    with pytest.raises(KeyNotHere):
        find_key(folder, "clients", "1999-Q1")


def _with_round(one: Round, name: str) -> Round:
    return Round(
        one.number, one.survey, name, one.state, one.closes, one.fingerprint, one.public_key,
        one.pepper,
    )  # fmt: skip


def test_the_only_round_without_cards_is_meant(
    founded: Store, the_round: TheRound, give_cards: GiveCards
) -> None:
    folder = founded.key_folder
    assert rounds_without_cards(folder, "clients") == ["2026-Q4", "2027-Q1", "2027-Q2", "2027-Q3"]
    give_cards(founded, the_round(founded))
    assert rounds_without_cards(folder, "clients") == ["2027-Q1", "2027-Q2", "2027-Q3"]
    assert choose_key(folder, "clients", ["2027-Q1"]) == "2027-Q1"
    with pytest.raises(SeveralRounds, match="2027-Q1, 2027-Q2"):
        choose_key(folder, "clients", ["2027-Q1", "2027-Q2"])
    with pytest.raises(KeyNotHere):
        choose_key(folder, "clients", [])
    assert rounds_without_cards(folder, "client") == []


def test_cards_are_not_made_twice_unless_they_replace(
    founded: Store,
    the_round: TheRound,
    place: KeyPlace,
    give_cards: GiveCards,
    contents: Callable[..., object],
) -> None:
    first = give_cards(founded, the_round(founded))
    before = contents(founded)
    with pytest.raises(CardsExist, match="--replace"):
        give_cards(founded, the_round(founded))
    assert contents(founded) == before
    second = give_cards(founded, the_round(founded), replace=True)
    assert unlock(place.key_file, place.wanted, second)
    with pytest.raises((InvalidCard, CardsDontFit)):
        unlock(place.key_file, place.wanted, first)


def test_cards_that_could_not_be_handed_out_are_not_in_force(
    founded: Store, place: KeyPlace, passphrase: Secret, contents: Callable[..., object]
) -> None:
    before = contents(founded)

    def full(_cards: object) -> None:
        raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space"):
        make_cards(place, passphrase, needed=3, number=5, deliver=full)
    with pytest.raises(WrongPassphrase):
        make_cards(place, NEW, needed=3, number=5, deliver=lambda _cards: pytest.fail("no cards"))
    assert contents(founded) == before


def test_without_its_passphrase_file_a_round_opens_by_cards_only(
    founded: Store, the_round: TheRound, place: KeyPlace, give_cards: GiveCards
) -> None:
    with pytest.raises(CardsMissing):
        remove_passphrase(place)
    assert place.key_file.exists()
    cards = give_cards(founded, the_round(founded))
    remove_passphrase(place)
    assert not place.key_file.exists()
    again = find_key(founded.key_folder, "clients", "2026-Q4")
    assert unlock(again.key_file, again.wanted, cards)


def test_cards_make_a_new_key_where_the_old_one_is_gone(
    founded: Store, the_round: TheRound, place: KeyPlace, passphrase: Secret, give_cards: GiveCards
) -> None:
    before = unlock(place.key_file, place.wanted, passphrase)
    cards = give_cards(founded, the_round(founded))
    remove_passphrase(place)
    combine_cards(place, cards, lambda: begin_sitting(founded.key_folder, passphrase, SMALL))
    again = unlock(place.key_file, place.wanted, passphrase)
    assert again.held.to_bytes() == before.held.to_bytes()
    assert unlock(place.key_file, place.wanted, cards)


def test_a_key_that_is_there_is_not_replaced_unasked(
    founded: Store,
    the_round: TheRound,
    place: KeyPlace,
    passphrase: Secret,
    give_cards: GiveCards,
    contents: Callable[..., object],
) -> None:
    cards = give_cards(founded, the_round(founded))
    before = contents(founded)
    with pytest.raises(KeyThere, match="--replace"):
        combine_cards(place, cards, _never)
    assert contents(founded) == before
    combine_cards(place, cards, lambda: derive(NEW, SMALL), replace=True)
    assert unlock(place.key_file, place.wanted, NEW)
    with pytest.raises(WrongPassphrase):
        unlock(place.key_file, place.wanted, passphrase)


def test_cards_bring_the_ledgers_key_back_too(
    founded: Store, the_round: TheRound, place: KeyPlace, give_cards: GiveCards, tmp_path: Path
) -> None:
    cards = give_cards(founded, the_round(founded))
    elsewhere = tmp_path / "elsewhere" / place.key_file.name
    elsewhere.parent.mkdir()
    cards_path(elsewhere).write_text(cards_path(place.key_file).read_text())
    there = find_key(elsewhere.parent, "clients", "2026-Q4", elsewhere)
    combine_cards(there, cards, lambda: derive(NEW, SMALL))
    found = unlock(elsewhere, place.wanted, NEW)
    assert found.signing.public == place.wanted.ledger_key


def test_bad_cards_make_no_key(
    founded: Store,
    the_round: TheRound,
    place: KeyPlace,
    give_cards: GiveCards,
    contents: Callable[..., object],
) -> None:
    cards = give_cards(founded, the_round(founded))
    place.key_file.unlink()
    before = contents(founded)
    with pytest.raises(CardsDontFit, match="too few"):
        combine_cards(place, Cards(cards.entered[:2]), _never)
    assert contents(founded) == before


def _never() -> WrappingKey:
    raise AssertionError("no passphrase may be asked for")
