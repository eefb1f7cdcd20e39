"""The check of answers: what is lawful, what is cleaned, what is wrong and with which question."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedback_service.regions.directory import Directory
from feedback_service.sealing.plaintext import content_bytes, pad
from feedback_service.surveys.answers import (
    AnswerRequired,
    Answers,
    Checked,
    ConstraintNotMet,
    TextTooLong,
    TextTooManyBytes,
    TooManyChoices,
    UnknownChoice,
    check_answers,
    clean_text,
)
from feedback_service.surveys.capacity import longest_plaintext
from feedback_service.surveys.questionnaire import Questionnaire

Make = Callable[..., dict[str, Any]]
Read = Callable[..., Questionnaire]
Check = Callable[..., Checked]


@pytest.fixture
def check(survey: Read, directory: Directory) -> Check:
    """Checks answers to the given questions; the region is answered unless a test answers it."""

    def checked(*questions: dict[str, Any], **given: list[str]) -> Checked:
        return check_answers(survey(*questions), directory, {"region": ["08115"], **given})

    return checked


def _errors(checked: Checked) -> dict[str, type[Exception]]:
    return {problem.question: type(problem.error) for problem in checked.problems}


def _answers(checked: Checked) -> Answers:
    assert checked.problems == ()
    return {name: answer for name, answer in checked.answers.items() if name != "region"}


def test_lawful_answers_come_back_in_the_questionnaires_order(question: Make, check: Check) -> None:
    checked = check(
        question("access"),
        question("pressing", "select_multiple", "a", "b", "c"),
        question("comment", "text"),
        comment=["Hallo"],
        pressing=["c", "a"],
        access=["no"],
    )
    assert checked.problems == ()
    assert list(checked.answers.items()) == [
        ("region", "08115"),
        ("access", "no"),
        ("pressing", ["a", "c"]),
        ("comment", "Hallo"),
    ]


def test_absent_empty_and_blank_values_are_no_answer(question: Make, check: Check) -> None:
    questions = [question("a"), question("b", "select_multiple"), question("c", "text"), question("d")]
    assert _answers(check(*questions, a=[], b=["", "yes"], c=["  \n "], d=[" "])) == {"b": ["yes"]}


def test_a_required_question_must_be_answered(question: Make, check: Check) -> None:
    checked = check(question("a", required="true"), question("b", required="true"), b=["yes"])
    assert _errors(checked) == {"a": AnswerRequired}
    assert checked.answers == {"region": "08115", "b": "yes"}


def test_what_was_not_asked_is_left_out(question: Make, check: Check) -> None:
    assert _answers(check(question("a"), a=["yes"], somebody=["else"])) == {"a": "yes"}


@pytest.mark.parametrize("value", ["maybe", "Yes", " yes", "_none", "yes no", "\x00", "1"])
def test_a_value_that_is_no_choice_is_refused(question: Make, check: Check, value: str) -> None:
    checked = check(question("a"), question("b", "select_multiple"), a=[value], b=["yes", value])
    assert _errors(checked) == {"a": UnknownChoice, "b": UnknownChoice}
    assert checked.answers == {"region": "08115"}


def test_a_single_choice_may_be_sent_twice_but_not_two_of_them(question: Make, check: Check) -> None:
    assert _answers(check(question("a"), a=["yes", "yes"])) == {"a": "yes"}
    [problem] = check(question("a"), a=["yes", "no"]).problems
    assert isinstance(problem.error, TooManyChoices)
    assert problem.error.facts == {"most": 1}


def test_three_picks_are_taken_and_four_refused(question: Make, check: Check) -> None:
    asked = question("a", "select_multiple", *"vwxyz")
    assert _answers(check(asked, a=["z", "v", "y"])) == {"a": ["v", "y", "z"]}
    assert _answers(check(asked, a=["z", "v", "z", "y", "v"])) == {"a": ["v", "y", "z"]}
    [problem] = check(asked, a=["v", "w", "x", "y"]).problems
    assert isinstance(problem.error, TooManyChoices)
    assert str(problem.error) == "Please choose no more than 3."


def test_a_scale_takes_one_of_its_points(question: Make, check: Check) -> None:
    assert _answers(check(question("a", "scale"), a=["5"])) == {"a": "5"}
    for wrong in ("0", "6", "1.0", "٣"):
        assert _errors(check(question("a", "scale"), a=[wrong])) == {"a": UnknownChoice}


def test_an_answer_to_an_irrelevant_question_is_dropped_also_when_required(
    question: Make, check: Check
) -> None:
    first, second = question("a"), question("b", required="true", relevant="${a} = 'no'")
    assert _answers(check(first, second, a=["yes"], b=["yes"])) == {"a": "yes"}
    assert _answers(check(first, second, a=["yes"])) == {"a": "yes"}
    assert _errors(check(first, second, a=["no"])) == {"b": AnswerRequired}
    assert _answers(check(first, second, a=["no"], b=["yes"])) == {"a": "no", "b": "yes"}


def test_not_even_a_wrong_answer_to_an_irrelevant_question_is_a_problem(question: Make, check: Check) -> None:
    first, second = question("a"), question("b", relevant="${a} = 'no'")
    assert _answers(check(first, second, a=["yes"], b=["rubbish"])) == {"a": "yes"}


def test_relevance_goes_down_a_chain(question: Make, check: Check) -> None:
    chain = [
        question("a"),
        question("b", relevant="${a} = 'yes'"),
        question("c", relevant="${b} = 'yes'"),
        question("d", required="true", relevant="${c} = 'yes'"),
    ]
    given = {"b": ["yes"], "c": ["yes"], "d": ["yes"]}
    assert _answers(check(*chain, a=["no"], **given)) == {"a": "no"}
    assert set(_answers(check(*chain, a=["yes"], **given))) == {"a", "b", "c", "d"}


def test_relevance_can_hang_on_one_of_several_picks(question: Make, check: Check) -> None:
    many = question("a", "select_multiple", "work", "other")
    why = question("b", "text", relevant="selected(${a}, 'other')")
    assert _answers(check(many, why, a=["work"], b=["x"])) == {"a": ["work"]}
    assert _answers(check(many, why, a=["work", "other"], b=["x"])) == {"a": ["work", "other"], "b": "x"}


def test_a_constraint_that_does_not_hold_is_told_in_the_surveys_words(
    question: Make, check: Check, texts: Callable[[str], Mapping[str, str]]
) -> None:
    asked = question(
        "a",
        "select_multiple",
        "none",
        "b",
        constraint="not(selected(., 'none') and count-selected(.) > 1)",
        constraint_message=texts("None goes alone"),
    )
    assert _answers(check(asked, a=["none"])) == {"a": ["none"]}
    [problem] = check(asked, a=["b", "none"]).problems
    assert isinstance(problem.error, ConstraintNotMet)
    assert problem.error.texts == {"de": "None goes alone (de)", "en": "None goes alone (en)"}


def test_a_constraint_may_look_at_earlier_answers(
    question: Make, check: Check, texts: Callable[[str], Mapping[str, str]]
) -> None:
    asked = question("b", constraint=". != ${a}", constraint_message=texts("x"))
    assert _answers(check(question("a"), asked, a=["yes"], b=["no"])) == {"a": "yes", "b": "no"}
    assert _errors(check(question("a"), asked, a=["yes"], b=["yes"])) == {"b": ConstraintNotMet}


def test_an_unanswered_question_is_not_held_to_its_constraint(
    question: Make, check: Check, texts: Callable[[str], Mapping[str, str]]
) -> None:
    assert _answers(check(question("a", constraint=". = 'yes'", constraint_message=texts("x")))) == {}


@pytest.mark.parametrize("name", ["outside_tasks", "excluded", "training_received", "training_needed"])
def test_none_of_these_does_not_go_with_another_choice(
    standing: dict[str, Questionnaire], directory: Directory, name: str
) -> None:
    survey = standing["counsellors"]
    given = {"region": ["08"], name: ["none", survey.question(name).choice_names[0]]}  # type: ignore[union-attr]
    [problem] = check_answers(survey, directory, given).problems
    assert (problem.question, type(problem.error)) == (name, ConstraintNotMet)
    given[name] = ["none"]
    assert check_answers(survey, directory, given).problems == ()


@pytest.mark.parametrize("key", ["08", "08115", "08437", "08115003"])
def test_a_kreis_a_known_municipality_and_not_saying_are_places(check: Check, key: str) -> None:
    checked = check(region=[key])
    assert checked == Checked({"region": key}, ())


@pytest.mark.parametrize(
    "key", ["081", "084", "08199", "09", "09162", "08115001", "0811", "8115", " 08115", "08115 ", "Böblingen"]
)
def test_a_bezirk_an_unknown_place_and_another_state_are_none(check: Check, key: str) -> None:
    assert _errors(check(region=[key])) == {"region": UnknownChoice}


def test_the_region_must_be_one_place(check: Check) -> None:
    assert _errors(check(region=["08115", "08116"])) == {"region": UnknownChoice}
    assert _errors(check(region=[])) == {"region": AnswerRequired}
    assert check(region=["08115", "08115"]).answers == {"region": "08115"}


def test_a_thousand_characters_fit_and_one_more_is_too_long(question: Make, check: Check) -> None:
    asked = question("comment", "text")
    assert _answers(check(asked, comment=["x" * 1000])) == {"comment": "x" * 1000}
    [problem] = check(asked, comment=["x" * 1001]).problems
    assert isinstance(problem.error, TextTooLong)
    assert problem.error.facts == {"length": 1001, "most": 1000}


def test_five_thousand_characters_are_told_their_number(question: Make, check: Check) -> None:
    [problem] = check(question("comment", "text"), comment=["ሰላም " * 1250 + "x"]).problems
    assert str(problem.error) == "Your text has 5001 characters. Please shorten it to 1000."


def test_a_thousand_ethiopic_characters_fit(question: Make, check: Check) -> None:
    text = "ሰላምታ" * 250
    assert len(text) == 1000
    assert _answers(check(question("comment", "text"), comment=[text])) == {"comment": text}


@pytest.mark.parametrize(("sign", "excess"), [("😀", 250), ("\u2028😀", 143), ('"', 0), ("\\", 0)])
def test_too_many_bytes_are_told_with_how_much_to_shorten(
    question: Make, check: Check, sign: str, excess: int
) -> None:
    text = "x" + sign * (998 // len(sign)) + "x"
    checked = check(question("comment", "text"), comment=[text])
    if not excess:
        assert _answers(checked) == {"comment": text}
        return
    [problem] = checked.problems
    assert isinstance(problem.error, TextTooManyBytes)
    said = problem.error.facts["excess"]
    assert isinstance(said, int)
    assert abs(said - excess) <= 5
    assert _answers(check(question("comment", "text"), comment=[text[: len(text) - said - 1]]))


def test_exactly_as_many_bytes_as_there_is_room_for_fit(question: Make, check: Check) -> None:
    asked = question("comment", "text")
    exact = "😀" * 750
    assert _answers(check(asked, comment=[exact])) == {"comment": exact}
    [problem] = check(asked, comment=[exact + "x"]).problems
    assert problem.error.facts == {"excess": 1}


def test_line_feeds_count_once_however_they_are_sent(question: Make, check: Check) -> None:
    text = "x\r\n" * 500
    answers = _answers(check(question("comment", "text"), comment=[text]))
    assert answers == {"comment": ("x\n" * 500).strip()}
    assert _answers(check(question("comment", "text"), comment=["a\rb"])) == {"comment": "a\nb"}


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ("a\x00b\x1b[31mc\x7f\x9b", "ab[31mc"),
        ("  a  ", "a"),
        ("\n\na\n\nb\n", "a\n\nb"),
        ("a\ud800b", "ab"),
        ("e\u0301", "é"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("שלום\u200f!", "שלום\u200f!"),
        ("👩‍👧", "👩‍👧"),
        ("\r\n", ""),
        ("\u00a0a\u00a0", "a"),
    ],
)
def test_text_is_cleaned_of_what_does_not_print_and_of_nothing_else(raw: str, clean: str) -> None:
    assert clean_text(raw) == clean


@pytest.mark.parametrize("between", ["\x00", "\x08", "\ud800"])
def test_cleaned_text_is_composed_also_where_something_was_taken_out(between: str) -> None:
    assert clean_text(f"e{between}\u0301") == "é"


def test_a_tab_between_two_words_leaves_a_space() -> None:
    assert clean_text("Wohnung\tArbeit") == "Wohnung Arbeit"


def test_a_required_text_of_control_characters_alone_is_missing(question: Make, check: Check) -> None:
    checked = check(question("comment", "text", required="true"), comment=["\x00\x08"])
    assert _errors(checked) == {"comment": AnswerRequired}


def test_several_values_of_a_text_are_its_lines(question: Make, check: Check) -> None:
    assert _answers(check(question("a", "text"), a=["one", "", "two"])) == {"a": "one\ntwo"}


def test_errors_hold_limits_and_never_what_was_answered(question: Make, check: Check) -> None:
    secret = "geheim"
    checked = check(question("a"), question("c", "text"), region=[secret], a=[secret], c=[secret * 1000])
    assert len(checked.problems) == 3
    for problem in checked.problems:
        assert secret not in f"{problem} {problem.error} {problem.error!r} {problem.error.facts}"


def _given_for(survey: Questionnaire) -> st.SearchStrategy[dict[str, list[str]]]:
    """Answers as a browser may send them: mostly lawful ones, some rubbish, texts up to the limit."""
    texts = st.text(
        st.characters(exclude_categories=["Cc", "Cs"], include_characters='\n\r"\\'), max_size=1000
    )
    heavy = st.builds(lambda sign, n: str(sign * n), st.sampled_from('😀ሰ"\nx'), st.integers(0, 1001))
    values: dict[str, st.SearchStrategy[list[str]]] = {}
    for question in survey.questions:
        if question.type == "text":
            values[question.name] = st.lists(texts | heavy, max_size=2)
        elif question.type == "region":
            values[question.name] = st.sampled_from([["08"], ["08115"], ["08115003"], ["081"], ["", "08437"]])
        else:
            names = st.sampled_from([*question.choice_names, ""])
            values[question.name] = st.lists(names, max_size=question.most)
    region = {"region": values.pop("region")}
    return st.fixed_dictionaries(region, optional=values)


@pytest.mark.parametrize("name", ["clients", "counsellors"])
def test_whatever_is_accepted_seals_and_checks_again_to_the_same_answers(
    standing: dict[str, Questionnaire], directory: Directory, name: str
) -> None:
    survey = standing[name]
    accepted = 0

    @settings(deadline=None, max_examples=150)
    @given(_given_for(survey))
    def holds(answered: dict[str, list[str]]) -> None:
        nonlocal accepted
        checked = check_answers(survey, directory, answered)
        content = content_bytes(
            survey=name, lang="prs", channel="telegram", answers=checked.answers, record_key="f" * 32
        )
        assert len(content) <= longest_plaintext(survey)
        assert len(pad(content)) == 3840
        again = {
            asked: [answer] if isinstance(answer, str) else answer
            for asked, answer in checked.answers.items()
        }
        if not checked.problems:
            accepted += 1
            assert check_answers(survey, directory, again) == checked
        for answer in checked.answers.values():
            for text in [answer] if isinstance(answer, str) else answer:
                assert text == unicodedata.normalize("NFC", text)

    holds()
    assert accepted > 20


@settings(deadline=None)
@given(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=50),
    st.sampled_from(["clients", "counsellors"]),
)
def test_no_text_makes_the_check_fall_over(
    standing: dict[str, Questionnaire], directory: Directory, value: str, name: str
) -> None:
    survey = standing[name]
    given = {question.name: [value] for question in survey.questions}
    checked = check_answers(survey, directory, given)
    assert {problem.question for problem in checked.problems} <= {one.name for one in survey.questions}
