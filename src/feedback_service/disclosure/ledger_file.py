"""The ledger as a file: what goes beside published releases, and what a counting machine hands back.

It holds protected figures only, the same that releases show, so anyone may have it; with `ledger.pub` they
check that nothing in a release came from elsewhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from ..errors import FeedbackError
from .ledger import FORMAT, LedgerEntry
from .shape import mismatches

_ENTRY = {
    "position": int,
    "survey": str,
    "round": str,
    "issue": int,
    "kind": str,
    "body": str,
    "previous": str,
    "this": str,
    "signature": (str, None),
}
_FILE = {"format": str, "entries": [_ENTRY]}


class InvalidLedgerFile(FeedbackError):
    """A file that is no ledger."""

    status = 422
    code = "ledger-file-invalid"
    message = "This is not a ledger: %(reason)s."


def ledger_document(entries: Sequence[LedgerEntry]) -> dict[str, Any]:
    """The ledger, or a stretch of it, as a JSON document."""
    return {"format": FORMAT, "entries": [asdict(entry) for entry in entries]}


def is_ledger(document: object) -> bool:
    """Whether a parsed file says that it is a ledger."""
    return isinstance(document, dict) and document.get("format") == FORMAT


def read_ledger(document: Any) -> list[LedgerEntry]:
    """The entries of `ledger_document`; their chain isn't checked here. Raises `InvalidLedgerFile`."""
    for wrong in mismatches(document, _FILE, "ledger"):
        raise InvalidLedgerFile(reason=wrong)
    if not is_ledger(document):
        raise InvalidLedgerFile(reason="it is of another format")
    return [LedgerEntry(**entry) for entry in document["entries"]]
