"""Cards: enough of them open a round, fewer or others tell nothing but what is wrong with which card."""

from __future__ import annotations

import json
import traceback
from collections.abc import Callable
from itertools import combinations, pairwise

import pytest
from shamir_mnemonic.shamir import generate_mnemonics
from shamir_mnemonic.wordlist import WORDLIST

from feedback_service.errors import FeedbackError
from feedback_service.sealing import cards as module
from feedback_service.sealing.cards import (
    Card,
    Cards,
    CardsDontFit,
    InvalidCard,
    UnlawfulCards,
    Unlocked,
    check_card,
    read_card_set,
    split,
    unlock_with_cards,
)
from feedback_service.sealing.key_file import InvalidKeyFile, read_public_half
from feedback_service.sealing.keys import from_base64url, to_base64url
from feedback_service.sealing.signing import LedgerKey
from feedback_service.sealing.wrapping import RoundSecrets
from feedback_service.secret import Secret

NAME = "clients-2026-Q4.cards"


@pytest.fixture(scope="module")
def opened() -> Unlocked:
    return Unlocked(RoundSecrets.fresh(), LedgerKey.generate())


@pytest.fixture(scope="module")
def made(opened: Unlocked) -> tuple[str, list[Card]]:
    return split("clients", "2026-Q4", opened, 3, 5)


def entered(*cards: Card) -> Cards:
    return Cards(tuple(card.mnemonic for card in cards))


def with_words(card: Card, change: dict[int, str]) -> Secret:
    words = [change.get(place, word) for place, word in enumerate(card.words, start=1)]
    return Secret(" ".join(words).encode())


def another(word: str) -> str:
    return str(WORDLIST[(WORDLIST.index(word) + 1) % len(WORDLIST)])


def refused(text: str, *given: Secret) -> FeedbackError:
    with pytest.raises(FeedbackError) as caught:
        unlock_with_cards(text, NAME, Cards(given))
    return caught.value


def test_every_three_of_five_cards_open_everything(made: tuple[str, list[Card]], opened: Unlocked) -> None:
    text, cards = made
    for chosen in combinations(cards, 3):
        survey, round_id, found = unlock_with_cards(text, NAME, entered(*reversed(chosen)))
        assert (survey, round_id) == ("clients", "2026-Q4")
        assert found.held.to_bytes() == opened.held.to_bytes()
        assert found.signing.to_bytes() == opened.signing.to_bytes()


def test_a_card_has_33_words_and_its_number(made: tuple[str, list[Card]]) -> None:
    text, cards = made
    assert [card.number for card in cards] == [1, 2, 3, 4, 5]
    assert {len(card.words) for card in cards} == {33}
    wanted = read_card_set(text, NAME)
    assert [check_card(card.mnemonic, 1, wanted) for card in cards] == [1, 2, 3, 4, 5]


def test_more_cards_than_needed_are_all_tried(made: tuple[str, list[Card]], opened: Unlocked) -> None:
    text, cards = made
    assert unlock_with_cards(text, NAME, entered(*cards))[2].held.to_bytes() == opened.held.to_bytes()


