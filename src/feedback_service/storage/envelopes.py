"""Sealed answers in the database: taken in sorted, read in the order of their keys, never one by one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from sqlalchemy import Connection, delete, func, select, text
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from .schema import envelope, tombstone

KEY_PREFIX_BYTES = 8
_ROWS_AT_ONCE = 500
_ADDED = "SELECT count(*) FROM mixed WHERE key NOT IN (SELECT key FROM envelope WHERE round_id = :number)"
# SQLite keeps it in its temporary folder, which `Store` sets to one inside the data folder.
_TAKEN = (
    "INSERT INTO mixed VALUES (:key, :verified, :body)"
    " ON CONFLICT (key) DO UPDATE SET verified = max(verified, excluded.verified)"
)
_MIXED = "CREATE TEMP TABLE mixed (key BLOB PRIMARY KEY, verified INTEGER, body BLOB) WITHOUT ROWID"


@dataclass(frozen=True, slots=True)
class StoredEnvelope:
    """One row: everything that is known about one submission outside its seal."""

    key: bytes
    verified: bool
    body: bytes


def rewrite_round(connection: Connection, number: int, new: Iterable[StoredEnvelope]) -> int:
    """Add `new` to a round's rows and write all of them again, sorted by key; gives how many were new.

    A row that is there already keeps its body, so that a mix repeated after a crash adds nothing, and
    becomes verified where the answer came again with a code. `new` may come in any order and is read once.
    """
    connection.execute(text(_MIXED))
    copied = text("INSERT INTO mixed SELECT key, verified, body FROM envelope WHERE round_id = :number")
    connection.execute(copied, {"number": number})
    for rows in _groups(new):
        connection.execute(
            text(_TAKEN),
            [{"key": row.key, "verified": row.verified, "body": row.body} for row in rows],
        )
    _leave_out_deleted(connection, number)
    added = int(connection.scalar(text(_ADDED), {"number": number}) or 0)
    connection.execute(delete(envelope).where(envelope.c.round_id == number))
    written = text("INSERT INTO envelope SELECT :number, key, verified, body FROM mixed ORDER BY key")
    connection.execute(written, {"number": number})
    connection.execute(text("DROP TABLE mixed"))
    return added


def _leave_out_deleted(connection: Connection, number: int) -> None:
    connection.execute(
        text(
            "DELETE FROM mixed WHERE substr(key, 1, :bytes) IN"
            " (SELECT tag_mac FROM tombstone WHERE round_id = :number)"
        ),
        {"bytes": KEY_PREFIX_BYTES, "number": number},
    )


def bury(connection: Connection, number: int, tag_macs: Iterable[bytes]) -> None:
    """Remember until the close that these forms' answers are deleted."""
    rows = [{"round_id": number, "tag_mac": mac} for mac in sorted(set(tag_macs))]
    if rows:
        connection.execute(sqlite_insert(tombstone).on_conflict_do_nothing(), rows)


def forget_tombstones(connection: Connection, number: int) -> None:
    """At the close: nothing can come late any more."""
    connection.execute(delete(tombstone).where(tombstone.c.round_id == number))


def count(connection: Connection, number: int) -> int:
    """How many envelopes a round has."""
    query = select(func.count()).select_from(envelope).where(envelope.c.round_id == number)
    return int(connection.scalar(query) or 0)


def read_sealed(connection: Connection, number: int) -> Iterator[tuple[bool, bytes]]:
    """All envelopes of a round in the order of their keys, streamed: whether verified, and the body."""
    query = (
        select(envelope.c.verified, envelope.c.body)
        .where(envelope.c.round_id == number)
        .order_by(envelope.c.key)
    )
    streamed = connection.execution_options(yield_per=_ROWS_AT_ONCE).execute(query)
    for part in streamed.partitions():
        yield from ((row.verified, row.body) for row in part)


def _groups(rows: Iterable[StoredEnvelope]) -> Iterator[list[StoredEnvelope]]:
    source = iter(rows)
    while group := list(islice(source, _ROWS_AT_ONCE)):
        yield group
