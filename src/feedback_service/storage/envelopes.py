"""Sealed answers in the database: read in the order of their keys, never one by one.

How they are taken in, sorted, stands in `rewriting.py`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sqlalchemy import Connection, delete, func, select

from .inserting import insert_into
from .schema import envelope, tombstone

KEY_PREFIX_BYTES = 8
_ROWS_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class StoredEnvelope:
    """One row: everything that is known about one submission outside its seal."""

    key: bytes
    verified: bool
    body: bytes


def bury(connection: Connection, number: int, tag_macs: Iterable[bytes]) -> None:
    """Remember until the close that these forms' answers are deleted."""
    rows = [{"round_id": number, "tag_mac": mac} for mac in sorted(set(tag_macs))]
    if rows:
        connection.execute(insert_into(connection, tombstone).on_conflict_do_nothing(), rows)


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
