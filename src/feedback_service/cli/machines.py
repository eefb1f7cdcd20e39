"""`machines list|remove`: the web machines that share a database, for whose spools a close waits."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import typer

from ..errors import FeedbackError
from ..storage.machines import Machine, machines, remove
from ..storage.rounds import Round
from .cards import Yes, confirm
from .common import DEFAULT_DATA, Data, Json, Out, installation


class UnknownMachine(FeedbackError):
    """A name or id that no machine has, or several."""

    status = 404
    code = "machine-unknown"
    message = (
        "“%(name)s” is %(number)s machines here. Give the id that this shows: feedback-service machines list"
    )


def app() -> typer.Typer:
    """The group of commands."""
    group = typer.Typer(no_args_is_help=True, help="Web machines that share a database.")
    group.command("list")(list_machines)
    group.command("remove")(remove_machine)
    return group


def list_machines(data: Data = DEFAULT_DATA, as_json: Json = False) -> None:
    """All machines whose spools a close waits for."""
    store, _ = installation(data)
    out = Out(as_json)
    with store.read() as connection:
        found = machines(connection)
    for one in found:
        out.line(f"{one.id}  {one.name}")
    out.finish([{"id": one.id, "name": one.name} for one in found])


def remove_machine(
    machine: Annotated[str, typer.Argument(help="The machine's id, or its name.")],
    yes: Yes = False,
    data: Data = DEFAULT_DATA,
    as_json: Json = False,
) -> None:
    """Wait no more for a machine that is gone for good. What waited in its spools is lost."""
    store, _ = installation(data)
    out = Out(as_json)
    with store.read() as connection:
        found = [one for one in machines(connection) if machine in (one.id, one.name)]
    if len(found) != 1:
        raise UnknownMachine(name=machine[:60], number=len(found))
    confirm(found[0].name, "Answers that wait in its spools will not be counted.", yes=yes)
    with store.begin() as connection:
        remove(connection, found[0])
    out.line(f"{found[0].name} is awaited no more. If a round is closing: feedback-service mix")
    out.finish({"removed": found[0].id})


def say_who_is_awaited(out: Out, closing: Round, awaited: Sequence[Machine]) -> None:
    """Whether a round is closed now, or which machines must mix first."""
    if not awaited:
        out.line(f"{closing.survey}: round {closing.round} is closed.")
        return
    out.line(
        f"{closing.survey}: round {closing.round} takes no more answers. It is closed when these have mixed:"
    )
    out.line(f"    {', '.join(one.name for one in awaited)}")
    out.line("Run there: feedback-service mix. Gone for good: feedback-service machines remove NAME")


def names(awaited: Sequence[Machine]) -> list[str]:
    """For JSON."""
    return [one.name for one in awaited]
