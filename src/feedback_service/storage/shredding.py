"""Deletes what a round's submissions left in the database: envelopes, codes, tombstones, comments.

Figures, approved quotes and themes stay: they are published.
"""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Connection, Table, delete, func, select

from .schema import access_code, comment, comment_batch, envelope, tombstone
from .session import Store

# One transaction for a million envelopes would write all of them once more, into the journal.
_ROWS_AT_ONCE = 20_000
# The batch last: its comments refer to it.
_TABLES = (envelope, access_code, tombstone, comment, comment_batch)


def forget_submissions(store: Store, number: int, told: Callable[[int], None]) -> int:
    """Delete a round's rows, some thousand a transaction; gives how many envelopes there were.

    Killed in between, the rest is deleted by the next call. `told` hears of each deleted part.
    """
    deleted = 0
    for table in _TABLES:
        while gone := _delete_some(store, number, table):
            deleted += gone if table is envelope else 0
            told(gone)
    return deleted


def submissions_left(connection: Connection, number: int) -> int:
    """How many rows about submissions a round has, in all tables."""
    queries = (select(func.count()).select_from(table).where(table.c.round_id == number) for table in _TABLES)
    return sum(int(connection.scalar(query) or 0) for query in queries)


def _delete_some(store: Store, number: int, table: Table) -> int:
    *_, key = table.primary_key.columns
    some = select(key).where(table.c.round_id == number).order_by(key).limit(_ROWS_AT_ONCE)
    with store.begin() as connection:
        return connection.execute(delete(table).where(table.c.round_id == number, key.in_(some))).rowcount
