"""`rounds list|open|close|release`; counting and shredding have their own files."""

from __future__ import annotations

from typing import Annotated

import typer

from ..clock import today
from ..rounds.calendar import Quarter
from ..rounds.choosing import choose_round
from ..rounds.closing import close_round
from ..rounds.opening import next_quarter, open_round
from ..rounds.releasing import release_round
from ..sealing.keys import PublicKey
from ..storage.rounds import all_rounds
from .common import DEFAULT_DATA, Data, Json, Out, RoundName, installation, stages
from .counting import count, export, import_
from .machines import names, say_who_is_awaited
from .shredding import shred

Survey = Annotated[str, typer.Argument(help="The survey's name, like clients.")]


def app() -> typer.Typer:
    """The group of commands."""
    group = typer.Typer(no_args_is_help=True, help="Rounds: open, close, count, release, shred.")
    group.command("list")(list_rounds)
    group.command("open")(open_)
    group.command()(close)
    group.command()(count)
    group.command()(export)
    group.command("import")(import_)
    group.command()(release)
    group.command()(shred)
    return group


def list_rounds(data: Data = DEFAULT_DATA, as_json: Json = False) -> None:
    """All rounds and their states."""
    store, _ = installation(data)
    out = Out(as_json)
    with store.read() as connection:
        rounds = all_rounds(connection)
    for one in rounds:
        out.line(f"{one.survey:<16}{one.round:<10}{one.state:<10}until {one.closes}")
    out.finish(
        [
            {
                "survey": one.survey,
                "round": one.round,
                "state": one.state,
                "closes": str(one.closes),
                "key_fingerprint": PublicKey.from_bytes(one.public_key).fingerprint,
            }
            for one in rounds
        ]
    )


def open_(
    survey: Survey, round_name: RoundName = None, data: Data = DEFAULT_DATA, as_json: Json = False
) -> None:
    """Open a survey's next round, or the one named."""
    store, _ = installation(data)
    out = Out(as_json)
    with store.begin() as connection:
        quarter = Quarter.parse(round_name) if round_name else next_quarter(connection, survey, today())
        opened = open_round(connection, store.key_folder, survey, quarter)
    out.line(f"{opened.survey}: round {opened.round} is open until {opened.closes}.")
    out.finish({"survey": opened.survey, "round": opened.round, "closes": str(opened.closes)})


def close(
    survey: Survey, round_name: RoundName = None, data: Data = DEFAULT_DATA, as_json: Json = False
) -> None:
    """Close the open round at once, mix what waits, and open the calendar's next round."""
    store, _ = installation(data)
    out = Out(as_json)
    with store.read() as connection:
        chosen = choose_round(connection, survey, round_name, ["closing", "open"])
    with stages() as stage:
        done = close_round(store, store.key_folder, chosen, today(), stage)
    say_who_is_awaited(out, chosen, done.awaited)
    if done.opened:
        out.line(f"{survey}: round {done.opened.round} is open until {done.opened.closes}.")
    else:
        out.line(f"There is no key for {done.next_quarter}. Make one, then open the round:")
        out.line(f"feedback-service keys create {survey}; feedback-service rounds open {survey}")
    if done.mixed.damaged:
        out.line(
            f"{done.mixed.damaged} slots of the spool are damaged and could not be mixed; they stay there."
        )
    if done.mixed.unreadable:
        out.line(
            f"{done.mixed.unreadable} answers went as open: mix/code.key, which opens their codes, is gone."
        )
    out.finish(
        {
            "survey": survey,
            "round": chosen.round,
            "opened": done.opened.round if done.opened else None,
            "awaited": names(done.awaited),
            "damaged": done.mixed.damaged,
            "unreadable": done.mixed.unreadable,
        }
    )
    if done.mixed.damaged or done.mixed.unreadable:
        raise typer.Exit(1)


def release(
    survey: Survey, round_name: RoundName = None, data: Data = DEFAULT_DATA, as_json: Json = False
) -> None:
    """Publish a counted round, from the ledger alone."""
    store, settings = installation(data)
    out = Out(as_json)
    with store.read() as connection:
        chosen = choose_round(connection, survey, round_name, ["counted"], ["released"])
    done = release_round(store, chosen, today())
    verb = "was released before; the ledger still says the same" if done.again else "is released"
    address = f"{settings.public_url}/de/results/{survey}/{chosen.round}"
    out.line(f"{survey}: round {chosen.round} {verb}. See {address}")
    out.finish(
        {
            "survey": survey,
            "round": chosen.round,
            "issue": done.head.issue,
            "issued": str(done.head.issued),
            "again": done.again,
        }
    )
