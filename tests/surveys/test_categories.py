"""How a closed question is counted: its choices in order, `_none` always last."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from feedback_service.surveys.categories import NO_ANSWER, CountedQuestion
from feedback_service.surveys.questionnaire import Questionnaire, counted_questions


def test_closed_questions_are_counted_with_no_answer_last(
    question: Callable[..., dict[str, Any]], survey: Callable[..., Questionnaire]
) -> None:
    found = survey(
        question("access", "select_one", "yes", "no"),
        question("pressing", "select_multiple", "work", "housing", publish="wide"),
        question("trust", "scale", publish="state"),
        question("comment", "text"),
    )
    assert counted_questions(found) == (
        CountedQuestion("access", "select_one", ("yes", "no", "_none"), "local"),
        CountedQuestion("pressing", "select_multiple", ("work", "housing", "_none"), "wide"),
        CountedQuestion("trust", "select_one", ("1", "2", "3", "4", "5", "_none"), "state", scale=True),
    )
    assert NO_ANSWER == "_none"
