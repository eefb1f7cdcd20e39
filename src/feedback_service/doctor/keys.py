"""Checks of private keys and passphrases: where they lie, wrapped or not, and who may read them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .finding import Finding, advice, fine, now

_SUBJECT = "keys"


@dataclass(frozen=True, slots=True)
class KeyFile:
    """A private key's file: its name, whether it is wrapped, its permissions."""

    name: str
    wrapped: bool
    mode: int


def check_wrapped(files: Sequence[KeyFile]) -> Finding:
    """A key without a wrapping opens its round for whoever gets the disk."""
    bare = [one.name for one in files if not one.wrapped]
    if bare:
        return now(
            _SUBJECT,
            f"Not wrapped: {', '.join(bare)}. Whoever has the disk opens the answers.",
            "Move them off this machine, and make new keys: feedback-service keys create",
        )
    return fine(_SUBJECT, f"{len(files)} private key files lie here, all wrapped.")


def check_readable(files: Sequence[KeyFile]) -> Finding:
    """Wrapped or not: whoever reads a key file can try passphrases at home."""
    loose = [one.name for one in files if one.mode & 0o077]
    if loose:
        return now(_SUBJECT, f"Others may read: {', '.join(loose)}.", "chmod 600 on each of them")
    return fine(_SUBJECT, "Nobody else may read the private keys.")


def check_passphrase_file(path: str | None, *, inside: bool, mode: int | None) -> Finding:
    """The passphrase must not lie beside what it opens."""
    if path is None:
        return fine("passphrase", "No file holds it.")
    if inside:
        return now(
            "passphrase",
            f"{path} lies in the data folder: every copy of the folder can be opened.",
            "Move it elsewhere, and set FEEDBACK_PASSPHRASE_FILE to its new place.",
        )
    if mode is not None and mode & 0o077:
        return advice("passphrase", f"Others may read {path}.", f"chmod 600 {path}")
    return fine("passphrase", "Its file lies outside the data folder.")


def check_unattended(round_key_file: str | None) -> Finding:
    """Counting without a person means that the machine can open answers."""
    if round_key_file:
        return advice(
            _SUBJECT,
            "FEEDBACK_ROUND_KEY_FILE is set: this machine can open answers by itself.",
            "Count by hand, or on another machine, where you can (docs/keys.md).",
        )
    return fine(_SUBJECT, "No key is set for counting without a person.")
