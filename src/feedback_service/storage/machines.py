"""The web machines of an installation. A close waits until each has handed in everything of its spools."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Connection, delete, select

from .inserting import insert_into
from .schema import drained, machine

_LONGEST_NAME = 60


@dataclass(frozen=True, slots=True)
class Machine:
    """One folder of spools: a random id, and a name by which people know it."""

    id: str
    name: str


def register(connection: Connection, one: Machine) -> None:
    """Let closes wait for this machine too; safe to repeat.

    A database file belongs to one machine: another one in it is what the folder was copied from.
    """
    if connection.dialect.name == "sqlite":
        connection.execute(delete(machine).where(machine.c.id != one.id))
    values = {"id": one.id, "name": one.name[:_LONGEST_NAME]}
    connection.execute(insert_into(connection, machine).on_conflict_do_nothing(), values)


def machines(connection: Connection) -> list[Machine]:
    """All of them, by name."""
    rows = connection.execute(select(machine).order_by(machine.c.name, machine.c.id))
    return [Machine(row.id, row.name) for row in rows]


def remove(connection: Connection, one: Machine) -> None:
    """Wait for it no more."""
    connection.execute(delete(drained).where(drained.c.machine_id == one.id))
    connection.execute(delete(machine).where(machine.c.id == one.id))


def note_drained(connection: Connection, machine_id: str, rounds: Collection[int]) -> None:
    """This machine's spools hold nothing of these rounds, and take nothing more for them."""
    rows = [{"round_number": number, "machine_id": machine_id} for number in sorted(rounds)]
    if rows:
        connection.execute(insert_into(connection, drained).on_conflict_do_nothing(), rows)


def awaited(connection: Connection, number: int) -> list[Machine]:
    """The machines whose spools may still hold something of a round."""
    done = set(connection.scalars(select(drained.c.machine_id).where(drained.c.round_number == number)))
    return [one for one in machines(connection) if one.id not in done]


def forget_drained(connection: Connection, number: int) -> None:
    """After the close nobody asks any more."""
    connection.execute(delete(drained).where(drained.c.round_number == number))
