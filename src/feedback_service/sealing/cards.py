"""Cards: a round's secrets under a random card secret, and that secret as words for trustees (SLIP-39).

`.cards` holds what `.key` holds, and the ledger's signing key, so that three trustees can count without any
passphrase. The words stand on the cards alone: never in a file of the installation, never in an error.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

from cryptography.exceptions import InvalidTag
from shamir_mnemonic.shamir import EncryptedMasterSecret, ShareGroup, generate_mnemonics, recover_ems
from shamir_mnemonic.share import Share
from shamir_mnemonic.utils import MnemonicError
from shamir_mnemonic.wordlist import WORDLIST

from ..errors import FeedbackError
from ..secret import Secret
from .key_file import CARDS_FORMAT, InvalidKeyFile, head_of, read_document
from .signing import LedgerKey
from .wrapping import CIPHER, RoundSecrets, lock, unlock

WORDS = 33
MOST_CARDS = 16
_SECRET_BYTES = 32
_SET_WORDS = 2
# SLIP-39's words differ in their first four letters.
_NOT_TOGETHER = (
    "Each card is whole, but together they don't open %s: one is of another set, or it was changed."
)
_BY_BEGINNING = {word[:4]: word for word in WORDLIST}


class UnlawfulCards(FeedbackError):
    """Numbers of cards that can't be made, or protect nothing."""

    status = 422
    code = "cards-number"
    message = "Of at most %(most)s cards at least two must be needed, and not more than there are."


class InvalidCard(FeedbackError):
    """Words that are no card. Says which card and why, and never a word of it."""

    status = 422
    code = "card-invalid"
    message = "Card %(place)s, in the order in which you gave them: %(reason)s. Nothing was changed."


class CardsDontFit(FeedbackError):
    """Cards that are good ones each, but don't open this round together."""

    status = 409
    code = "cards-mismatch"
    message = "%(reason)s Nothing was changed."


@dataclass(frozen=True, slots=True)
class Card:
    """One trustee's words, and the number that is printed on it."""

    number: int
    mnemonic: Secret = field(repr=False)

    @property
    def words(self) -> list[str]:
        """The 33 words in order, to be shown to its holder only."""
        return self.mnemonic.value.decode().split()


@dataclass(frozen=True, slots=True)
class Cards:
    """What people entered, a card an item, in the order in which they gave them."""

    entered: tuple[Secret, ...]


@dataclass(frozen=True, slots=True)
class CardSet:
    """What a `.cards` file says readably. `begins_with` are the two words that all cards of a set share."""

    survey: str
    round: str
    needed: int
    cards: int
    begins_with: str


@dataclass(frozen=True, slots=True)
class Unlocked:
    """Everything that counting one round takes from the private side."""

    held: RoundSecrets
    signing: LedgerKey


def split(survey: str, round_id: str, opened: Unlocked, needed: int, number: int) -> tuple[str, list[Card]]:
    """The text of `SURVEY-ROUND.cards` and its cards; each choice of `needed` cards was tried.

    Raises `UnlawfulCards`.
    """
    if not 2 <= needed <= number <= MOST_CARDS:
        raise UnlawfulCards(most=MOST_CARDS)
    secret = Secret(secrets.token_bytes(_SECRET_BYTES))
    [mnemonics] = generate_mnemonics(1, [(needed, number)], secret.value)
    cards = [Card(place, Secret(words.encode())) for place, words in enumerate(mnemonics, start=1)]
    head = head_of(survey, round_id, opened.held.private_key.public, CARDS_FORMAT) | {
        "cipher": CIPHER,
        "cards": {"needed": needed, "of": number, "begin_with": " ".join(cards[0].words[:_SET_WORDS])},
    }
    text = lock(head, opened.held.to_bytes() + opened.signing.to_bytes(), secret)
    _prove(text, cards, opened, needed)
    return text, cards


def read_card_set(text: str, name: str) -> CardSet:
    """The readable part of a `.cards` file. Raises `InvalidKeyFile`."""
    document = read_document(text, name, CARDS_FORMAT)
    try:
        told = document["cards"]
        return CardSet(
            str(document["survey"]),
            str(document["round"]),
            int(told["needed"]),
            int(told["of"]),
            str(told["begin_with"]),
        )
    except (KeyError, TypeError, ValueError):
        raise InvalidKeyFile(file=name) from None


