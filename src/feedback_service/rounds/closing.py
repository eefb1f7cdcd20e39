"""Closes a round by hand, at once: nothing more is taken for it, the rest is mixed, the next one opens.

The state `closing` is written first, so that a close that was killed is finished by the next one, or by the
next mix. Where several web machines share a database, each hands in what its own spools hold when it mixes;
the last one ends the round.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from ..mixing.mix import MixReport, Progress, mix
from ..storage.envelopes import forget_tombstones
from ..storage.machines import Machine, awaited, forget_drained, note_drained, register
from ..storage.rounds import Round, all_rounds, destroy_hashing_keys, move
from ..storage.session import Store
from .calendar import Quarter
from .key_folder import has_keys
from .opening import next_quarter, open_round
from .this_machine import this_machine


@dataclass(frozen=True, slots=True)
class Mixed:
    """What a mix did, and for each round that is closing the machines whose spools it still waits for."""

    report: MixReport
    awaited: dict[int, tuple[Machine, ...]]


@dataclass(frozen=True, slots=True)
class Closed:
    """What a close did. `opened` is `None` where no key was ready for the next round."""

    round: Round
    opened: Round | None
    next_quarter: Quarter
    mixed: MixReport
    awaited: tuple[Machine, ...]


def close_round(
    store: Store, key_folder: Path, closing: Round, today: date, progress: Progress = lambda _stage: None
) -> Closed:
    """Close `closing`, which is open or was left closing. Safe to repeat."""
    with store.begin() as connection:
        move(connection, closing.number, ["open"], "closing")
        following = next_quarter(connection, closing.survey, today)
        already = [
            one
            for one in all_rounds(connection, closing.survey)
            if one.state == "open" and one.number != closing.number
        ]
        opened = already[0] if already else None
        if opened is None and has_keys(key_folder, closing.survey, str(following)):
            # In the same transaction: there is no moment at which nobody could answer.
            opened = open_round(connection, key_folder, closing.survey, following)
    mixed = mix_spools(store, progress)
    waiting = mixed.awaited.get(closing.number, ())
    return Closed(closing, opened, following, mixed.report, waiting)


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