def test_a_card_of_a_set_that_begins_alike_is_not_believed(
    opened: Unlocked, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The words that a set begins with are 15 random bits: two sets may have the same.
    monkeypatch.setattr("shamir_mnemonic.shamir._random_identifier", lambda: 4711)
    (text, cards), (_, others) = (split("clients", name, opened, 3, 5) for name in ("2026-Q4", "2027-Q1"))
    for chosen in (entered(*cards[:3], others[3]), entered(*cards[:2], others[3])):
        with pytest.raises(CardsDontFit, match="one is of another set"):
            unlock_with_cards(text, NAME, chosen)


@pytest.mark.parametrize("typed", ["upper", "spaces", "beginnings"])
def test_cards_may_be_typed_carelessly(made: tuple[str, list[Card]], typed: str) -> None:
    text, cards = made
    changes: dict[str, Callable[[str], str]] = {
        "upper": str.upper,
        "spaces": lambda words: "  " + words.replace(" ", "\t ") + " ",
        "beginnings": lambda words: " ".join(word[:4] for word in words.split()),
    }
    change = changes[typed]
    given = [Secret(change(" ".join(card.words)).encode()) for card in cards[1:4]]
    assert unlock_with_cards(text, NAME, Cards(tuple(given)))[0] == "clients"


def test_a_wrong_word_is_told_with_its_card(made: tuple[str, list[Card]]) -> None:
    text, cards = made
    for place in (1, 2, 4, 17, 33):
        wrong = with_words(cards[4], {place: another(cards[4].words[place - 1])})
        error = refused(text, cards[0].mnemonic, wrong, cards[2].mnemonic)
        assert isinstance(error, InvalidCard) and "Card 2" in str(error) and "word" in str(error)


def test_swapped_words_are_a_wrong_card(made: tuple[str, list[Card]]) -> None:
    text, cards = made
    words = cards[0].words
    place = next(at for at in range(5, 30) if words[at] != words[at + 1])
    wrong = with_words(cards[0], {place + 1: words[place + 1], place + 2: words[place]})
    assert "Card 3" in str(refused(text, cards[1].mnemonic, cards[2].mnemonic, wrong))


def test_a_word_that_no_card_has_is_told_by_its_place_and_not_repeated(made: tuple[str, list[Card]]) -> None:
    text, cards = made
    error = refused(text, cards[0].mnemonic, cards[1].mnemonic, with_words(cards[2], {7: "xylophone"}))
    assert "Card 3" in str(error) and "word 7" in str(error) and "xylo" not in str(error)


@pytest.mark.parametrize("number", [0, 1, 20, 32, 34])
def test_a_card_of_another_length_is_told(made: tuple[str, list[Card]], number: int) -> None:
    text, cards = made
    short = Secret(" ".join((cards[0].words * 2)[:number]).encode())
    assert f"it has {number} instead of 33 words" in str(refused(text, short, *[cards[1].mnemonic] * 2))


def test_too_few_cards_are_told(made: tuple[str, list[Card]]) -> None:
    text, cards = made
    assert "2 cards are too few: this round needs 3" in str(refused(text, *entered(*cards[:2]).entered))
    assert "1 card is too few" in str(refused(text, cards[0].mnemonic))
    assert "0 cards" in str(refused(text))


def test_the_same_card_twice_is_told(made: tuple[str, list[Card]]) -> None:
    text, cards = made
    error = refused(text, cards[3].mnemonic, cards[1].mnemonic, cards[3].mnemonic)
    assert "same card twice, as 1 and as 3" in str(error)


def test_a_card_of_another_round_is_told_by_its_place(made: tuple[str, list[Card]], opened: Unlocked) -> None:
    text, cards = made
    _, others = split("clients", "2027-Q1", opened, 3, 5)
    error = refused(text, cards[0].mnemonic, cards[1].mnemonic, others[2].mnemonic)
    assert "Card 3" in str(error) and "another set" in str(error) and "“clients” 2026-Q4" in str(error)
    assert f"“{' '.join(cards[0].words[:2])}”" in str(error)


def test_two_rounds_share_no_word_but_by_chance(opened: Unlocked) -> None:
    (_, one), (_, two) = (split("clients", name, opened, 2, 2) for name in ("2026-Q4", "2027-Q1"))
    assert one[0].words[4:] != two[0].words[4:]


@pytest.mark.parametrize("at", [0, 12, 40, 130, -1])
def test_a_changed_file_is_refused(made: tuple[str, list[Card]], at: int) -> None:
    text, cards = made
    document = json.loads(text)
    wrapped = bytearray(from_base64url(document["wrapped"]))
    wrapped[at] ^= 1
    document["wrapped"] = to_base64url(bytes(wrapped))
    with pytest.raises(CardsDontFit, match=r"clients-2026-Q4\.cards"):
        unlock_with_cards(json.dumps(document), NAME, entered(*cards[:3]))


@pytest.mark.parametrize(
    ("key", "value"), [("survey", "counsellors"), ("round", "2027-Q1"), ("cipher", "none")]
)
def test_a_changed_head_is_refused(made: tuple[str, list[Card]], key: str, value: str) -> None:
    text, cards = made
    with pytest.raises(CardsDontFit):
        unlock_with_cards(json.dumps({**json.loads(text), key: value}), NAME, entered(*cards[:3]))


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"format": "feedback-round-key/1"}'])
def test_another_file_is_no_file_of_cards(text: str) -> None:
    with pytest.raises(InvalidKeyFile, match=r"clients-2026-Q4\.cards"):
        read_card_set(text, NAME)


