"""Above ten times what is expected, answers without a code are refused."""

from __future__ import annotations

from dataclasses import replace

import pytest

from feedback_service.intake.flood import FloodGate, TooManyAnswers
from feedback_service.intake.open_rounds import OpenRounds, OpenSurvey


@pytest.fixture
def survey(open_rounds: OpenRounds) -> OpenSurvey:
    found = open_rounds.latest.survey("clients")
    assert found
    return found


def _admitted(gate: FloodGate, survey: OpenSurvey, tries: int, *, with_code: bool = False) -> int:
    admitted = 0
    for _ in range(tries):
        try:
            gate.admit(survey, with_code=with_code)
            admitted += 1
        except TooManyAnswers:
            pass
    return admitted


def test_ten_times_the_expected_answers_are_taken_and_then_only_those_with_a_code(survey: OpenSurvey) -> None:
    gate = FloodGate({"clients": 3})
    assert _admitted(gate, survey, 50) == 30
    assert _admitted(gate, survey, 50, with_code=True) == 50
    assert _admitted(gate, survey, 5) == 0


def test_what_the_mix_has_counted_is_counted_in_and_not_twice(survey: OpenSurvey) -> None:
    gate = FloodGate({"clients": 3})
    assert _admitted(gate, survey, 25) == 25
    assert _admitted(gate, replace(survey, mixed=20), 50) == 10
    assert _admitted(gate, replace(survey, mixed=30), 50) == 0


def test_after_a_restart_the_total_of_the_last_mix_still_holds(survey: OpenSurvey) -> None:
    assert _admitted(FloodGate({"clients": 3}), replace(survey, mixed=20), 50) == 10


def test_rounds_are_counted_apart(survey: OpenSurvey) -> None:
    gate = FloodGate({"clients": 1})
    assert _admitted(gate, survey, 20) == 10
    assert _admitted(gate, replace(survey, round_number=9), 20) == 10


def test_where_nobody_said_what_to_expect_there_is_no_limit(survey: OpenSurvey) -> None:
    assert _admitted(FloodGate({}), survey, 500) == 500
