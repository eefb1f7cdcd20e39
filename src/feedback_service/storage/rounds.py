"""Rounds in the database: which there are, in which state, and the changes of state."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from sqlalchemy import Connection, Row, func, insert, select, update

from ..secret import Secret
from .postgresql import make_partitions
from .schema import envelope, round_

RoundState = Literal["open", "closing", "closed", "counted", "released", "shredded"]
DESTROYED = bytes(32)


@dataclass(frozen=True, slots=True)
class Round:
    """One round of one survey. `closes` is its last day, by the calendar.

    `mixed` is the number of answers at the last mix, rounded down to tens; `contested` the number of access
    codes that came with more than one answer.
    """

    number: int
    survey: str
    round: str
    state: RoundState
    closes: date
    fingerprint: bytes
    public_key: bytes
    pepper: Secret = field(repr=False)
    mixed: int = 0
    contested: int = 0


# All but the mixing key: on PostgreSQL the web processes' role may not read that column.
_COLUMNS = [column for column in round_.columns if column.name != "mixing_key"]


def add_round(
    connection: Connection,
    *,
    survey: str,
    round_id: str,
    closes: date,
    fingerprint: bytes,
    public_key: bytes,
    mixing_key: Secret,
    pepper: Secret,
) -> Round:
    """A new open round, with the tables for what will be sent in it."""
    number = int(connection.scalar(select(func.coalesce(func.max(round_.c.number), 0))) or 0) + 1
    connection.execute(
        insert(round_).values(
            number=number,
            survey=survey,
            round=round_id,
            state="open",
            closes=closes,
            fingerprint=fingerprint,
            public_key=public_key,
            mixing_key=mixing_key.value,
            pepper=pepper.value,
            mixed=0,
            contested=0,
        )
    )
    make_partitions(connection, number)
    return Round(number, survey, round_id, "open", closes, fingerprint, public_key, pepper)


def all_rounds(connection: Connection, survey: str | None = None) -> list[Round]:
    """All rounds, or a survey's, oldest first."""
    query = select(*_COLUMNS).order_by(round_.c.closes, round_.c.number)
    if survey is not None:
        query = query.where(round_.c.survey == survey)
    return [_round(row) for row in connection.execute(query)]


def get_round(connection: Connection, number: int) -> Round:
    """A round as it is now."""
    return _round(connection.execute(select(*_COLUMNS).where(round_.c.number == number)).one())


def mixing_keys(connection: Connection) -> dict[int, Secret]:
    """The mixing key of every round, by number; zeros where it is destroyed."""
    rows = connection.execute(select(round_.c.number, round_.c.mixing_key))
    return {row.number: Secret(row.mixing_key) for row in rows}


def move(connection: Connection, number: int, origin: Sequence[RoundState], to: RoundState) -> bool:
    """Change a round's state if it is one of `origin`; tells whether it was."""
    changed = connection.execute(
        update(round_).where(round_.c.number == number, round_.c.state.in_(origin)).values(state=to)
    )
    return changed.rowcount == 1


def note_mix(connection: Connection, number: int, contested: int) -> None:
    """After a mix: the number of answers, rounded down to tens, and the contested codes it met."""
    answers = (
        select(func.count()).select_from(envelope).where(envelope.c.round_id == number).scalar_subquery()
    )
    # Not `//`: SQLAlchemy would round it with a function that SQLite lacks.
    connection.execute(
        update(round_)
        .where(round_.c.number == number)
        .values(mixed=answers - answers % 10, contested=round_.c.contested + contested)
    )


def destroy_hashing_keys(connection: Connection, number: int) -> None:
    """Overwrite them at the close: from now on a receipt names no row, and a code can't be tested."""
    connection.execute(
        update(round_).where(round_.c.number == number).values(mixing_key=DESTROYED, pepper=DESTROYED)
    )


def _round(row: Row[tuple[object, ...]]) -> Round:
    values = dict(row._mapping)
    return Round(**{**values, "pepper": Secret(values["pepper"])})