def check_card(entered: Secret, place: int, wanted: CardSet) -> int:
    """The printed number of one entered card. Raises `InvalidCard`, `CardsDontFit`."""
    return int(_share(entered, place, wanted).index) + 1


def unlock_with_cards(text: str, name: str, cards: Cards) -> tuple[str, str, Unlocked]:
    """Survey, round and secrets of a `.cards` file. More cards than needed are all tried.

    Raises `InvalidKeyFile`, `InvalidCard`, `CardsDontFit`.
    """
    wanted = read_card_set(text, name)
    shares = [_share(entered, place, wanted) for place, entered in enumerate(cards.entered, start=1)]
    _refuse_twice(shares)
    if len(shares) < wanted.needed:
        raise CardsDontFit(reason=_spoken_missing(len(shares), wanted.needed))
    found = _together(shares[: wanted.needed])
    for further in shares[wanted.needed :]:
        # Each further card must lead to the same secret, or it would be believed good and is not.
        if found is None or _together([*shares[: wanted.needed - 1], further]) != found:
            found = None
    try:
        if found is None:
            raise InvalidTag
        content = unlock(read_document(text, name, CARDS_FORMAT), name, Secret(found.decrypt(b"")))
        return wanted.survey, wanted.round, _unlocked(content)
    except InvalidTag:
        raise CardsDontFit(reason=_NOT_TOGETHER % name) from None
    except ValueError:
        raise InvalidKeyFile(file=name) from None


def _unlocked(content: bytes) -> Unlocked:
    held, seed = content[:-_SECRET_BYTES], content[-_SECRET_BYTES:]
    return Unlocked(RoundSecrets.from_bytes(held), LedgerKey.from_bytes(seed))


def _share(entered: Secret, place: int, wanted: CardSet) -> Any:
    """One card as SLIP-39 reads it. Its own type prints its value: it must not leave this module."""
    typed = entered.value.decode("utf-8", "replace").lower().split()
    if len(typed) != WORDS:
        raise InvalidCard(place=place, reason=f"it has {len(typed)} instead of {WORDS} words")
    words = [_BY_BEGINNING.get(word[:4]) if word[:4] == word else word for word in typed]
    for position, word in enumerate(words, start=1):
        if word not in WORDLIST:
            raise InvalidCard(place=place, reason=f"word {position} is none of the words that cards have")
    try:
        share = Share.from_mnemonic(" ".join(str(word) for word in words))
    except MnemonicError:
        # `from None`: the library's sentence repeats words of the card.
        reason = "a word is wrong or stands in the wrong place; compare all of them"
        raise InvalidCard(place=place, reason=reason) from None
    if " ".join(str(word) for word in words[:_SET_WORDS]) != wanted.begins_with:
        of = f"“{wanted.survey}” {wanted.round}"
        reason = f"it is of another set; those of {of} begin with “{wanted.begins_with}”"
        raise InvalidCard(place=place, reason=reason)
    return share


def _refuse_twice(shares: Sequence[Any]) -> None:
    seen: dict[int, int] = {}
    for place, share in enumerate(shares, start=1):
        if share.index in seen:
            raise CardsDontFit(reason=f"You gave the same card twice, as {seen[share.index]} and as {place}.")
        seen[share.index] = place


def _together(shares: Sequence[Any]) -> EncryptedMasterSecret | None:
    """What these shares give; `None` where they don't belong together."""
    group = ShareGroup()
    try:
        for share in shares:
            group.add(share)
        return recover_ems({shares[0].group_index: group})
    except MnemonicError:
        return None


def _prove(text: str, cards: Sequence[Card], opened: Unlocked, needed: int) -> None:
    """Try every choice of cards, from the words as they are printed, before anything is written."""
    wanted = read_card_set(text, "cards")
    shares = [_share(card.mnemonic, card.number, wanted) for card in cards]
    found = [_together(chosen) for chosen in combinations(shares, needed)]
    _, _, again = unlock_with_cards(text, "cards", Cards(tuple(card.mnemonic for card in cards)))
    same = (again.held.to_bytes(), again.signing.to_bytes()) == (
        opened.held.to_bytes(),
        opened.signing.to_bytes(),
    )
    if None in found or len(set(found)) != 1 or not same:
        raise CardsDontFit(reason="The new cards don't open what they were made for; try again.")


def _spoken_missing(given: int, needed: int) -> str:
    return f"{given} {'card is' if given == 1 else 'cards are'} too few: this round needs {needed}."
