"""Invented answers: lawful, uneven, and the same ones for the same seed."""

from __future__ import annotations

from collections import Counter

import pytest

from feedback_service.demo.invented import Invented, invent
from feedback_service.regions.directory import baden_wuerttemberg
from feedback_service.surveys.answers import check_answers
from feedback_service.surveys.questionnaire import Questionnaire
from feedback_service.surveys.yaml_form import STANDING, standing_survey

DIRECTORY = baden_wuerttemberg()


@pytest.fixture(params=STANDING)
def questionnaire(request: pytest.FixtureRequest) -> Questionnaire:
    return standing_survey(request.param)


def _some(questionnaire: Questionnaire, round_id: str = "2026-Q4", number: int = 200) -> list[Invented]:
    return list(invent(questionnaire, DIRECTORY, round_id, number))


def test_every_invented_answer_is_lawful_and_already_clean(questionnaire: Questionnaire) -> None:
    for one in _some(questionnaire):
        given = {name: value if isinstance(value, list) else [value] for name, value in one.answers.items()}
        checked = check_answers(questionnaire, DIRECTORY, given)
        assert checked.problems == () and checked.answers == one.answers
        assert one.lang in questionnaire.languages


def test_inventing_twice_sends_the_same_answers_with_the_same_receipts(questionnaire: Questionnaire) -> None:
    first, second = _some(questionnaire), _some(questionnaire)
    assert first == second
    assert [one.receipt.id_for(one.answers) for one in first] == [
        one.receipt.id_for(one.answers) for one in second
    ]
    assert len({one.receipt.tag for one in first}) == 200


def test_fewer_are_the_beginning_of_more(questionnaire: Questionnaire) -> None:
    assert _some(questionnaire, number=50) == _some(questionnaire, number=200)[:50]


def test_rounds_and_surveys_have_answers_of_their_own(questionnaire: Questionnaire) -> None:
    now, before = _some(questionnaire), _some(questionnaire, "2026-Q3")
    assert not {one.receipt.tag for one in now} & {one.receipt.tag for one in before}
    others = {
        one.receipt.tag
        for name in STANDING
        if name != questionnaire.name
        for one in _some(standing_survey(name))
    }
    assert not {one.receipt.tag for one in now} & others


def test_districts_are_uneven_some_say_none_and_everything_is_skipped_by_somebody(
    questionnaire: Questionnaire,
) -> None:
    made = _some(questionnaire, number=400)
    regions = Counter(one.answers["region"] for one in made if isinstance(one.answers["region"], str))
    assert regions["08"] and sum(regions.values()) == 400
    sizes = sorted(n for region, n in regions.items() if region != "08")
    assert sizes[0] < 5 < 20 < sizes[-1]
    for question in questionnaire.questions:
        answered = sum(question.name in one.answers for one in made)
        assert 0 < answered <= 400 and (answered == 400) == (question.type == "region")
