"""Key files on disk: `SURVEY-ROUND.pub`, `SURVEY-ROUND.key`, and what was counted beside them.

The public file opens a round; the private one, wrapped, counts it. In a small installation both lie in
`DATA/keys/`; in a careful one the private file never comes near the web machine.
"""

from __future__ import annotations

import os
from pathlib import Path

from ..errors import FeedbackError
from ..sealing.keys import PublicKey
from ..sealing.wrapping import RoundSecrets, WrappingKey, public_file, read_public_file, wrap


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
    for path in (public_path(folder, survey, round_id), private_path(folder, survey, round_id)):
        if path.exists():
            raise KeyExists(file=path)
    held = RoundSecrets.fresh()
    # The private half first: a public key whose private half was never written would lose every answer.
    write_durably(private_path(folder, survey, round_id), wrap(survey, round_id, held, wrapping))
    public = public_file(survey, round_id, held.private_key.public)
    write_durably(public_path(folder, survey, round_id), public)
    return held.private_key.public


def load_public(folder: Path, survey: str, round_id: str) -> PublicKey:
    """A round's public key. Raises `KeyMissing`."""
    path = public_path(folder, survey, round_id)
    if not path.exists():
        raise KeyMissing(file=path, survey=survey)
    _, _, key = read_public_file(path.read_text("utf-8"), path.name)
    return key


def write_durably(path: Path, text: str) -> None:
    """Write a file whole or not at all, readable by its owner only, on disk when this returns."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    unfinished = path.with_name(path.name + ".new")
    handle = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as out:
        out.write(text)
        out.flush()
        os.fsync(out.fileno())
    unfinished.rename(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
