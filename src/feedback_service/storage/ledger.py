"""The ledger's entries in the database: appended, read, never changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

from sqlalchemy import Connection, Select, insert, select

from ..disclosure.ledger import GENESIS, LedgerEntry
from .schema import ledger


def head(connection: Connection) -> tuple[str, int]:
    """The hash of the newest entry, and the position of the next one."""
    newest = connection.execute(
        select(ledger.c.this, ledger.c.position).order_by(ledger.c.position.desc()).limit(1)
    ).one_or_none()
    return (newest.this, newest.position + 1) if newest else (GENESIS, 1)


def append_entries(connection: Connection, entries: Sequence[LedgerEntry]) -> None:
    """Add entries at the end."""
    connection.execute(insert(ledger), [asdict(entry) for entry in entries])


def entries_of(connection: Connection, survey: str, round_id: str) -> list[LedgerEntry]:
    """The entries of one count, in order; none where the round isn't counted."""
    return _read(connection, select(ledger).where(ledger.c.survey == survey, ledger.c.round == round_id))


def all_entries(connection: Connection) -> list[LedgerEntry]:
    """The whole ledger, in order."""
    return _read(connection, select(ledger))


def _read(connection: Connection, query: Select[tuple[object, ...]]) -> list[LedgerEntry]:
    rows = connection.execute(query.order_by(ledger.c.position))
    return [LedgerEntry(**row._mapping) for row in rows]
