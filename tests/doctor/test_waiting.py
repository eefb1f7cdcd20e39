"""What doctor says about spools and the mix, from plain values."""

from __future__ import annotations

from datetime import timedelta

import pytest

from feedback_service.doctor.finding import Level
from feedback_service.doctor.waiting import (
    Enough,
    check_damaged,
    check_halves,
    check_mix,
    check_stranded,
    check_unreadable,
    enough,
)

DAYS = timedelta(days=3)


@pytest.mark.parametrize(
    ("waiting", "codes", "required", "wanted"),
    [
        (19, False, False, Enough.NO),
        (20, False, False, Enough.YES),
        (19, True, True, Enough.NO),
        (38, True, False, Enough.PERHAPS),
        (39, True, False, Enough.YES),
        (500, True, True, Enough.PERHAPS),
    ],
)
def test_twenty_of_one_pool_are_enough_and_with_codes_there_are_two_pools(
    waiting: int, codes: bool, required: bool, wanted: Enough
) -> None:
    assert enough(waiting, codes=codes, required=required) is wanted


@pytest.mark.parametrize(
    ("since", "waiting", "level"),
    [
        (DAYS, [], Level.FINE),
        (DAYS, [Enough.NO, Enough.NO], Level.FINE),
        (DAYS, [Enough.NO, Enough.PERHAPS], Level.ADVICE),
        (DAYS, [Enough.PERHAPS, Enough.YES], Level.NOW),
        (timedelta(hours=36), [Enough.YES], Level.FINE),
        (timedelta(hours=36, seconds=1), [Enough.YES], Level.NOW),
    ],
)
def test_a_mix_is_overdue_only_where_it_would_move_something(
    since: timedelta, waiting: list[Enough], level: Level
) -> None:
    found = check_mix(since, waiting)
    assert found.level is level
    assert level is Level.FINE or found.todo.startswith("feedback-service mix")


@pytest.mark.parametrize(
    ("since", "told"),
    [
        (timedelta(minutes=59), "less than an hour"),
        (timedelta(hours=5), "5 hours"),
        (DAYS, "3 days"),
        (timedelta(seconds=-1), "less than an hour"),
    ],
)
def test_the_last_mix_is_told_in_whole_hours_or_days(since: timedelta, told: str) -> None:
    assert told in check_mix(since, []).found


def test_without_its_key_the_mix_cannot_read_codes() -> None:
    found = check_mix(None, [])
    assert found.level is Level.NOW and "feedback-service init" in found.todo


@pytest.mark.parametrize(
    ("stranded", "told"), [(1, "Fewer than ten"), (10, "10 or more"), (29, "20 or more")]
)
def test_stranded_answers_are_told_in_tens(stranded: int, told: str) -> None:
    found = check_stranded(stranded)
    assert found.level is Level.NOW and found.found.startswith(told)


def test_a_spool_that_is_whole_is_fine() -> None:
    for found in (check_stranded(0), check_damaged(0), check_unreadable([]), check_halves([])):
        assert found.level is Level.FINE


def test_damage_is_named() -> None:
    damaged, lost = check_damaged(2), check_halves(["web-0/b.spool"])
    assert damaged.level is lost.level is Level.NOW
    assert "2 slots" in damaged.found and "web-0/b.spool" in lost.found
    unreadable = check_unreadable(["web-1/a.spool"])
    assert unreadable.level is Level.ADVICE and "web-1/a.spool" in unreadable.found
