"""Closes a round: at once, or after a grace in which answers are still taken for it.

A grace begins with the state `ending`, and the next round opens in the same transaction. At the close the
state `closing` is written first, so that one that was killed is finished by the next, or by the
next mix. Where several web machines share a database, each hands in what its own spools hold when it mixes;
the last one ends the round.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sqlalchemy import Connection

from ..errors import FeedbackError
from ..mixing.mix import MixReport, Progress, mix
from ..storage.envelopes import forget_tombstones
from ..storage.machines import Machine, awaited, forget_drained, note_drained, register
from ..storage.rounds import TAKING, Round, all_rounds, destroy_hashing_keys, get_round, move
from ..storage.session import Store
from .calendar import EVERY_QUARTER, Quarter
from .key_folder import has_keys
from .opening import next_quarter, open_round, opens_now
from .this_machine import this_machine


@dataclass(frozen=True, slots=True)
class Mixed:
    """What a mix did, and for each round that is closing the machines whose spools it still waits for."""

    report: MixReport
    awaited: dict[int, tuple[Machine, ...]]


class NoNextKey(FeedbackError):
    """A grace without a next round: who comes now would have no form."""

    status = 409
    code = "next-key-missing"
    message = (
        "There is no key for the next round, %(round)s: in the grace nobody would have a form. Nothing was"
        " changed. Make it first: feedback-service keys create %(survey)s"
    )


class GraceOver(FeedbackError):
    """A grace for a round that takes nothing more."""

    status = 409
    code = "grace-over"
    message = (
        "The round %(round)s of “%(survey)s” is %(state)s: nothing is taken for it any more. Without --grace"
        " the command finishes its close."
    )


@dataclass(frozen=True, slots=True)
class Closed:
    """What a close did.

    `opened` is `None` where no key was ready for the next round, or where it opens `later` by the calendar.
    """

    round: Round
    opened: Round | None
    next_quarter: Quarter
    mixed: MixReport
    awaited: tuple[Machine, ...]
    later: bool = False


def begin_grace(
    store: Store, key_folder: Path, ending: Round, today: date, asked: Collection[int] = EVERY_QUARTER
) -> Round | None:
    """From now on new forms are the next round's, and answers under this one are still taken.

    Safe to repeat; gives the round that is open, `None` where the calendar (`asked`) passes over the next
    quarter. Raises `NoNextKey`, `GraceOver`; then nothing was changed.
    """
    with store.begin() as connection:
        begun = move(connection, ending.number, TAKING, "ending")
        if not begun:
            state = get_round(connection, ending.number).state
            raise GraceOver(survey=ending.survey, round=ending.round, state=state)
        following = next_quarter(connection, ending.survey, today, asked)
        later = not opens_now(connection, ending.survey, following, today)
        opened = None if later else _open_next(connection, key_folder, ending.survey, following)
        if opened is None and not later:
            raise NoNextKey(survey=ending.survey, round=following)
    return opened


def close_round(
    store: Store,
    key_folder: Path,
    closing: Round,
    today: date,
    progress: Progress = lambda _stage: None,
    asked: Collection[int] = EVERY_QUARTER,
) -> Closed:
    """Close `closing`, which is open, ending, or was left closing. Safe to repeat."""
    with store.begin() as connection:
        move(connection, closing.number, TAKING, "closing")
        following = next_quarter(connection, closing.survey, today, asked)
        later = not opens_now(connection, closing.survey, following, today)
        opened = None if later else _open_next(connection, key_folder, closing.survey, following)
    mixed = mix_spools(store, progress)
    waiting = mixed.awaited.get(closing.number, ())
    return Closed(closing, opened, following, mixed.report, waiting, later)


def mix_spools(store: Store, progress: Progress = lambda _stage: None) -> Mixed:
    """Mix this machine's spools. Of rounds that are closing everything goes; the last machine ends them."""
    machine = this_machine(store.spool_folder)
    with store.begin() as connection:
        register(connection, machine)
        closing = [one for one in all_rounds(connection) if one.state == "closing"]
    report = mix(store, closing=closing, progress=progress)
    with store.begin() as connection:
        # Only now: were this mix killed before its spools are clean, it must be repeated before the end.
        note_drained(connection, machine.id, [one.number for one in closing])
        waiting = {one.number: tuple(awaited(connection, one.number)) for one in closing}
        for number in (number for number, machines in waiting.items() if not machines):
            destroy_hashing_keys(connection, number)
            forget_tombstones(connection, number)
            forget_drained(connection, number)
            move(connection, number, ["closing"], "closed")
    if closing:
        store.scrub()
    return Mixed(report, waiting)


def _open_next(connection: Connection, key_folder: Path, survey: str, following: Quarter) -> Round | None:
    """The survey's open round, opened if there is none; `None` where its key is missing.

    In the transaction that ends the round before: there is no moment at which nobody could answer.
    """
    for one in all_rounds(connection, survey):
        if one.state == "open":
            return one
    if not has_keys(key_folder, survey, str(following)):
        return None
    return open_round(connection, key_folder, survey, following)
