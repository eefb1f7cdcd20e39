"""What doctor says about rounds, from plain values."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from feedback_service.doctor.finding import Level
from feedback_service.doctor.quarters import check_flood, check_keys_ready, check_open, check_unfinished
from feedback_service.storage.rounds import Round, RoundState

MakeRound = Callable[..., Round]
LAST_DAY = date(2026, 12, 31)
NEW_YEAR = date(2027, 1, 1)


def test_a_survey_without_an_open_round_has_nobody_who_could_answer(make_round: MakeRound) -> None:
    found = check_open("clients", [make_round("closed")], LAST_DAY)
    assert found.level is Level.NOW and "rounds open clients" in found.todo


def test_a_round_is_overdue_from_the_day_after_its_last(make_round: MakeRound) -> None:
    assert check_open("clients", [make_round()], LAST_DAY).level is Level.FINE
    late = check_open("clients", [make_round()], NEW_YEAR)
    assert late.level is Level.NOW and late.todo == "feedback-service rounds close clients"


@pytest.mark.parametrize(
    ("ready", "today", "level"),
    [
        (0, date(2026, 12, 1), Level.NOW),
        (0, date(2026, 11, 30), Level.ADVICE),
        (1, LAST_DAY, Level.ADVICE),
        (2, LAST_DAY, Level.FINE),
    ],
)
def test_keys_for_two_coming_rounds_should_lie_ready(ready: int, today: date, level: Level) -> None:
    found = check_keys_ready("clients", ready, LAST_DAY, today)
    assert found.level is level
    assert level is Level.FINE or found.todo == "feedback-service keys create clients"


def test_without_an_open_round_and_a_key_it_is_urgent() -> None:
    assert check_keys_ready("clients", 0, None, date(2026, 10, 1)).level is Level.NOW


@pytest.mark.parametrize(
    ("state", "today", "level", "step"),
    [
        ("closing", LAST_DAY, Level.NOW, "close"),
        ("ending", NEW_YEAR, Level.ADVICE, "close"),
        ("ending", date(2027, 1, 2), Level.NOW, "close"),
        ("closed", date(2027, 1, 14), Level.ADVICE, "count"),
        ("closed", date(2027, 1, 15), Level.NOW, "count"),
        ("counted", date(2027, 1, 14), Level.ADVICE, "release"),
        ("counted", date(2027, 1, 15), Level.NOW, "release"),
        ("released", date(2028, 1, 1), Level.ADVICE, "shred"),
    ],
)
def test_what_a_close_left_to_be_done_is_named_with_its_command(
    make_round: MakeRound, state: RoundState, today: date, level: Level, step: str
) -> None:
    (found,) = check_unfinished("clients", [make_round(state)], today)
    assert found.level is level and f"rounds {step} clients --round" in found.todo
    assert "2026-Q4" in found.found


@pytest.mark.parametrize("state", ["open", "shredded"])
def test_nothing_is_left_of_a_round_that_is_open_or_shredded(make_round: MakeRound, state: str) -> None:
    assert list(check_unfinished("clients", [make_round(state)], NEW_YEAR)) == []


def test_released_rounds_are_one_line_however_many(make_round: MakeRound) -> None:
    rounds = [make_round("released", name) for name in ("2026-Q2", "2026-Q3")]
    (found,) = check_unfinished("clients", rounds, NEW_YEAR)
    assert "2026-Q2, 2026-Q3" in found.found


@pytest.mark.parametrize(
    ("answers", "level"), [(799, Level.FINE), (800, Level.NOW), (1000, Level.NOW)], ids=str
)
def test_a_flood_is_an_alarm_before_answers_are_refused(
    make_round: MakeRound, answers: int, level: Level
) -> None:
    found = check_flood("clients", make_round(), answers, 1000)
    assert found.level is level
    # What came since the last mix must not be told: only the limit is named.
    assert str(answers) not in found.found.replace("1000", "")


def test_where_nobody_said_what_to_expect_it_says_so(make_round: MakeRound) -> None:
    assert check_flood("clients", make_round(), 0, None).level is Level.ADVICE


def test_between_two_quarters_of_its_calendar_a_survey_needs_no_open_round(
    make_round: Callable[..., Round],
) -> None:
    one = make_round("released")
    assert check_open("clients", [one], date(2027, 2, 1), "2027-Q2").level is Level.FINE
    assert check_open("clients", [one], date(2027, 2, 1), None).level is Level.NOW
