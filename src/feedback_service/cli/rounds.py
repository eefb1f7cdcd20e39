"""`rounds list|open|close|release`; counting and shredding have their own files."""

from __future__ import annotations

import time
from collections.abc import Collection
from datetime import timedelta
from typing import Annotated

import typer

from ..clock import today
from ..errors import FeedbackError
from ..rounds.calendar import Quarter
from ..rounds.choosing import choose_closing, choose_round
from ..rounds.closing import Closed, begin_grace, close_round
from ..rounds.grace import Clock, parse_duration, wait_out
from ..rounds.opening import next_quarter, open_round
from ..rounds.releasing import release_round
from ..sealing.keys import PublicKey
from ..storage.comments import find_batch
from ..storage.rounds import Round, all_rounds
from ..storage.session import Store
from .common import DEFAULT_DATA, Data, Json, Out, RoundName, installation, interrupted_by_termination, stages
from .counting import count, export, import_
from .machines import names, say_who_is_awaited
from .shredding import shred

Survey = Annotated[str, typer.Argument(help="The survey's name, like clients.")]


class GraceInterrupted(FeedbackError):
    """Somebody stopped the command before the close."""

    status = 409
    code = "grace-interrupted"
    message = (
        "Interrupted. The round %(round)s of “%(survey)s” is ending: answers are still taken for it. Close it"
        " with: feedback-service rounds close %(survey)s --round %(round)s (with --grace it waits anew)."
    )


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
    store, settings = installation(data)
    out, asked = Out(as_json), settings.quarters_of(survey)
    with store.begin() as connection:
        following = next_quarter(connection, survey, today(), asked)
        quarter = Quarter.parse(round_name) if round_name else following
        opened = open_round(connection, store.key_folder, survey, quarter)
    out.line(f"{opened.survey}: round {opened.round} is open until {opened.closes}.")
    out.finish({"survey": opened.survey, "round": opened.round, "closes": str(opened.closes)})


def close(
    survey: Survey,
    round_name: RoundName = None,
    grace: Annotated[
        str | None,
        typer.Option(
            "--grace",
            help="Open the next round now, still take what is sent under this one for so long,"
            " like 2h or 90m, then close.",
        ),
    ] = None,
    data: Data = DEFAULT_DATA,
    as_json: Json = False,
) -> None:
    """Close the open round, at once or after a grace, mix what waits, and open the calendar's next round.

    A round whose close was begun, and which is still ending or closing, is closed before the open one.
    """
    duration = parse_duration(grace) if grace is not None else None
    store, settings = installation(data)
    out, asked = Out(as_json), settings.quarters_of(survey)
    with store.read() as connection:
        chosen = choose_closing(connection, survey, round_name)
    if duration:
        _wait(store, chosen, duration, asked, out)
    with stages() as stage:
        done = close_round(store, store.key_folder, chosen, today(), stage, asked)
    _tell_closed(out, done)
    if done.mixed.damaged or done.mixed.unreadable:
        raise typer.Exit(1)


def _wait(store: Store, ending: Round, grace: timedelta, asked: Collection[int], out: Out) -> None:
    """Begin the grace and wait it out. Raises `GraceInterrupted` when somebody stops the command."""
    opened = begin_grace(store, store.key_folder, ending, today(), asked)
    name = f"{ending.survey} {ending.round}"
    if opened:
        out.line(f"{opened.survey}: round {opened.round} is open until {opened.closes}.")
    out.line(f"{name} takes what was begun for another {grace}; then it is closed.")
    try:
        with interrupted_by_termination(), stages() as stage:
            wait_out(
                grace,
                Clock(time.monotonic, time.sleep),
                lambda left: stage(f"{name} still takes answers for {left} (Ctrl+C leaves it so)"),
            )
    except KeyboardInterrupt:
        raise GraceInterrupted(survey=ending.survey, round=ending.round) from None


def _tell_closed(out: Out, done: Closed) -> None:
    survey = done.round.survey
    say_who_is_awaited(out, done.round, done.awaited)
    if done.opened:
        out.line(f"{survey}: round {done.opened.round} is open until {done.opened.closes}.")
    elif done.later:
        out.line(f"{survey}: the next round is {done.next_quarter}; it opens when that quarter begins.")
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
            "round": done.round.round,
            "opened": done.opened.round if done.opened else None,
            "awaited": names(done.awaited),
            "damaged": done.mixed.damaged,
            "unreadable": done.mixed.unreadable,
        }
    )


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
    with store.read() as connection:
        batch = find_batch(connection, chosen.number)
    if batch and batch.number:
        out.line(
            f"{batch.number} comments are under review: digests that go out now are without quotes, themes."
        )
    out.finish(
        {
            "survey": survey,
            "round": chosen.round,
            "issue": done.head.issue,
            "issued": str(done.head.issued),
            "again": done.again,
        }
    )
