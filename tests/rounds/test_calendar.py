"""The operator's calendar."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from feedback_service.rounds.calendar import InvalidRoundName, Quarter


@pytest.mark.parametrize(
    ("day", "name"),
    [
        (date(2026, 1, 1), "2026-Q1"),
        (date(2026, 3, 31), "2026-Q1"),
        (date(2026, 4, 1), "2026-Q2"),
        (date(2026, 9, 30), "2026-Q3"),
        (date(2026, 10, 1), "2026-Q4"),
        (date(2026, 12, 31), "2026-Q4"),
        (date(2027, 1, 1), "2027-Q1"),
    ],
)
def test_a_day_lies_in_its_quarter(day: date, name: str) -> None:
    assert str(Quarter.of(day)) == name


@pytest.mark.parametrize(
    ("name", "last_day"),
    [
        ("2026-Q1", date(2026, 3, 31)),
        ("2026-Q2", date(2026, 6, 30)),
        ("2026-Q3", date(2026, 9, 30)),
        ("2026-Q4", date(2026, 12, 31)),
        ("2028-Q1", date(2028, 3, 31)),
    ],
)
def test_a_round_closes_on_its_quarters_last_day(name: str, last_day: date) -> None:
    assert Quarter.parse(name).last_day == last_day


def test_the_day_after_a_last_day_begins_the_next_quarter() -> None:
    for quarter in (Quarter(2026, 1).plus(number) for number in range(12)):
        assert Quarter.of(quarter.last_day) == quarter
        assert Quarter.of(quarter.last_day + timedelta(days=1)) == quarter.plus(1)


@pytest.mark.parametrize(
    ("quarters", "name"),
    [(0, "2026-Q4"), (1, "2027-Q1"), (4, "2027-Q4"), (5, "2028-Q1"), (-1, "2026-Q3"), (-4, "2025-Q4")],
)
def test_quarters_follow_one_another_over_the_turn_of_the_year(quarters: int, name: str) -> None:
    assert str(Quarter(2026, 4).plus(quarters)) == name


def test_a_name_is_read_as_it_is_written() -> None:
    assert Quarter.parse("2026-Q4") == Quarter(2026, 4)
    assert str(Quarter.parse("2026-Q4")) == "2026-Q4"


@pytest.mark.parametrize(
    "name",
    ["", "2026", "2026-Q0", "2026-Q5", "2026-q4", "26-Q4", "2026-Q44", " 2026-Q4", "2026-Q4\n", "2026/Q4"],
)
def test_anything_else_is_refused_and_told(name: str) -> None:
    with pytest.raises(InvalidRoundName) as refused:
        Quarter.parse(name)
    assert name.strip() in str(refused.value) and "2026-Q4" in str(refused.value)


def test_a_long_wrong_name_is_not_repeated_whole() -> None:
    with pytest.raises(InvalidRoundName) as refused:
        Quarter.parse("x" * 1000)
    assert len(str(refused.value)) < 100


@pytest.mark.parametrize("name", ["0000-Q1", "9999-Q4"])
def test_a_year_that_no_calendar_has_is_refused_or_has_a_last_day(name: str) -> None:
    try:
        quarter = Quarter.parse(name)
    except InvalidRoundName:
        return
    assert quarter.last_day


def test_digits_of_another_script_name_no_round() -> None:
    with pytest.raises(InvalidRoundName):
        Quarter.parse("٢٠٢٦-Q4")


def test_quarters_are_ordered_by_time() -> None:
    assert sorted([Quarter(2027, 1), Quarter(2026, 4), Quarter(2026, 2)]) == [
        Quarter(2026, 2),
        Quarter(2026, 4),
        Quarter(2027, 1),
    ]
