"""A round's rows written anew, all of them, sorted by key: what is stored last stands nowhere apart.

The new ones first go into a table of the transaction's own, deletions are taken out of it, then old and
new together are written in one statement, sorted.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from sqlalchemy import Connection, text

from .envelopes import KEY_PREFIX_BYTES, StoredEnvelope

_ROWS_AT_ONCE = 500
_LEAVE_OUT_DELETED = (
    "DELETE FROM mixed WHERE substr(key, 1, :prefix)"
    " IN (SELECT tag_mac FROM tombstone WHERE round_id = :number)"
)
_ADDED = (
    "SELECT count(*) FROM mixed WHERE NOT EXISTS"
    " (SELECT 1 FROM envelope WHERE envelope.round_id = :number AND envelope.key = mixed.key)"
)


@dataclass(frozen=True, slots=True)
class _Statements:
    """One database's words for it: the table of new rows, taking them in, and writing all."""

    table: str
    taken: str
    written: tuple[str, ...]


_SQLITE = _Statements(
    # SQLite keeps it in its temporary folder, which `sqlite.py` sets to one inside the data folder.
    table="CREATE TEMP TABLE mixed (key BLOB PRIMARY KEY, verified INTEGER, body BLOB) WITHOUT ROWID",
    taken=(
        "INSERT INTO mixed VALUES (:key, :verified, :body)"
        " ON CONFLICT (key) DO UPDATE SET verified = max(verified, excluded.verified)"
    ),
    # It can't delete and insert in one statement: the old rows go through the same table.
    written=(
        "INSERT INTO mixed SELECT key, verified, body FROM envelope WHERE round_id = :number"
        " ON CONFLICT (key) DO UPDATE SET verified = max(verified, excluded.verified), body = excluded.body",
        _LEAVE_OUT_DELETED,
        "DELETE FROM envelope WHERE round_id = :number",
        "INSERT INTO envelope SELECT :number, key, verified, body FROM mixed ORDER BY key",
    ),
)
_POSTGRESQL = _Statements(
    # As in `postgresql.py`: no time is lost on squeezing what is sealed.
    table=(
        "CREATE TEMP TABLE mixed (key bytea PRIMARY KEY, verified boolean, body bytea)"
        " WITH (toast_tuple_target = 8160)"
    ),
    taken=(
        "INSERT INTO mixed VALUES (:key, :verified, :body)"
        " ON CONFLICT (key) DO UPDATE SET verified = mixed.verified OR excluded.verified"
    ),
    written=(
        "WITH old AS (DELETE FROM envelope WHERE round_id = :number RETURNING key, verified, body),"
        " kept AS (SELECT * FROM old WHERE substr(key, 1, :prefix)"
        " NOT IN (SELECT tag_mac FROM tombstone WHERE round_id = :number))"
        " INSERT INTO envelope SELECT :number, key,"
        " coalesce(kept.verified, false) OR coalesce(mixed.verified, false), coalesce(kept.body, mixed.body)"
        " FROM kept FULL JOIN mixed USING (key) ORDER BY key",
    ),
)


def rewrite_round(connection: Connection, number: int, new: Iterable[StoredEnvelope]) -> int:
    """Add `new` to a round's rows and write all of them again, sorted by key; gives how many were new.

    A row that is there already keeps its body, so that a mix repeated after a crash adds nothing, and
    becomes verified where the answer came again with a code. `new` may come in any order and is read once.
    """
    statements = _POSTGRESQL if connection.dialect.name == "postgresql" else _SQLITE
    connection.execute(text(statements.table))
    for rows in _groups(new):
        connection.execute(
            text(statements.taken),
            [{"key": row.key, "verified": row.verified, "body": row.body} for row in rows],
        )
    named = {"number": number, "prefix": KEY_PREFIX_BYTES}
    connection.execute(text(_LEAVE_OUT_DELETED), named)
    added = int(connection.scalar(text(_ADDED), named) or 0)
    for statement in statements.written:
        connection.execute(text(statement), named)
    connection.execute(text("DROP TABLE mixed"))
    return added


def _groups(rows: Iterable[StoredEnvelope]) -> Iterator[list[StoredEnvelope]]:
    source = iter(rows)
    while group := list(islice(source, _ROWS_AT_ONCE)):
        yield group
