"""One sitting at the keys: one passphrase, one derivation, for everything that is made in it.

A folder has one passphrase: where the ledger's key lies already, it must open that too. So a mistyped
passphrase can't protect a quarter's keys, and counting never asks for two.
"""

from __future__ import annotations

from pathlib import Path

from ..errors import FeedbackError
from ..sealing.wrapping import (
    Derivation,
    WrappingKey,
    WrongPassphrase,
    derive,
    derive_for,
    unwrap_ledger_key,
)
from ..secret import Secret
from .key_folder import LEDGER_PRIVATE


class OtherPassphrase(FeedbackError):
    """A passphrase for new keys that isn't the one of those that are there."""

    status = 403
    code = "passphrase-other"
    message = (
        "The keys in %(folder)s have another passphrase: this one does not open %(file)s. Nothing was made."
        " All keys of a folder share one passphrase."
    )


def begin_sitting(folder: Path, passphrase: Secret, derivation: Derivation) -> WrappingKey:
    """What protects the keys that are made now. Raises `OtherPassphrase`, `NotEnoughMemory`.

    Where salt and cost of the ledger's key are the wanted ones they are used again: a count then opens a
    round's key and the ledger's with one derivation.
    """
    ledger = folder / LEDGER_PRIVATE
    if not ledger.exists():
        return derive(passphrase, derivation)
    text = ledger.read_text("utf-8")
    shared = derive_for(text, ledger.name, passphrase)
    try:
        unwrap_ledger_key(text, ledger.name, shared)
    except WrongPassphrase:
        raise OtherPassphrase(folder=folder, file=ledger.name) from None
    return shared if shared.derivation == derivation else derive(passphrase, derivation)
