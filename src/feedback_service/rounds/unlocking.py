"""Unlocks what one count takes: a round's secrets and the ledger's signing key, by passphrase or by cards."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ..errors import FeedbackError
from ..sealing.cards import Cards, Unlocked, unlock_with_cards
from ..sealing.signing import LedgerKey, LedgerPublicKey
from ..sealing.wrapping import WrappingKey, WrongPassphrase, derive_for, unwrap, unwrap_ledger_key
from ..secret import Secret
from .key_folder import LEDGER_PRIVATE, KeyMissing, cards_path

# How somebody opens a key: with its passphrase, or with the cards of trustees.
Opening = Secret | Cards


class WrongKey(FeedbackError):
    """The key file is of another round, or not the key that the answers were sealed to."""

    status = 409
    code = "key-wrong"
    message = "The key %(file)s is not the key of “%(survey)s” %(round)s. Nothing was changed."


class WrongLedgerKey(FeedbackError):
    """The signing key isn't the one whose public half everybody has."""

    status = 409
    code = "ledger-key-wrong"
    message = "The ledger's key here does not belong to the installation's ledger.pub. Nothing was changed."


class KeyNotHere(KeyMissing):
    """The key that answers were sealed to is somewhere else; a new one would not open them."""

    code = "key-not-here"
    message = "There is no key %(file)s. Bring it here, or say with --key where it is."


class LedgerKeyMissing(FeedbackError):
    """Nothing to sign the ledger with."""

    status = 409
    code = "ledger-key-missing"
    message = "There is no %(file)s: put it beside the round's key. Nothing was changed."


class LedgerPassphrase(FeedbackError):
    """The round's key opened, the ledger's didn't."""

    status = 403
    code = "ledger-passphrase"
    message = (
        "The passphrase opens the round's key, but not %(file)s, which has another one. Nothing was changed."
        " Put the ledger.key of the same sitting beside the round's key, or use the cards."
    )


class CardsMissing(FeedbackError):
    """No file for cards, where cards were given."""

    status = 409
    code = "cards-missing"
    message = "There is no %(file)s for the cards to open. Nothing was changed."


class OnlyCards(FeedbackError):
    """The passphrase-wrapped key was deleted on purpose."""

    status = 409
    code = "key-only-cards"
    message = "%(file)s opens with cards only. Use --cards on a terminal, or --cards-file."


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which key is needed, as public facts. `ledger_key` is `None` where nobody knows it yet."""

    survey: str
    round: str
    public_key: bytes
    ledger_key: LedgerPublicKey | None


def unlock(
    key_file: Path,
    wanted: Wanted,
    opening: Opening,
    ledger_folders: Sequence[Path] = (),
    derived: list[WrappingKey] | None = None,
) -> Unlocked:
    """The secrets of a round. `ledger.key` is looked for beside the key file, then in `ledger_folders`.

    `derived` holds what was derived from the passphrase for other keys before, and is added to.
    Raises `KeyNotHere`, `CardsMissing`, `OnlyCards`, `LedgerKeyMissing`, `WrongPassphrase`,
    `LedgerPassphrase`, `InvalidCard`, `CardsDontFit`, `WrongKey`, `WrongLedgerKey`.
    """
    if isinstance(opening, Cards):
        file = cards_path(key_file)
        if not file.exists():
            raise CardsMissing(file=file)
        survey, round_id, opened = unlock_with_cards(file.read_text("utf-8"), file.name, opening)
    else:
        file = key_file
        known = derived if derived is not None else []
        survey, round_id, opened = _by_passphrase(file, opening, ledger_folders, known)
    fits = opened.held.private_key.public.to_bytes() == wanted.public_key
    if (survey, round_id) != (wanted.survey, wanted.round) or not fits:
        raise WrongKey(file=file, survey=wanted.survey, round=wanted.round)
    if wanted.ledger_key and opened.signing.public != wanted.ledger_key:
        raise WrongLedgerKey
    return opened


def _by_passphrase(
    key_file: Path, passphrase: Secret, folders: Sequence[Path], derived: list[WrappingKey]
) -> tuple[str, str, Unlocked]:
    if not key_file.exists():
        if cards_path(key_file).exists():
            raise OnlyCards(file=cards_path(key_file))
        raise KeyNotHere(file=key_file)
    ledger = find_ledger_key([key_file.parent, *folders])
    text = key_file.read_text("utf-8")
    wrapping = derive_for(text, key_file.name, passphrase, derived)
    survey, round_id, held = unwrap(text, key_file.name, wrapping)
    derived.append(wrapping)
    return survey, round_id, Unlocked(held, _signing_key(ledger, passphrase, derived))


def _signing_key(ledger: Path, passphrase: Secret, derived: list[WrappingKey]) -> LedgerKey:
    text = ledger.read_text("utf-8")
    wrapping = derive_for(text, ledger.name, passphrase, derived)
    try:
        return unwrap_ledger_key(text, ledger.name, wrapping)
    except WrongPassphrase:
        raise LedgerPassphrase(file=ledger) from None


def find_ledger_key(folders: Sequence[Path]) -> Path:
    """The first `ledger.key` in these folders. Raises `LedgerKeyMissing`."""
    for folder in folders:
        if (folder / LEDGER_PRIVATE).exists():
            return folder / LEDGER_PRIVATE
    raise LedgerKeyMissing(file=folders[0] / LEDGER_PRIVATE)
