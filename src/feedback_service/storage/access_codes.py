"""Access codes in the database: hashes that are there and spent or not; nothing else is known about one."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from sqlalchemy import Connection, delete, func, insert, select, text, update

from .schema import access_code

_AT_ONCE = 500
_SORTED = (
    "WITH old AS (DELETE FROM access_code WHERE round_id = :number RETURNING mac, spent)"
    " INSERT INTO access_code SELECT :number, mac, spent FROM old ORDER BY mac"
)


@dataclass(frozen=True, slots=True)
class CodeTotals:
    """How many codes a round has, and how many of them a mix has spent."""

    printed: int
    spent: int


def add_codes(connection: Connection, number: int, macs: Collection[bytes]) -> None:
    """Write a round's codes anew with more of them, all sorted: no batch stands apart."""
    query = select(access_code).where(access_code.c.round_id == number)
    rows = [{"round_id": number, "mac": row.mac, "spent": row.spent} for row in connection.execute(query)]
    rows += [{"round_id": number, "mac": mac, "spent": False} for mac in macs]
    connection.execute(delete(access_code).where(access_code.c.round_id == number))
    connection.execute(insert(access_code), sorted(rows, key=lambda row: bytes(row["mac"])))


def fresh_codes(connection: Connection, number: int, macs: Collection[bytes]) -> set[bytes]:
    """Those of `macs` that are codes of the round and not spent."""
    found: set[bytes] = set()
    for some in _groups(macs):
        query = select(access_code.c.mac).where(
            access_code.c.round_id == number, access_code.c.spent.is_(False), access_code.c.mac.in_(some)
        )
        found.update(bytes(mac) for mac in connection.scalars(query))
    return found


def spend(connection: Connection, number: int, macs: Collection[bytes]) -> None:
    """Flip the flags. Measured: SQLite's file is then the same for any order; deleted rows would show it."""
    for some in _groups(sorted(macs)):
        connection.execute(
            update(access_code)
            .where(access_code.c.round_id == number, access_code.c.mac.in_(some))
            .values(spent=True)
        )
    if macs and connection.dialect.name == "postgresql":
        # It writes a changed row anew beside the old ones: those spent in one mix would stand together.
        connection.execute(text(_SORTED), {"number": number})


def totals(connection: Connection, number: int) -> CodeTotals:
    """A round's totals."""
    mine = access_code.c.round_id == number
    printed = connection.scalar(select(func.count()).select_from(access_code).where(mine))
    spent = connection.scalar(
        select(func.count()).select_from(access_code).where(mine, access_code.c.spent.is_(True))
    )
    return CodeTotals(int(printed or 0), int(spent or 0))


def _groups(macs: Collection[bytes]) -> Iterable[list[bytes]]:
    listed = list(macs)
    return (listed[start : start + _AT_ONCE] for start in range(0, len(listed), _AT_ONCE))
