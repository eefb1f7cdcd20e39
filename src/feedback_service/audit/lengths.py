"""One length for every envelope and every slot: a length would tell what somebody wrote."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from .allowed import ENVELOPE_BYTES, SLOT_BYTES
from .files import DATABASE, opened, spool_files, tables
from .model import Check, held


def check_lengths(folder: Path) -> list[Check]:
    """Line 10."""
    with opened(folder / DATABASE) as database:
        lengths = _lengths(database, "envelope", "body")
    slots: dict[int, int] = {}
    for path in spool_files(folder):
        with opened(path) as spool:
            for length, number in _lengths(spool, "slot", "content").items():
                slots[length] = slots.get(length, 0) + number
    return [
        held(
            10,
            "lengths of stored envelopes",
            _shown(lengths),
            f"{ENVELOPE_BYTES}",
            set(lengths) <= {ENVELOPE_BYTES},
        ),
        held(10, "lengths of spool slots", _shown(slots), f"{SLOT_BYTES}", set(slots) <= {SLOT_BYTES}),
    ]


def _lengths(database: sqlite3.Connection, table: str, column: str) -> dict[int, int]:
    """How many values there are of each length in bytes."""
    if not any(found.name == table and (column in dict(found.columns)) for found in tables(database)):
        return {}
    query = f"SELECT length(CAST({column} AS BLOB)), count(*) FROM {table} GROUP BY 1"  # noqa: S608
    return dict(database.execute(query).fetchall())


def _shown(lengths: dict[int, int]) -> str:
    if len(lengths) > 3:
        return f"{len(lengths)} different lengths"
    return ", ".join(f"{length} ({number})" for length, number in sorted(lengths.items())) or "none yet"
