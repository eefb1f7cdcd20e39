"""The expressions of `relevant` and `constraint`: what they mean, and why a wrong one is refused."""

from __future__ import annotations

import pytest

from feedback_service.surveys.expression import Expression, InvalidExpression, parse

SCOPE: dict[str, str | list[str]] = {
    "access": "no",
    "trust": "2",
    "pressing": ["housing", "work"],
    "comment": "zu wenig Platz",
    ".": ["none", "other"],
}


@pytest.mark.parametrize(
    ("source", "holds"),
    [
        ("${access} = 'no'", True),
        ('${access} = "no"', True),
        ("${access} = 'yes'", False),
        ("${access} != 'yes'", True),
        ("${access} != 'no'", False),
        ("${trust} < 3", True),
        ("${trust} <= 2", True),
        ("${trust} > 2", False),
        ("${trust} >= 2", True),
        ("${trust} = 2", True),
        ("${trust} = 2.0", True),
        ("${trust} != 2", False),
        ("${trust} = '2'", True),
        ("3 > ${trust}", True),
        ("10 > 9", True),
        ("'10' > '9'", True),
        ("selected(${pressing}, 'work')", True),
        ("selected(${pressing}, 'wor')", False),
        ("selected(${pressing}, 'housing work')", False),
        ("selected(${access}, 'no')", True),
        ("selected(${trust}, 2)", True),
        ("selected(., 'none')", True),
        ("selected(., 'work')", False),
        ("count-selected(${pressing}) = 2", True),
        ("count-selected(.) > 1", True),
        ("string-length(${comment}) = 14", True),
        ("not(${access} = 'no')", False),
        ("not(not(${access} = 'no'))", True),
        ("${access}", True),
        ("''", False),
        ("1", True),
        ("0", False),
        ("${access}='no'and${trust}<3", True),
    ],
)
def test_an_expression_means_what_xlsform_says(source: str, holds: bool) -> None:
    assert parse(source).holds(SCOPE) is holds


@pytest.mark.parametrize(
    ("source", "holds"),
    [
        ("1 or 0 and 0", True),
        ("(1 or 0) and 0", False),
        ("0 and 0 or 1", True),
        ("0 and (0 or 1)", False),
        ("1 and 1 and 0", False),
        ("0 or 0 or 1", True),
        ("1 = 2 or 2 = 2", True),
        ("not(1 = 2) and 1 = 1", True),
        ("1 = 1 and 2 > 1 or 0", True),
        ("((((1))))", True),
    ],
)
def test_comparison_binds_before_and_and_before_or(source: str, holds: bool) -> None:
    assert parse(source).holds({}) is holds


@pytest.mark.parametrize(
    ("source", "holds"),
    [
        ("${nothing} = ''", True),
        ("${nothing} = 'x'", False),
        ("${nothing} != 'x'", True),
        ("${nothing} < 3", False),
        ("${nothing} >= 0", False),
        ("${nothing} = 0", False),
        ("${nothing}", False),
        ("selected(${nothing}, 'x')", False),
        ("count-selected(${nothing}) = 0", True),
        ("string-length(${nothing}) = 0", True),
    ],
)
def test_a_question_without_an_answer_is_empty(source: str, holds: bool) -> None:
    assert parse(source).holds({}) is holds


def test_a_text_may_hold_the_other_kind_of_quotes_and_any_sign() -> None:
    assert parse('${a} = "it\'s"').holds({"a": "it's"})
    assert parse("${a} = 'say \"no\" (or) ${b}'").holds({"a": 'say "no" (or) ${b}'})


def test_an_expression_knows_the_questions_that_it_refers_to() -> None:
    expression = parse("selected(., 'x') and (${one} = 1 or not(${two_2} = '${three}'))")
    assert expression.names == {".", "one", "two_2"}
    assert parse("1 = 1").names == frozenset()


def test_an_expression_keeps_its_source() -> None:
    found = parse(" ${a} = 1 ")
    assert isinstance(found, Expression)
    assert found.source == " ${a} = 1 "


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("", "ends too early"),
        ("   ", "ends too early"),
        ("${a} =", "ends too early"),
        ("${a} and", "ends too early"),
        ("not(", "ends too early"),
        ("(1 or 0", "ends too early"),
        ("1 1", "“1” is not expected there"),
        ("${a} = 1)", "“)” is not expected there"),
        ("1 = 2 = 3", "“=” is not expected there"),
        ("${a} 'b'", "“'b'” is not expected there"),
        ("pulldata(${a})", "“pulldata” is not known"),
        ("sum(1)", "“sum” is not known"),
        ("or 1", "“or” is not known"),
        ("yes", "“yes” is not known"),
        ("not 1", "“(” is missing"),
        ("selected(${a} 'b')", "“)” is missing"),
        ("selected(${a})", "“selected” takes 2 values"),
        ("not(1, 2)", "“not” takes 1 values"),
        ("count-selected(${a}, 'b')", "“count-selected” takes 1 values"),
        ("${a} = 'b", "“'b” is not known"),
        ("${a} = \"b'", "is not known"),
        ("${a b} = 1", "“${a b} = 1” is not known"),
        ("${} = 1", "is not known"),
        ("${a} + 1 > 2", "“+ 1 > 2” is not known"),
        ("$a", "“$a” is not known"),
        ("a; import os", "“; import o” is not known"),
        ("NOT(1)", "“NOT(1)” is not known"),
        ("=", "“=” is not known"),
        (")", "“)” is not known"),
        ("not()", "“)” is not known"),
    ],
)
def test_what_cannot_be_read_is_refused_with_the_reason(source: str, reason: str) -> None:
    with pytest.raises(InvalidExpression) as refused:
        parse(source)
    assert reason in str(refused.value)
    assert refused.value.facts["expression"] == source


def test_an_expression_that_is_nested_without_end_is_refused() -> None:
    with pytest.raises(InvalidExpression):
        parse("(" * 5000 + "1" + ")" * 5000)
