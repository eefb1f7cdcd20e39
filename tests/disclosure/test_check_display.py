"""Shown numbers and arrows that don't follow from the noisy ones are found."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest

from feedback_service.disclosure.check_display import displayed, trends
from feedback_service.disclosure.protect import ProtectedTable
from feedback_service.disclosure.release import Document

MakeProtected = Callable[..., ProtectedTable]
ReleaseOf = Callable[..., Document]
SIZES = {"08115": 80, "08215": 15}


@pytest.fixture
def before(make_protected: MakeProtected, release_of: ReleaseOf) -> Document:
    return release_of(make_protected(SIZES, round="2026-Q3"))


@pytest.fixture
def document(make_protected: MakeProtected, release_of: ReleaseOf) -> Document:
    earlier = make_protected(SIZES, round="2026-Q3")
    return release_of(make_protected(SIZES, seed=4), earlier)


def told(document: Document, question: str, region: str = "08115") -> dict[str, Any]:
    found: dict[str, Any] = next(
        row["questions"][question]
        for row in document["rows"]
        if row["region"] == region and question in row["questions"]
    )
    return found


def test_a_true_release_recomputes(document: Document, before: Document) -> None:
    assert list(displayed(document)) == []
    assert list(trends(document, before)) == list(trends(document, None)) == []


@pytest.mark.parametrize(
    ("question", "field", "value"),
    [
        ("trust", "count", [80, 0, 0, 0, 0, 0]),
        ("trust", "pct", None),
        ("trust", "mean", None),
        ("trust", "mean", 4.9),
        ("trust", "rank", [1, 2, 3, 4, 5, None]),
        ("helped_by", "rank", [3, 2, 1, None]),
        ("helped_by", "rank", None),
        ("housing", "mean", 2.0),
    ],
)
def test_a_shown_number_that_does_not_follow_is_named(
    document: Document, question: str, field: str, value: object
) -> None:
    told(document, question)[field] = value
    assert any(f"{question}: {field} doesn't follow" in problem for problem in displayed(document))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("kind", "text"),
        ("choices", ["1", "2", "3", "4", "5", "none"]),
        ("choices", ["1", "1", "3", "4", "5", "_none"]),
        ("noisy", [80]),
        ("noisy", [81, 0, 0, 0, 0, 0]),
    ],
)
def test_a_question_whose_parts_do_not_fit_is_named_and_not_computed(
    document: Document, field: str, value: object
) -> None:
    told(document, "trust")[field] = value
    assert any("don't fit together" in problem for problem in displayed(document))


def test_other_choices_in_one_row_are_found(document: Document) -> None:
    told(document, "housing")["choices"] = ["shared", "own", "_none"]
    assert any("other choices than elsewhere" in problem for problem in displayed(document))


@pytest.mark.parametrize(
    "arrows",
    [[], ["up"], ["up", None, None, None, None, "down"], ["sideways", None, None, None, None, None]],
)
def test_arrows_of_another_form_are_found_without_the_round_before(
    document: Document, arrows: list[str | None]
) -> None:
    told(document, "trust")["trend"] = arrows
    assert any("no lawful form" in problem for problem in trends(document, None))


def test_arrows_below_20_are_found_without_the_round_before(document: Document) -> None:
    told(document, "trust", "08215")["trend"] = [None] * 6
    assert any("no lawful form" in problem for problem in trends(document, None))


def test_a_wrong_arrow_is_found_with_the_round_before(document: Document, before: Document) -> None:
    changed = deepcopy(document)
    arrows = told(changed, "trust")["trend"]
    arrows[0] = None if arrows[0] else "up"
    assert list(trends(changed, None)) == []
    assert any("doesn't follow from the two rounds" in problem for problem in trends(changed, before))


def test_an_arrow_left_out_is_found_with_the_round_before(document: Document, before: Document) -> None:
    told(document, "trust")["trend"] = None
    assert any("doesn't follow from the two rounds" in problem for problem in trends(document, before))


def test_a_trend_against_a_row_that_was_not_there_is_found(document: Document, before: Document) -> None:
    before["rows"] = [row for row in before["rows"] if row["level"] != "kreis"]
    assert any("kreis 08115, trust: the trend doesn't" in problem for problem in trends(document, before))


def test_a_broken_file_of_the_round_before_does_not_stop_the_check(
    document: Document, before: Document
) -> None:
    told(before, "trust")["count"].pop()
    assert any("08115, trust" in problem for problem in trends(document, before))
