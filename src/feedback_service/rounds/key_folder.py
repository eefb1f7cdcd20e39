"""Key files on disk: `SURVEY-ROUND.pub`, `SURVEY-ROUND.key`, and what was counted beside them.

The public file opens a round; the private one, wrapped, counts it. In a small installation both lie in
`DATA/keys/`; in a careful one the private file never comes near the web machine.
"""

from __future__ import annotations

from pathlib import Path

from ..errors import FeedbackError
from ..files import write_durably
from ..sealing.keys import PublicKey
from ..sealing.wrapping import RoundSecrets, WrappingKey, public_file, read_public_half, wrap


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


def counted_path(key_file: Path) -> Path:
    """Where it is remembered, beside the key, which set of answers it has counted."""
    return key_file.with_suffix(".counted")


def has_keys(folder: Path, survey: str, round_id: str) -> bool:
    """Whether the round's public key is there."""
    return public_path(folder, survey, round_id).exists()


def make_keys(folder: Path, survey: str, round_id: str, wrapping: WrappingKey) -> PublicKey:
    """Draw a round's key and release secret and write both files. Raises `KeyExists`."""
    public, private = public_path(folder, survey, round_id), private_path(folder, survey, round_id)
    if public.exists():
        raise KeyExists(file=public)
    if private.exists():
        # Killed between the two, or the public half was lost: the private one is never overwritten.
        return _write_public(public, _public_key_of(private, survey, round_id), survey, round_id)
    held = RoundSecrets.fresh()
    # The private half first: a public key whose private half was never written would lose every answer.
    write_durably(private, wrap(survey, round_id, held, wrapping))
    return _write_public(public, held.private_key.public, survey, round_id)


def _write_public(path: Path, key: PublicKey, survey: str, round_id: str) -> PublicKey:
    write_durably(path, public_file(survey, round_id, key))
    return key


def _public_key_of(path: Path, survey: str, round_id: str) -> PublicKey:
    """The public key that stands readable in either file of a round. Raises `KeyMisplaced`."""
    found_survey, found_round, key = read_public_half(path.read_text("utf-8"), path.name)
    if (found_survey, found_round) != (survey, round_id):
        raise KeyMisplaced(file=path, survey=found_survey, round=found_round)
    return key


def load_public(folder: Path, survey: str, round_id: str) -> PublicKey:
    """A round's public key. Raises `KeyMissing`."""
    path = public_path(folder, survey, round_id)
    if not path.exists():
        raise KeyMissing(file=path, survey=survey)
    return _public_key_of(path, survey, round_id)
