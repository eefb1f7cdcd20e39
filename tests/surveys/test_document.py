"""A survey that couldn't be asked, sealed or counted is refused, and everything wrong is said at once."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from feedback_service.surveys.document import InvalidQuestionnaire, read_document
from feedback_service.surveys.questionnaire import Questionnaire

Make = Callable[..., dict[str, Any]]


def _problems(document: object) -> list[str]:
    with pytest.raises(InvalidQuestionnaire) as refused:
        read_document(document)
    assert str(refused.value) == "The survey is refused: " + "; ".join(refused.value.problems)
    return refused.value.problems


def test_a_lawful_document_is_read_whole(question: Make, document: Make, texts: Make) -> None:
    survey = read_document(
        document(
            question("access", hint=texts("hint"), required="true", publish="wide"),
            question(
                "pressing",
                "select_multiple",
                "none",
                "work",
                max="2",
                relevant="${access} = 'no'",
                constraint="not(selected(., 'none') and count-selected(.) > 1)",
                constraint_message=texts("message"),
                pictograms="true",
            ),
            question("trust", "scale"),
            question("comment", "text"),
        )
    )
    region, access, pressing, trust, comment = survey.questions
    assert (region.type, region.required, region.publish, region.closed) == ("region", True, None, False)
    assert (access.type, access.required, access.publish, access.most) == ("select_one", True, "wide", 1)
    assert access.hint == texts("hint")
    assert access.choices[0].label == {"de": "yes (de)", "en": "yes (en)"}
    assert (pressing.most, pressing.pictograms, pressing.required) == (2, True, False)
    assert pressing.relevant is not None
    assert pressing.relevant.names == {"access"}
    assert pressing.constraint is not None
    assert pressing.constraint_message == texts("message")
    assert trust.choice_names == ("1", "2", "3", "4", "5")
    assert (comment.closed, comment.choices, comment.publish) == (False, (), None)
    assert (survey.name, survey.slug, survey.audience, survey.source) == ("small", "s", "clients", "de")


def test_a_multiple_choice_takes_three_picks_unless_it_says_fewer(question: Make, document: Make) -> None:
    survey = read_document(
        document(question("a", "select_multiple"), question("b", "select_multiple", max=1))
    )
    assert [one.most for one in survey.questions[1:]] == [3, 1]


@pytest.mark.parametrize("flag", [True, "true", "True", "TRUE"])
def test_a_flag_may_be_true_as_json_or_yaml_write_it(question: Make, document: Make, flag: object) -> None:
    survey = read_document(document(question("a", required=flag), question("b", required=False)))
    assert [one.required for one in survey.questions] == [True, True, False]


@pytest.mark.parametrize("code", ["de", "en"])
def test_a_missing_text_is_named_with_its_question_and_language(
    question: Make, document: Make, code: str
) -> None:
    asked = question("access")
    del asked["choices"][1]["label"][code]
    assert _problems(document(asked)) == [f"question “access”, choice “no”: no text in {code}"]
    asked = question("access")
    asked["label"][code] = "  "
    assert _problems(document(asked)) == [f"question “access”, label: no text in {code}"]


def test_a_missing_hint_title_or_message_is_named_too(question: Make, document: Make) -> None:
    asked = question(
        "access", hint={"de": "x"}, constraint="selected(., 'yes')", constraint_message={"en": "y"}
    )
    assert _problems(document(asked, title={"de": "x"}, intro=None)) == [
        "question “access”, hint: no text in en",
        "question “access”, constraint_message: no text in de",
        "title: no text in en",
        "intro is missing or not a table of names and values",
        "intro: no text in de, en",
    ]


def test_a_text_in_a_language_that_the_survey_does_not_speak_is_named(question: Make, document: Make) -> None:
    asked = question("access", label={"de": "a", "en": "b", "fr": "c"})
    assert _problems(document(asked)) == ["question “access”, label: “fr” is not known"]


def _bad_questions() -> dict[str, tuple[tuple[Any, ...], dict[str, Any], str]]:
    return {
        "unknown type": (("a", "range"), {}, "question “a”: the type “range” is not known (select_one"),
        "no type": (("a",), {"type": None}, "the type “” is not known"),
        "no name": (("",), {}, "question 2: the name is missing"),
        "bad name": (("Access",), {}, "question “Access”: the name is missing or not a short"),
        "name with a line feed": (("a\n",), {}, "not a short lower-case word"),
        "long name": (("a" * 31,), {}, "not a short lower-case word"),
        "reserved name": (("_none",), {}, "question “_none”: the name is missing or not"),
        "reserved choice": (("a", "select_one", "_none", "b"), {}, "a choice's name “_none” is not"),
        "bad choice": (("a", "select_one", "Ja", "b"), {}, "a choice's name “Ja” is not"),
        "choice twice": (("a", "select_one", "b", "b"), {}, "question “a”: the choice “b” stands twice"),
        "one choice": (("a", "select_one", "b"), {}, "question “a”: it needs two choices or more"),
        "no choices": (("a",), {"choices": None}, "question “a”: it needs two choices or more"),
        "choices no list": (("a",), {"choices": "yes"}, "question “a”, choices is missing or not a list"),
        "choice no table": (("a",), {"choices": ["yes", "no"]}, "question “a”, a choice is missing or not a"),
        "scale of four": (("a", "scale", "1", "2", "3", "4"), {}, "“a”: a scale has the choices 1 to 5"),
        "scale backwards": (("a", "scale", *"54321"), {}, "a scale has the choices 1 to 5"),
        "no publish": (("a",), {"publish": None}, "question “a”: publish is local, wide or state"),
        "bad publish": (("a",), {"publish": "kreis"}, "question “a”: publish is local, wide or state"),
        "published text": (("a", "text"), {"publish": "local"}, "has no choices and no publish"),
        "text with choices": (
            ("a", "text"),
            {"choices": [{"name": "b", "label": {"de": "b", "en": "b"}}]},
            "question “a”: a question of this type has no choices and no publish",
        ),
        "four picks": (("a", "select_multiple"), {"max": "4"}, "question “a”: max is 1 to 3"),
        "no picks": (("a", "select_multiple"), {"max": "0"}, "question “a”: max is 1 to 3"),
        "minus one pick": (("a", "select_multiple"), {"max": "-1"}, "question “a”: max is 1 to 3"),
        "half a pick": (("a", "select_multiple"), {"max": "1.5"}, "question “a”: max is 1 to 3"),
        "raised two": (("a", "select_multiple"), {"max": "²"}, "question “a”: max is 1 to 3"),
        "max of one": (("a",), {"max": "1"}, "question “a”: only select_multiple has max"),
        "flag": (("a",), {"required": "yes"}, "question “a”, required is true or false"),
        "pictograms": (("a",), {"pictograms": "1"}, "question “a”, pictograms is true or false"),
        "unknown key": (("a",), {"requierd": "true"}, "question “a”: “requierd” is not known"),
        "bad relevant": (("a",), {"relevant": "x("}, "“a”, relevant: The expression “x(” can't be"),
        "constraint alone": (("a",), {"constraint": ". = 'yes'"}, "and constraint_message go together"),
        "message alone": (
            ("a",),
            {"constraint_message": {"de": "x", "en": "y"}},
            "constraint and constraint_message go together",
        ),
        "unknown question": (("a",), {"relevant": "${b} = 'x'"}, "“b”"),
        "itself": (("a",), {"relevant": "${a} = 'yes'"}, "“a”"),
        "relevant on the answer": (("a",), {"relevant": ". = 'yes'"}, "“.”"),
    }  # fmt: skip


@pytest.mark.parametrize(("made", "more", "said"), _bad_questions().values(), ids=_bad_questions())
def test_a_bad_question_is_refused_by_name(
    question: Make, document: Make, made: tuple[Any, ...], more: dict[str, Any], said: str
) -> None:
    problems = _problems(document(question(*made, **more)))
    assert any(said in problem for problem in problems), problems


def test_names_that_stand_twice_are_named_once(question: Make, document: Make) -> None:
    problems = _problems(document(question("a"), question("a"), question("a")))
    assert problems == ["question “a” stands twice"]


def test_a_question_may_refer_only_to_earlier_ones(question: Make, document: Make) -> None:
    first, second = question("a", relevant="${b} = 'yes'"), question("b")
    [problem] = _problems(document(first, second))
    assert "“a”" in problem
    assert "b" in problem
    assert read_document(document(second, first)).questions[2].relevant is not None


def test_a_constraint_may_refer_to_earlier_questions_and_to_itself_only(
    question: Make, document: Make, texts: Make
) -> None:
    lawful = question("b", constraint=". = 'yes' or ${a} = 'no'", constraint_message=texts("no"))
    assert read_document(document(question("a"), lawful)).questions[2].constraint is not None
    [problem] = _problems(document(lawful, question("a")))
    assert "“b”" in problem


def _bad_tops() -> dict[str, tuple[dict[str, Any], str]]:
    return {
        "unknown key": ({"titel": "x"}, "the survey: “titel” is not known"),
        "no name": ({"name": None}, "name is missing or not a short lower-case word"),
        "bad slug": ({"slug": "Über uns"}, "slug is missing or not a short lower-case word"),
        "long slug": ({"slug": "a" * 21}, "slug is missing or not a short lower-case word"),
        "slug with a slash": ({"slug": "a/b"}, "slug is missing or not a short lower-case word"),
        "no audience": ({"audience": None}, "audience is missing or not a short lower-case word"),
        "no languages": ({"languages": []}, "source is missing or none of the languages"),
        "languages no list": ({"languages": "de"}, "languages is missing or not a list"),
        "unknown language": ({"languages": ["de", "en", "xx"]}, "the language “xx” is not known"),
        "no source": ({"source": None}, "source is missing or none of the languages"),
        "other source": ({"source": "uk"}, "source is missing or none of the languages"),
        "no questions": ({"questions": None}, "questions is missing or not a list"),
        "questions no list": ({"questions": {}}, "questions is missing or not a list"),
        "question no table": ({"questions": ["region"]}, "question 1 is missing or not a table"),
    }


@pytest.mark.parametrize(("more", "said"), _bad_tops().values(), ids=_bad_tops())
def test_a_bad_survey_is_refused(document: Make, more: dict[str, Any], said: str) -> None:
    problems = _problems(document(**more))
    assert any(said in problem for problem in problems), problems


@pytest.mark.parametrize(
    "slug", ["thanks", "delete", "privacy", "what-we-keep", "results", "replies", "accessibility"]
)
def test_a_slug_that_is_an_address_of_the_service_is_refused(document: Make, slug: str) -> None:
    assert _problems(document(slug=slug)) == [f"the slug “{slug}” is an address of the service itself"]


def test_a_slug_that_is_a_list_is_refused(document: Make) -> None:
    assert "slug is missing or not a short lower-case word" in _problems(document(slug=["a"]))


@pytest.mark.parametrize("text", [["a"], {"a": "b"}, None], ids=["list", "table", "nothing"])
def test_a_text_that_is_no_text_is_refused(question: Make, document: Make, text: object) -> None:
    _problems(document(question("a", label={"de": text, "en": "x"})))


def test_an_unknown_key_of_a_choice_is_refused(question: Make, document: Make) -> None:
    asked = question("a")
    asked["choices"][0]["lable"] = {"de": "x"}
    assert _problems(document(asked)) == ["question “a”, choice “yes”: “lable” is not known"]


def test_a_language_that_stands_twice_is_refused(document: Make) -> None:
    assert _problems(document(languages=["de", "en", "de"])) == ["the language “de” stands twice"]


@pytest.mark.parametrize("given", [None, 5, "text", [], ["a"]])
def test_what_is_no_table_is_refused(given: object) -> None:
    assert _problems(given)[0] == "the survey is missing or not a table of names and values"


NEEDED = "exactly one question of type region, required and always asked, is needed"


def test_there_must_be_exactly_one_region_question(question: Make, document: Make) -> None:
    assert _problems(document(question("place", "region", required="true"))) == [NEEDED]
    assert _problems(document(questions=[question("access")])) == [NEEDED]


def test_the_region_must_be_required_and_always_asked(question: Make, document: Make) -> None:
    assert _problems(document(questions=[question("region", "region")])) == [NEEDED]
    sometimes = question("region", "region", required="true", relevant="${a} = 'yes'")
    assert _problems(document(questions=[question("a"), sometimes])) == [NEEDED]


def test_everything_wrong_is_said_at_once(question: Make, document: Make) -> None:
    problems = _problems(
        document(
            question("a", "range"),
            question("b", publish="never"),
            question("b", label={"de": "x"}),
            slug="results",
        )
    )
    assert len(problems) == 5


def test_reading_does_not_change_the_document(question: Make, document: Make) -> None:
    given = document(question("a", max=None), question("b", "select_multiple"))
    before = copy.deepcopy(given)
    survey: Questionnaire = read_document(given)
    assert given == before
    assert survey.document == before
