"""The longest lawful answer is known before anybody is asked."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from feedback_service.regions.directory import Directory
from feedback_service.sealing.plaintext import content_bytes
from feedback_service.surveys.answers import check_answers
from feedback_service.surveys.capacity import longest_plaintext
from feedback_service.surveys.document import InvalidQuestionnaire
from feedback_service.surveys.questionnaire import Questionnaire

Make = Callable[..., dict[str, Any]]
Read = Callable[..., Questionnaire]


def test_the_longest_answer_takes_its_longest_choices_and_whole_text(question: Make, survey: Read) -> None:
    found = survey(
        question("one", "select_one", "a", "bbb"),
        question("many", "select_multiple", "a", "bb", "cccc", "ddd", max="2"),
        question("comment", "text"),
    )
    longest = {"comment": "x" * 3000, "many": ["cccc", "ddd"], "one": "bbb", "region": "00000000"}
    content = {
        "answers": longest,
        "channel": "telegram",
        "lang": "xxx",
        "record_key": "0" * 32,
        "survey": "small",
        "v": 1,
    }
    assert longest_plaintext(found) == len(json.dumps(content, separators=(",", ":")))


@pytest.mark.parametrize("name", ["clients", "counsellors"])
def test_no_lawful_answer_of_a_standing_survey_is_longer(
    standing: dict[str, Questionnaire], directory: Directory, name: str
) -> None:
    given = {
        question.name: sorted(question.choice_names, key=len)[-question.most :]
        for question in standing[name].questions
        if question.choices
    }
    given |= {"region": ["08115003"], "comment": ["ሰ" * 1000]}
    # `none` with another choice is the only thing that these constraints refuse.
    for values in given.values():
        if "none" in values:
            values.remove("none")
    checked = check_answers(standing[name], directory, given)
    assert checked.problems == ()
    content = content_bytes(
        survey=name, lang="prs", channel="telegram", answers=checked.answers, record_key="0" * 32
    )
    assert len(content) <= longest_plaintext(standing[name])


def test_a_survey_whose_longest_answer_fits_no_envelope_is_refused(question: Make, survey: Read) -> None:
    many = [question(f"question_{number}", "select_one", "x" * 30, "y") for number in range(20)]
    with pytest.raises(InvalidQuestionnaire) as refused:
        survey(*many, question("comment", "text"))
    [problem] = refused.value.problems
    assert "an envelope holds 3839" in problem
    assert survey(*many[:10], question("comment", "text")).questions[-1].name == "comment"


def test_two_open_questions_do_not_fit(question: Make, survey: Read) -> None:
    with pytest.raises(InvalidQuestionnaire, match="longest lawful answer takes 6"):
        survey(question("one", "text"), question("two", "text"))
