"""Key files on disk: `SURVEY-ROUND.pub`, `.key`, `.cards`, `.reviewers`, what was counted, the ledger's pair.

The public file opens a round; the private ones, wrapped, count it. In a small installation all lie in
`DATA/keys/`; in a careful one the private files never come near the web machine.
"""

from __future__ import annotations

from pathlib import Path

from ..errors import FeedbackError
from ..files import write_durably
from ..sealing.key_file import public_file, read_public_half
from ..sealing.keys import PublicKey
from ..sealing.signing import LedgerKey, LedgerPublicKey
from ..sealing.wrapping import RoundSecrets, WrappingKey, wrap, wrap_ledger_key
from .calendar import InvalidRoundName, Quarter

LEDGER_PUBLIC = "ledger.pub"
LEDGER_PRIVATE = "ledger.key"
PRIVATE_SUFFIXES = (".key", ".cards", ".reviewers")


class KeyMissing(FeedbackError):
    """There is no key file for a round."""

    status = 409
    code = "key-missing"
    message = "There is no key %(file)s. Make keys with: feedback-service keys create %(survey)s"


class KeyExists(FeedbackError):
    """A key file is never overwritten: the answers sealed to it would be lost."""

    status = 409
    code = "key-exists"
    message = "The key %(file)s is there already, and is never overwritten. Nothing was changed."


class KeyMisplaced(FeedbackError):
    """A key file under another round's name."""

    status = 409
    code = "key-misplaced"
    message = (
        "%(file)s is the key of “%(survey)s” %(round)s. Nothing was changed; put it back under its name."
    )


def public_path(folder: Path, survey: str, round_id: str) -> Path:
    """Where a round's public key lies."""
    return folder / f"{survey}-{round_id}.pub"


def private_path(folder: Path, survey: str, round_id: str) -> Path:
    """Where a round's wrapped private key lies."""
    return folder / f"{survey}-{round_id}.key"


def cards_path(key_file: Path) -> Path:
    """Where the same lies, wrapped for cards."""
    return key_file.with_suffix(".cards")


def reviewers_path(key_file: Path) -> Path:
    """Where the key to its comments lies, wrapped for its reviewers."""
    return key_file.with_suffix(".reviewers")


def counted_path(key_file: Path) -> Path:
    """Where it is remembered, beside the key, which set of answers it has counted."""
    return key_file.with_suffix(".counted")


def has_keys(folder: Path, survey: str, round_id: str) -> bool:
    """Whether the round's public key is there."""
    return public_path(folder, survey, round_id).exists()


def rounds_with(folder: Path, survey: str, *suffixes: str) -> list[str]:
    """The rounds of a survey of which there is a file with one of the suffixes, oldest first."""
    names = {path.stem for path in folder.glob(f"{survey}-*") if path.suffix in suffixes}
    return sorted(name.removeprefix(f"{survey}-") for name in names if _names_a_round(name, survey))


def make_keys(folder: Path, survey: str, round_id: str, wrapping: WrappingKey) -> PublicKey:
    """Draw a round's secrets and write both files. Raises `KeyExists`."""
    public, private = public_path(folder, survey, round_id), private_path(folder, survey, round_id)
    if public.exists():
        raise KeyExists(file=public)
    if private.exists():
        # Killed between the two, or the public half was lost: the private one is never overwritten.
        return _write_public(public, public_key_of(private, survey, round_id), survey, round_id)
    held = RoundSecrets.fresh()
    # The private half first: a public key whose private half was never written would lose every answer.
    write_durably(private, wrap(survey, round_id, held, wrapping))
    return _write_public(public, held.private_key.public, survey, round_id)


def make_ledger_key(folder: Path, wrapping: WrappingKey) -> LedgerPublicKey:
    """The ledger's public key; where there is none yet, both halves are made."""
    known = load_ledger_key(folder)
    if known:
        return known
    private = folder / LEDGER_PRIVATE
    if private.exists():
        public = LedgerPublicKey.from_file(private.read_text("utf-8"), private.name)
    else:
        key = LedgerKey.generate()
        public = key.public
        write_durably(private, wrap_ledger_key(key, wrapping))
    write_durably(folder / LEDGER_PUBLIC, public.as_file())
    return public


def load_ledger_key(folder: Path) -> LedgerPublicKey | None:
    """The public key that the ledger is checked with; `None` where none was made or brought here."""
    path = folder / LEDGER_PUBLIC
    return LedgerPublicKey.from_file(path.read_text("utf-8"), path.name) if path.exists() else None


def load_public(folder: Path, survey: str, round_id: str) -> PublicKey:
    """A round's public key. Raises `KeyMissing`."""
    path = public_path(folder, survey, round_id)
    if not path.exists():
        raise KeyMissing(file=path, survey=survey)
    return public_key_of(path, survey, round_id)


def public_key_of(path: Path, survey: str, round_id: str) -> PublicKey:
    """The public key that stands readable in each file of a round. Raises `KeyMisplaced`."""
    found_survey, found_round, key = read_public_half(path.read_text("utf-8"), path.name)
    if (found_survey, found_round) != (survey, round_id):
        raise KeyMisplaced(file=path, survey=found_survey, round=found_round)
    return key


def _write_public(path: Path, key: PublicKey, survey: str, round_id: str) -> PublicKey:
    write_durably(path, public_file(survey, round_id, key))
    return key


def _names_a_round(name: str, survey: str) -> bool:
    try:
        Quarter.parse(name.removeprefix(f"{survey}-"))
    except InvalidRoundName:
        return False
    return True
