"""Workbooks: out without a loss, in with everything that couldn't be asked said by name."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyxform.xls2xform import convert

from feedback_service.regions.directory import baden_wuerttemberg
from feedback_service.surveys.answers import check_answers
from feedback_service.surveys.document import read_document
from feedback_service.surveys.questionnaire import Questionnaire
from feedback_service.surveys.translating.freshness import compared, marked_outdated
from feedback_service.surveys.xlsform.reading import read_xlsform
from feedback_service.surveys.xlsform.rules import joined, without_picks
from feedback_service.surveys.xlsform.words import InvalidXlsForm
from feedback_service.surveys.xlsform.writing import write_xlsform
from feedback_service.surveys.yaml_form import STANDING, standing_survey

from .workbooks import childcare, courses, workbook

Make = Callable[..., dict[str, Any]]
BOTH = pytest.mark.parametrize("made", [courses, childcare])
# pyxform trims what it reads and takes ${…} for a reference.
TEXT = st.text(
    st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp", "Zs"), exclude_characters="\ufffe\uffff$")
    | st.sampled_from(" \n"),
    min_size=1,
    max_size=40,
).filter(lambda text: text == text.strip())


def _read(content: bytes) -> Questionnaire:
    return read_document(read_xlsform(content).document)


@pytest.mark.parametrize("name", STANDING)
def test_a_standing_survey_comes_back_as_it_went_and_pyxform_has_nothing_to_say(name: str) -> None:
    survey = standing_survey(name)
    content = write_xlsform(survey.document)
    warnings: list[str] = []
    convert(xlsform=BytesIO(content), validate=False, warnings=warnings)
    assert warnings == []
    imported = read_xlsform(content)
    assert imported.left_out == () and imported.document == survey.document
    assert read_document(imported.document).fingerprint == survey.fingerprint


@BOTH
def test_a_workbook_of_somebody_else_is_taken_over_and_survives_the_way_back(
    made: Callable[[], bytes],
) -> None:
    convert(xlsform=BytesIO(made()), validate=False)
    survey = _read(made())
    again = read_xlsform(write_xlsform(survey.document))
    assert again.left_out == ()
    assert read_document(again.document).fingerprint == survey.fingerprint


def test_rules_groups_and_languages_of_a_workbook_hold_when_somebody_answers() -> None:
    imported = read_xlsform(courses())
    survey = read_document(imported.document)
    assert imported.left_out == ("settings: version", "survey, row 5: the label of the group")
    assert (survey.name, survey.slug, survey.source) == ("courses", "courses", "de")
    assert survey.languages == ("de", "en", "ar") and survey.title["ar"] == "دورات الألمانية"
    kinds = {one.name: (one.type, one.most) for one in survey.questions}
    assert kinds["region"] == ("region", 1) and kinds["good"] == ("select_multiple", 2)
    assert kinds["level"] == ("scale", 1) and kinds["course"] == ("select_one", 1)

    def checked(**given: list[str]) -> tuple[dict[str, Any], list[str]]:
        found = check_answers(survey, baden_wuerttemberg(), {"region": ["08416"], **given})
        return found.answers, [problem.question for problem in found.problems]

    everything = {"course": ["yes"], "good": ["teacher"], "level": ["4"]}
    assert checked(**everything) == ({"region": "08416", **everything, "course": "yes", "level": "4"}, [])
    assert checked(**everything | {"course": ["no"]}) == ({"region": "08416", "course": "no"}, [])
    assert checked(course=["yes"], good=["time"], level=["4"])[0] == {
        "region": "08416", "course": "yes", "good": ["time"],
    }  # fmt: skip
    assert checked(course=["yes"], good=["none", "time"])[1] == ["good"]
    assert checked(course=["yes"], comment=["ja"])[1] == ["comment"]


def test_english_may_be_the_source_and_columns_named_in_other_ways() -> None:
    survey = _read(childcare())
    assert (survey.source, survey.languages) == ("en", ("en", "uk", "ti"))
    why, place = survey.question("why"), survey.question("place")
    assert why is not None and why.most == 3 and why.constraint is None
    assert place is not None and place.pictograms and not place.required and survey.questions[0].required


@settings(max_examples=15, deadline=None)
@given(first=TEXT, second=TEXT)
def test_odd_texts_come_back_as_they_went(question: Make, document: Make, first: str, second: str) -> None:
    texts = {"de": first, "en": second}
    asked = question("a", "select_multiple", "08", "1", max="2", hint=texts, relevant="${b} = 'x'")
    asked["choices"][0]["label"] = texts
    odd = document(question("b", "text"), asked, title=texts, intro=texts)
    back = read_xlsform(write_xlsform(odd)).document
    assert read_document(back).fingerprint == read_document(odd).fingerprint


@pytest.mark.parametrize(
    "text", ["=cmd|'/c calc'!A1", "+1", "@x", "007", "1e5", "https://example.org", "TRUE"]
)
def test_no_text_becomes_a_formula_a_number_or_a_link(document: Make, text: str) -> None:
    odd = document(title={"de": text, "en": text})
    content = write_xlsform(odd)
    cells = [cell for row in openpyxl.load_workbook(BytesIO(content))["survey"] for cell in row if cell.value]
    assert {cell.data_type for cell in cells} == {"s"} and text in {cell.value for cell in cells}
    assert not any(cell.hyperlink for cell in cells)
    assert read_document(read_xlsform(content).document).title["de"] == text


def test_what_is_noted_about_translations_comes_back(document: Make) -> None:
    noted = marked_outdated(compared(document(), None), "en", ["title"])
    assert read_xlsform(write_xlsform(noted)).document == read_document(noted).document


HEAD = ["type", "name", "label::Deutsch (de)", "hint::Deutsch (de)", "required", "publish"]
ABOUT = ["note", "about", "Titel", "Worum es geht"]
REGION = ["select_one_from_file regions.csv", "region", "Wo?", "", "yes"]
LIST = [["list_name", "name", "label::Deutsch (de)"], ["l", "a", "A"], ["l", "b", "B"]]
SETTINGS = [["form_id", "default_language", "slug", "audience"], ["x", "Deutsch (de)", "x", "clients"]]


@pytest.mark.parametrize(
    "kind",
    [
        "integer", "decimal", "date", "geopoint", "image", "audio", "barcode", "calculate", "range",
        "acknowledge", "rank l", "select_one l or_other", "note",
    ],
)  # fmt: skip
def test_a_type_that_is_not_asked_here_is_refused_by_name(kind: str) -> None:
    row = [kind, "q", "Frage"]
    extra = ["calculation"] if kind == "calculate" else []
    content = workbook(
        [[*HEAD, *extra], ABOUT, REGION, row + (["", "", "", "1"] if extra else [])], LIST, SETTINGS
    )
    with pytest.raises(InvalidXlsForm, match=rf"survey, row 4: the type “{kind}” is not taken over"):
        read_xlsform(content)


@pytest.mark.parametrize("kind", ["deviceid", "start", "today", "username"])
def test_what_tells_who_answered_or_when_is_refused_for_that(kind: str) -> None:
    content = workbook([HEAD, ABOUT, REGION, [kind, "q"]], LIST, SETTINGS)
    with pytest.raises(InvalidXlsForm, match=f"“{kind}” is not taken over, it tells who answered or when"):
        read_xlsform(content)


def test_everything_that_is_wrong_is_said_at_once() -> None:
    rows = [
        [*HEAD, "default", "label::Klingonisch (tlh)"],
        REGION,
        ["integer", "age", "Alter"],
        ["select_one l", "q", "Frage", "", "${age} > 3", "local", "a"],
        ["text", "t", "Text", "", "", "", "", "x"],
    ]
    with pytest.raises(InvalidXlsForm) as refused:
        read_xlsform(workbook(rows, LIST, SETTINGS))
    assert refused.value.problems == [
        "survey: the column “default” has no counterpart here",
        "survey: the column “label::Klingonisch (tlh)” has no counterpart here",
        "survey, row 3: the type “integer” is not taken over, nothing here is like it",
        "survey, row 4: required is yes or no, not the rule “${age} > 3”",
        "survey: a row of type note named about is needed, its label the title, its hint the introduction",
    ]


def _changed(content: bytes, name: str, data: bytes) -> bytes:
    out = BytesIO(content)
    with ZipFile(out, "a") as parts:
        parts.writestr(name, data)
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (lambda: b"", "no workbook"),
        (lambda: b"PK\x03\x04 broken", "no workbook"),
        (lambda: _changed(childcare(), "xl/vbaProject.bin", b"x"), "macros"),
        (lambda: _changed(childcare(), "xl/more.xml", b"<!DOCTYPE a>"), "a DOCTYPE"),
        (lambda: _changed(childcare(), "xl/bomb.xml", b"\0" * 21_000_000), "larger than any survey"),
        (lambda: workbook([["type", "name"], ["select_one nothing", "q"]]), "refused: "),
        (lambda: workbook([["nothing"], ["x"]]), "refused: "),
    ],
)
def test_a_file_that_is_no_such_workbook_gets_one_clear_sentence(
    content: Callable[[], bytes], complaint: str
) -> None:
    with pytest.raises(InvalidXlsForm, match=complaint):
        read_xlsform(content())


def test_a_text_that_no_workbook_can_carry_is_refused_when_writing(document: Make) -> None:
    with pytest.raises(InvalidXlsForm):
        write_xlsform(document(title={"de": "Hallo ${nobody}", "en": "x"}))


HALVES = "(a) or (b) and count-selected(.) <= 1"


@pytest.mark.parametrize(
    ("rule", "kind", "found"),
    [
        ("count-selected(.) <= 2", "select_multiple", {"max": "2"}),
        ("count-selected( . )<3", "select_multiple", {"max": "2"}),
        ("(a = 'b') and count-selected(.) <= 1", "select_multiple", {"constraint": "a = 'b'", "max": "1"}),
        (HALVES, "select_multiple", {"constraint": HALVES}),
        ("(')') and count-selected(.) <= 1", "select_multiple", {"constraint": "')'", "max": "1"}),
        ("count-selected(.) <= 2", "select_one", {"constraint": "count-selected(.) <= 2"}),
        ("", "select_multiple", {}),
    ],
)  # fmt: skip
def test_the_highest_number_of_picks_is_taken_out_of_a_rule(
    rule: str, kind: str, found: dict[str, str]
) -> None:
    assert without_picks(rule, kind) == found


def test_rules_of_groups_are_put_together() -> None:
    assert joined("", "a", "") == "a" and joined("a", "b or c") == "(a) and (b or c)" and joined("") == ""
