"""One length for every envelope and every slot: a length would tell what somebody wrote."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from .allowed import ENVELOPE_BYTES, SLOT_BYTES
from .files import spool_files
from .model import Check, Database, Store, columns_of, held
from .search import as_bytes
from .stores import SqliteStore


def check_lengths(store: Store) -> list[Check]:
    """Line 10 about the store."""
    with store.opened() as database:
        return [_line("lengths of stored envelopes", _lengths(database, "envelope", "body"), ENVELOPE_BYTES)]


def check_slot_lengths(folder: Path) -> list[Check]:
    """Line 10 about the spools."""
    slots: Counter[int] = Counter()
    for path in spool_files(folder):
        with SqliteStore(path).opened() as spool:
            slots += _lengths(spool, "slot", "content")
    return [_line("lengths of spool slots", slots, SLOT_BYTES)]


def _line(name: str, lengths: Counter[int], limit: int) -> Check:
    return held(10, name, _shown(lengths), limit, set(lengths) <= {limit})


def _lengths(database: Database, table: str, column: str) -> Counter[int]:
    """How many values there are of each length in bytes."""
    if column not in columns_of(database, table):
        return Counter()
    return Counter(len(as_bytes(value)) for (value,) in database.select(table, [column]))


def _shown(lengths: Counter[int]) -> str:
    if len(lengths) > 3:
        return f"{len(lengths)} different lengths"
    return ", ".join(f"{length} ({number})" for length, number in sorted(lengths.items())) or "none yet"
