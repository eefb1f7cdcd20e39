"""Tends a survey's rounds by the calendar: ends those whose last day is over, closes them, opens the next.

What was begun stands in the rounds' states; since when a grace lasts is kept in memory alone. After a restart
it begins anew, so that nobody who has a form loses it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta

from ..storage.rounds import Round, all_rounds
from ..storage.session import Store
from .closing import Closed, begin_grace, close_round
from .key_folder import has_keys
from .opening import next_quarter, open_round, opens_now

GRACE = timedelta(hours=2)


@dataclass(slots=True)
class Tending:
    """What one process remembers of the rounds it tends.

    `hurried`: it won't be here when a grace ends, so of one that it finds the night of the last day counts.
    """

    hurried: bool = False
    grace_since: dict[int, datetime] = field(default_factory=dict)
    # Closes that wait for other machines: this one did its part, and the nightly mix looks again.
    done_here: set[int] = field(default_factory=set)


def tend(
    store: Store,
    survey: str,
    now: datetime,
    asked: Collection[int],
    tending: Tending,
    told: Callable[[str], None] = lambda _line: None,
) -> list[Closed]:
    """Do what is due for one survey; gives the closes that were made. Safe to repeat and to kill.

    Raises `NoNextKey` and what opening and closing raise: what is due then stays due.
    """
    closes = []
    for one in _rounds(store, survey):
        if one.state == "open" and one.closes < now.date():
            opened = begin_grace(store, store.key_folder, one, now.date(), asked)
            tending.grace_since[one.number] = now
            told(f"{survey}: round {one.round} ends; forms of it are taken for another two hours.")
            if opened:
                told(f"{survey}: round {opened.round} is open until {opened.closes}.")
        elif _is_to_be_closed(one, now, tending):
            done = close_round(store, store.key_folder, one, now.date(), asked=asked)
            tending.done_here.add(one.number)
            told(f"{survey}: round {one.round} {_closed(done)}.")
            closes.append(done)
    _open_what_is_due(store, survey, now, asked, told)
    return closes


def _rounds(store: Store, survey: str) -> list[Round]:
    with store.read() as connection:
        return all_rounds(connection, survey)


def _is_to_be_closed(one: Round, now: datetime, tending: Tending) -> bool:
    if one.state == "closing":
        return one.number not in tending.done_here
    # A grace that somebody began by hand before the last day is theirs to end.
    if one.state != "ending" or one.closes >= now.date():
        return False
    night = datetime.combine(one.closes + timedelta(days=1), time(), UTC)
    since = tending.grace_since.setdefault(one.number, night if tending.hurried else now)
    return now - since >= GRACE


def _open_what_is_due(
    store: Store, survey: str, now: datetime, asked: Collection[int], told: Callable[[str], None]
) -> None:
    """A round for a survey that has none open: its quarter came, or its key."""
    with store.read() as connection:
        rounds = all_rounds(connection, survey)
        following = next_quarter(connection, survey, now.date(), asked)
        due = bool(rounds) and opens_now(connection, survey, following, now.date())
    if any(one.state == "open" for one in rounds) or not due:
        return
    if has_keys(store.key_folder, survey, str(following)):
        with store.begin() as connection:
            opened = open_round(connection, store.key_folder, survey, following)
        told(f"{survey}: round {opened.round} is open until {opened.closes}.")


def _closed(done: Closed) -> str:
    if done.awaited:
        return f"takes no more answers; {len(done.awaited)} other machines must mix before it is closed"
    return "is closed"
