"""Rounds by the calendar: ended, closed after two hours, the next one opened; all that was missed made up."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from feedback_service.rounds.calendar import EVERY_QUARTER, Quarter
from feedback_service.rounds.closing import NoNextKey, begin_grace
from feedback_service.rounds.key_folder import public_path
from feedback_service.rounds.opening import next_quarter, open_round
from feedback_service.rounds.tending import Tending, tend
from feedback_service.storage.rounds import all_rounds, move
from feedback_service.storage.session import Store

MIDNIGHT = datetime(2027, 1, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)


def states(store: Store, survey: str = "clients") -> dict[str, str]:
    with store.read() as connection:
        return {one.round: one.state for one in all_rounds(connection, survey)}


def run(
    store: Store, now: datetime, tending: Tending | None = None, asked: Collection[int] = EVERY_QUARTER
) -> list[str]:
    told: list[str] = []
    tend(store, "clients", now, asked, tending or Tending(), told.append)
    return told


def test_on_its_last_day_a_round_is_left_alone(founded: Store) -> None:
    assert run(founded, MIDNIGHT - timedelta(minutes=1)) == []
    assert states(founded) == {"2026-Q4": "open"}


def test_after_its_last_day_it_ends_and_the_next_is_open(founded: Store) -> None:
    assert len(run(founded, MIDNIGHT)) == 2
    assert states(founded) == {"2026-Q4": "ending", "2027-Q1": "open"}


def test_it_is_closed_two_hours_later_and_not_before(founded: Store) -> None:
    tending = Tending()
    run(founded, MIDNIGHT, tending)
    assert run(founded, MIDNIGHT + HOUR * 1.99, tending) == []
    assert run(founded, MIDNIGHT + HOUR * 2, tending) == ["clients: round 2026-Q4 is closed."]
    assert states(founded) == {"2026-Q4": "closed", "2027-Q1": "open"}
    assert run(founded, MIDNIGHT + HOUR * 3, tending) == []


def test_a_restart_in_the_grace_goes_on_and_gives_two_hours_anew(founded: Store) -> None:
    run(founded, MIDNIGHT)
    restarted = Tending()
    assert run(founded, MIDNIGHT + HOUR, restarted) == []
    assert run(founded, MIDNIGHT + HOUR * 2.9, restarted) == []
    assert run(founded, MIDNIGHT + HOUR * 3, restarted) != []
    assert states(founded)["2026-Q4"] == "closed"


def test_for_a_timer_the_night_of_the_last_day_counts(founded: Store) -> None:
    run(founded, MIDNIGHT + HOUR, Tending(hurried=True))
    assert states(founded)["2026-Q4"] == "ending"
    run(founded, MIDNIGHT + HOUR * 1.5, Tending(hurried=True))
    assert states(founded)["2026-Q4"] == "ending"
    run(founded, MIDNIGHT + HOUR * 2, Tending(hurried=True))
    assert states(founded)["2026-Q4"] == "closed"


def test_a_timer_that_comes_late_still_leaves_a_grace(founded: Store) -> None:
    run(founded, MIDNIGHT + HOUR * 30, Tending(hurried=True))
    assert states(founded)["2026-Q4"] == "ending"


def test_a_grace_that_somebody_began_before_the_last_day_is_theirs(founded: Store, the_round: Any) -> None:
    begin_grace(founded, founded.key_folder, the_round(founded), date(2026, 12, 1))
    tending = Tending()
    for hours in (0, 5):
        run(founded, datetime(2026, 12, 1, tzinfo=UTC) + HOUR * hours, tending)
    assert states(founded)["2026-Q4"] == "ending"


def test_a_close_that_was_cut_off_is_finished_at_any_time(founded: Store, the_round: Any) -> None:
    with founded.begin() as connection:
        move(connection, the_round(founded).number, ["open"], "closing")
    run(founded, datetime(2026, 11, 5, tzinfo=UTC))
    assert states(founded) == {"2026-Q4": "closed", "2027-Q1": "open"}


def test_without_a_next_key_nobody_loses_the_form_and_it_goes_on_when_it_is_there(founded: Store) -> None:
    key = public_path(founded.key_folder, "clients", "2027-Q1")
    hidden: Path = key.rename(key.with_suffix(".away"))
    with pytest.raises(NoNextKey):
        run(founded, MIDNIGHT)
    assert states(founded) == {"2026-Q4": "open"}
    hidden.rename(key)
    run(founded, MIDNIGHT + HOUR * 40)
    assert states(founded) == {"2026-Q4": "ending", "2027-Q1": "open"}


def test_after_months_without_power_the_current_quarter_is_open(founded: Store) -> None:
    run(founded, datetime(2027, 8, 10, tzinfo=UTC))
    assert states(founded) == {"2026-Q4": "ending", "2027-Q3": "open"}


def test_a_survey_that_is_asked_in_some_quarters_opens_when_its_quarter_comes(founded: Store) -> None:
    asked, tending = (2, 4), Tending()
    run(founded, MIDNIGHT, tending, asked)
    run(founded, MIDNIGHT + HOUR * 2, tending, asked)
    assert states(founded) == {"2026-Q4": "closed"}
    run(founded, datetime(2027, 3, 31, 23, tzinfo=UTC), tending, asked)
    assert states(founded) == {"2026-Q4": "closed"}
    assert run(founded, datetime(2027, 4, 1, tzinfo=UTC), tending, asked) == [
        "clients: round 2027-Q2 is open until 2027-06-30."
    ]


def test_a_round_without_its_key_opens_once_the_key_is_there(founded: Store, the_round: Any) -> None:
    with founded.begin() as connection:
        move(connection, the_round(founded).number, ["open"], "closed")
    key = public_path(founded.key_folder, "clients", "2027-Q1")
    hidden = key.rename(key.with_suffix(".away"))
    assert run(founded, MIDNIGHT) == []
    hidden.rename(key)
    assert run(founded, MIDNIGHT) == ["clients: round 2027-Q1 is open until 2027-03-31."]


@pytest.mark.parametrize(
    ("asked", "today", "expected"),
    [
        (EVERY_QUARTER, date(2026, 11, 1), "2027-Q1"),
        ((2, 4), date(2026, 11, 1), "2027-Q2"),
        ((4,), date(2026, 11, 1), "2027-Q4"),
        ((3,), date(2028, 1, 1), "2028-Q3"),
        ((), date(2026, 11, 1), "2027-Q1"),
    ],
)
def test_the_next_quarter_is_one_in_which_the_survey_is_asked(
    founded: Store, asked: Collection[int], today: date, expected: str
) -> None:
    with founded.read() as connection:
        assert str(next_quarter(connection, "clients", today, asked)) == expected


def test_the_first_round_of_a_survey_is_opened_by_a_person(founded: Store) -> None:
    tend(founded, "nobody", MIDNIGHT, EVERY_QUARTER, Tending())
    with founded.begin() as connection:
        assert all_rounds(connection, "nobody") == []
        move(connection, 1, ["open"], "closed")
        open_round(connection, founded.key_folder, "clients", Quarter(2027, 1))
