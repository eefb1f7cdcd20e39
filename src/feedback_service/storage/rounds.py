"""Rounds in the database: which there are, in which state, and the changes of state."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from sqlalchemy import Connection, Row, func, insert, select, update

from ..secret import Secret
from .schema import round_

RoundState = Literal["open", "closing", "closed", "counted", "released", "shredded"]
NO_MIXING_KEY = bytes(32)


@dataclass(frozen=True, slots=True)
class Round:
    """One round of one survey. `closes` is its last day, by the calendar."""

    number: int
    survey: str
    round: str
    state: RoundState
    closes: date
    fingerprint: bytes
    public_key: bytes
    mixing_key: Secret = field(repr=False)


def add_round(
    connection: Connection,
    *,
    survey: str,
    round_id: str,
    closes: date,
    fingerprint: bytes,
    public_key: bytes,
    mixing_key: Secret,
) -> Round:
    """A new open round."""
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
        )
    )
    return Round(number, survey, round_id, "open", closes, fingerprint, public_key, mixing_key)


def all_rounds(connection: Connection, survey: str | None = None) -> list[Round]:
    """All rounds, or a survey's, oldest first."""
    query = select(round_).order_by(round_.c.closes, round_.c.number)
    if survey is not None:
        query = query.where(round_.c.survey == survey)
    return [_round(row) for row in connection.execute(query)]


def get_round(connection: Connection, number: int) -> Round:
    """A round as it is now."""
    return _round(connection.execute(select(round_).where(round_.c.number == number)).one())


def move(connection: Connection, number: int, origin: Sequence[RoundState], to: RoundState) -> bool:
    """Change a round's state if it is one of `origin`; tells whether it was."""
    changed = connection.execute(
        update(round_).where(round_.c.number == number, round_.c.state.in_(origin)).values(state=to)
    )
    return changed.rowcount == 1


def destroy_mixing_key(connection: Connection, number: int) -> None:
    """Overwrite it: from now on a receipt names no row."""
    connection.execute(update(round_).where(round_.c.number == number).values(mixing_key=NO_MIXING_KEY))


def _round(row: Row[tuple[object, ...]]) -> Round:
    values = dict(row._mapping)
    return Round(**{**values, "mixing_key": Secret(values["mixing_key"])})
