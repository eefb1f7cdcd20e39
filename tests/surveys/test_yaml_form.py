"""Survey files in YAML: every scalar a text, the same fingerprint there and back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from feedback_service.surveys.document import InvalidQuestionnaire, read_document
from feedback_service.surveys.questionnaire import Questionnaire
from feedback_service.surveys.yaml_form import read_yaml, standing_survey, write_yaml

Make = Callable[..., dict[str, Any]]
SMALL = """
name: small
slug: s
audience: clients
source: de
languages: [de]
title: {de: Titel}
intro: {de: Anfang}
questions:
- {name: region, type: region, required: yes_or_no, label: {de: Wo}}
- name: access
  type: select_one
  publish: local
  label: {de: Zugang}
  choices:
  - {name: yes, label: {de: Ja}}
  - {name: no, label: {de: Nein}}
  - {name: 08, label: {de: Null acht}}
  - {name: null, label: {de: 2026-01-01}}
""".replace("yes_or_no", "true")


@pytest.mark.parametrize("name", ["clients", "counsellors"])
def test_a_standing_survey_keeps_its_fingerprint_through_yaml(name: str) -> None:
    survey = standing_survey(name)
    again = read_yaml(write_yaml(survey.document))
    assert again.fingerprint == survey.fingerprint
    assert again.document == survey.document


def test_a_written_survey_has_no_anchors_and_keeps_its_letters_and_order() -> None:
    text = write_yaml(standing_survey("counsellors").document)
    assert "*up_to_three" not in text
    assert "&" not in text
    assert "ما المشكلات" in text
    assert text.startswith("name: counsellors\nslug: b\naudience: counsellors\n")


def test_yes_no_numbers_dates_and_null_stay_text() -> None:
    question = read_yaml(SMALL).question("access")
    assert question is not None
    assert question.choice_names == ("yes", "no", "08", "null")
    assert question.choices[3].label == {"de": "2026-01-01"}


def test_yes_and_no_stay_text_through_a_written_file() -> None:
    survey = read_yaml(SMALL)
    again = read_yaml(write_yaml(survey.document))
    assert again.document == survey.document
    assert again.fingerprint == survey.fingerprint


@settings(deadline=None, max_examples=50)
@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), min_size=1).filter(str.strip))
@example("no")
@example("08")
@example("- a: [b")
@example("# no comment")
@example("'\"")
@example("a: b")
@example("line\nline\n\n  indented\n")
@example(" spaces around ")
@example("\u2028\u2029\ufeff\u200f")
@example("😀")
@example("%(name)s {x} *y &z !w")
def test_any_text_comes_back_from_a_written_file(document: Make, text: str) -> None:
    survey = read_document(document(title={"de": text, "en": "x"}))
    again = read_yaml(write_yaml(survey.document))
    assert again.title["de"] == text
    assert again.fingerprint == survey.fingerprint


def test_a_document_with_numbers_and_flags_keeps_its_fingerprint(question: Make, document: Make) -> None:
    given = document(question("pressing", "select_multiple", max=2, required=True))
    survey = read_document(given)
    assert read_yaml(write_yaml(survey.document)).fingerprint == survey.fingerprint


@pytest.mark.parametrize(
    ("text", "line"), [("a: [1\nb: 2", 2), ("a: b: c", 1), ("\ta: 1", 1), ("a: 'b\n", 2), ("a: *b", 1)]
)
def test_what_is_no_yaml_is_refused_with_its_line(text: str, line: int) -> None:
    with pytest.raises(InvalidQuestionnaire, match=f"line {line} is not valid YAML"):
        read_yaml(text)


@pytest.mark.parametrize("text", ["", "a text", "[]", "- a", "5"])
def test_yaml_that_is_no_survey_is_refused(text: str) -> None:
    with pytest.raises(InvalidQuestionnaire, match="the survey is missing or not a table"):
        read_yaml(text)


def test_yaml_builds_no_objects() -> None:
    with pytest.raises(InvalidQuestionnaire):
        read_yaml("!!python/object/apply:os.system ['true']")


@pytest.mark.parametrize("text", ["name: \x00", "name: \x1b[0m", "[" * 3000], ids=["nul", "escape", "nested"])
def test_a_file_that_yaml_cannot_even_scan_is_refused(text: str) -> None:
    with pytest.raises(InvalidQuestionnaire):
        read_yaml(text)


def test_an_unknown_standing_survey_is_no_survey() -> None:
    with pytest.raises(FileNotFoundError):
        standing_survey("visitors")


def test_shared_lists_are_read_as_if_written_twice(standing: dict[str, Questionnaire]) -> None:
    received = standing["counsellors"].question("training_received")
    needed = standing["counsellors"].question("training_needed")
    assert received is not None
    assert needed is not None
    assert received.choices == needed.choices