@pytest.mark.parametrize("key", ["cards", "survey", "round", "wrapped"])
def test_a_file_that_lacks_a_part_is_refused(made: tuple[str, list[Card]], key: str) -> None:
    document = json.loads(made[0])
    del document[key]
    with pytest.raises(InvalidKeyFile):
        unlock_with_cards(json.dumps(document), NAME, entered(*made[1][:3]))


def test_the_file_says_what_it_is_and_shows_the_public_half(
    made: tuple[str, list[Card]], opened: Unlocked
) -> None:
    survey, round_id, public = read_public_half(made[0], NAME)
    assert (survey, round_id) == ("clients", "2026-Q4")
    assert public.to_bytes() == opened.held.private_key.public.to_bytes()
    wanted = read_card_set(made[0], NAME)
    assert (wanted.needed, wanted.cards) == (3, 5)


@pytest.mark.parametrize(("needed", "number"), [(1, 1), (1, 5), (0, 5), (4, 3), (3, 17), (-1, 5)])
def test_numbers_that_protect_nothing_are_refused(opened: Unlocked, needed: int, number: int) -> None:
    with pytest.raises(UnlawfulCards, match="at least two"):
        split("clients", "2026-Q4", opened, needed, number)


@pytest.mark.parametrize(("needed", "number"), [(2, 2), (2, 3), (5, 5), (2, 16)])
def test_other_numbers_of_cards_work(opened: Unlocked, needed: int, number: int) -> None:
    text, cards = split("clients", "2026-Q4", opened, needed, number)
    assert (
        unlock_with_cards(text, NAME, entered(*cards[-needed:]))[2].held.to_bytes() == opened.held.to_bytes()
    )


def test_cards_that_would_not_combine_are_never_given_out(
    opened: Unlocked, monkeypatch: pytest.MonkeyPatch
) -> None:
    original = generate_mnemonics

    def one_bad(*given: object) -> list[list[str]]:
        [good] = original(*given)
        [others] = original(*given)
        return [[*good[:4], others[4]]]

    monkeypatch.setattr(module, "generate_mnemonics", one_bad)
    with pytest.raises(FeedbackError):
        split("clients", "2026-Q4", opened, 3, 5)


def test_the_file_holds_no_word_and_no_secret(made: tuple[str, list[Card]], opened: Unlocked) -> None:
    text, cards = made
    wrapped = from_base64url(json.loads(text)["wrapped"])
    held = opened.held
    for secret in (held.private_key.to_bytes(), held.release_secret.value, opened.signing.to_bytes()):
        assert secret not in wrapped and to_base64url(secret) not in text
    assert not [pair for card in cards for pair in pairs(card) if pair in text]


def pairs(card: Card) -> list[str]:
    """Neighbours on a card, but for the two words that are no secret; single ones stand in any text."""
    words = card.words[2:]
    return [f"{one} {two}" for one, two in pairwise(words)]


def test_no_refusal_shows_a_word_of_a_card(made: tuple[str, list[Card]]) -> None:
    text, cards = made
    wrong = with_words(cards[0], {20: another(cards[0].words[19])})
    unknown = with_words(cards[0], {20: "xylophone"})
    for bad in (wrong, unknown, Secret(b"academic acid")):
        with pytest.raises(FeedbackError) as caught:
            unlock_with_cards(text, NAME, Cards((bad, cards[1].mnemonic, cards[2].mnemonic)))
        told = "".join(traceback.format_exception(caught.value)) + repr(caught.value.facts)
        assert caught.value.__cause__ is None
        assert not [pair for pair in [*pairs(cards[0]), "xylophone"] if pair in told]
