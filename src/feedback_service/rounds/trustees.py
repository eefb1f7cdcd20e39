"""Cards for trustees: made from a key, tried, and made into a key again. Needs key files only, no database.

Every round has cards of its own, from secrets of its own: whoever destroys a round's cards and key destroys
its answers, and nothing about another round.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..errors import FeedbackError
from ..files import write_durably
from ..sealing.cards import Card, Cards, split
from ..sealing.wrapping import WrappingKey, WrongPassphrase, unwrap_ledger_key, wrap, wrap_ledger_key
from ..storage.rounds import Round
from .choosing import SeveralRounds
from .destroying import destroy_file
from .key_folder import (
    LEDGER_PRIVATE,
    cards_path,
    load_ledger_key,
    private_path,
    public_key_of,
    public_path,
    rounds_with,
)
from .unlocking import CardsMissing, KeyNotHere, Opening, Wanted, WrongKey, unlock


class CardsExist(FeedbackError):
    """A round has its cards already."""

    status = 409
    code = "cards-exist"
    message = (
        "There are cards for “%(survey)s” %(round)s already. New ones make the old ones useless: use"
        " --replace if that is wanted. Nothing was changed."
    )


class KeyThere(FeedbackError):
    """A passphrase-wrapped key is there, which combining cards would replace."""

    status = 409
    code = "key-there"
    message = "%(file)s is there already. Use --replace if its passphrase is lost. Nothing was changed."


@dataclass(frozen=True, slots=True)
class KeyPlace:
    """A round's key as its files tell it. `fits` names what its public half was compared with."""

    key_file: Path
    wanted: Wanted
    fits: tuple[str, ...]
    ledger_folder: Path


def find_key(
    folder: Path, survey: str, round_id: str, key_file: Path | None = None, rounds: Iterable[Round] = ()
) -> KeyPlace:
    """Where a round's key is, and which public key it must fit: that of `.pub`, and of the round in use.

    Raises `KeyNotHere`, `KeyMisplaced`, `WrongKey`.
    """
    private = key_file or private_path(folder, survey, round_id)
    existing = [path for path in (private, cards_path(private)) if path.exists()]
    if not existing:
        raise KeyNotHere(file=private)
    public = public_key_of(existing[0], survey, round_id).to_bytes()
    others = {one.name: public_key_of(one, survey, round_id).to_bytes() for one in existing[1:]}
    pub = public_path(folder, survey, round_id)
    if pub.exists():
        others[pub.name] = public_key_of(pub, survey, round_id).to_bytes()
    for one in rounds:
        if (one.survey, one.round) == (survey, round_id):
            others["the round in the database"] = one.public_key
    if any(other != public for other in others.values()):
        raise WrongKey(file=existing[0], survey=survey, round=round_id)
    wanted = Wanted(survey, round_id, public, load_ledger_key(folder))
    return KeyPlace(private, wanted, tuple(others), folder)


def choose_key(folder: Path, survey: str, found: Sequence[str]) -> str:
    """The only round that qualifies. Raises `KeyNotHere`, `SeveralRounds`."""
    if not found:
        raise KeyNotHere(file=folder / f"{survey}-….key")
    if len(found) > 1:
        raise SeveralRounds(survey=survey, rounds=", ".join(found))
    return found[0]


def rounds_without_cards(folder: Path, survey: str) -> list[str]:
    """Rounds that have a key and no cards yet."""
    with_cards = rounds_with(folder, survey, ".cards")
    return [name for name in rounds_with(folder, survey, ".key") if name not in with_cards]


def make_cards(
    place: KeyPlace,
    opening: Opening,
    *,
    needed: int,
    number: int,
    deliver: Callable[[list[Card]], None],
    replace: bool = False,
) -> None:
    """Make a round's cards, hand them to `deliver` (to be printed or shown), and then write `.cards`.

    Every choice of `needed` cards was tried before. Raises `CardsExist`, `UnlawfulCards`, and what `unlock`
    raises.
    """
    file, wanted = cards_path(place.key_file), place.wanted
    if file.exists() and not replace:
        raise CardsExist(survey=wanted.survey, round=wanted.round)
    opened = unlock(place.key_file, wanted, opening, [place.ledger_folder])
    text, cards = split(wanted.survey, wanted.round, opened, needed, number)
    deliver(cards)
    write_durably(file, text)
    entered = Cards(tuple(card.mnemonic for card in cards))
    # Once more, from the disk: what comes next may be that the other way is destroyed.
    unlock(place.key_file, wanted, entered)


def remove_passphrase(place: KeyPlace) -> None:
    """Destroy the passphrase-wrapped key: only cards open the round from now on. Raises `CardsMissing`."""
    if not cards_path(place.key_file).exists():
        raise CardsMissing(file=cards_path(place.key_file))
    destroy_file(place.key_file)


def combine_cards(
    place: KeyPlace, cards: Cards, sitting: Callable[[], WrappingKey], *, replace: bool = False
) -> None:
    """Write a new passphrase-wrapped key from cards, and `ledger.key` where it is missing or lost.

    Raises `KeyThere`, and what `unlock` raises.
    """
    refuse_to_replace(place, replace=replace)
    opened = unlock(place.key_file, place.wanted, cards)
    wrapping = sitting()
    ledger = place.key_file.parent / LEDGER_PRIVATE
    if not _opens(ledger, wrapping):
        write_durably(ledger, wrap_ledger_key(opened.signing, wrapping))
    write_durably(place.key_file, wrap(place.wanted.survey, place.wanted.round, opened.held, wrapping))


def refuse_to_replace(place: KeyPlace, *, replace: bool) -> None:
    """Raises `KeyThere`."""
    if place.key_file.exists() and not replace:
        raise KeyThere(file=place.key_file)


def _opens(ledger: Path, wrapping: WrappingKey) -> bool:
    if not ledger.exists():
        return False
    try:
        unwrap_ledger_key(ledger.read_text("utf-8"), ledger.name, wrapping)
    except WrongPassphrase:
        return False
    return True
