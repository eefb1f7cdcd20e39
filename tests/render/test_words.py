"""The sentences that several documents share."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from feedback_service.i18n import Interface
from feedback_service.render.words import (
    audience,
    changes,
    moved,
    protection,
    reasons,
    share,
    what_to_do,
    why_withheld,
)  # fmt: skip
from feedback_service.reports.model import ChoiceFigure, QuestionFigures, RegionReport, Withheld


def _report(*questions: QuestionFigures) -> RegionReport:
    return RegionReport("s", "clients", "T", "2026-Q4", "08", "N", 100, 0, questions, ())


@pytest.mark.parametrize(
    ("percent", "said"),
    [
        (0, "under 5 %"),
        (4, "under 5 %"),
        (5, "5 %"),
        (50, "50 %"),
        (95, "95 %"),
        (96, "over 95 %"),
        (100, "over 95 %"),
    ],
)
def test_a_share_is_a_percentage_with_bands_at_both_ends(english: Interface, percent: int, said: str) -> None:
    assert share(ChoiceFigure("a", 7, percent, None), english.plain, english.plain_counted) == said


@pytest.mark.parametrize(("count", "said"), [(0, "0 people"), (1, "1 person"), (7, "7 people")])
def test_a_share_of_a_small_group_is_counted_in_people(english: Interface, count: int, said: str) -> None:
    assert share(ChoiceFigure("a", count, None, None), english.plain, english.plain_counted) == said


def test_the_most_named_come_first_and_ties_keep_their_order(
    figures: Callable[..., QuestionFigures],
) -> None:
    rows = [("a", 5, 5, None), ("b", 9, 9, None), ("c", 5, 5, None), ("d", 7, 7, None), ("e", 0, 0, None)]
    report = _report(figures("pressing", 100, *rows, none=(80, 80)))
    assert [choice.label for choice in report.most_named()] == ["b", "d", "a", "c"]


def test_nothing_is_most_named_where_it_was_not_asked_or_is_withheld(
    figures: Callable[..., QuestionFigures],
) -> None:
    assert _report(figures("trust", 100, ("a", 9, 9, None))).most_named() == []


@pytest.mark.parametrize(
    ("who", "said"), [("clients", "Refugees"), ("counsellors", "Counsellors"), ("staff", "T")]
)
def test_an_audience_has_a_name_or_else_its_surveys(english: Interface, who: str, said: str) -> None:
    report = RegionReport("s", who, "T", "2026-Q4", "08", "N", 100, 0, (), ())
    assert audience(report, english.plain) == said


def test_what_changed_is_one_sentence(english: Interface, figures: Callable[..., QuestionFigures]) -> None:
    pressing = figures("pressing", 100, ("x", 1, 1, "up"), ("y", 2, 2, None), ("z", 3, 3, "down"))
    assert changes(_report(pressing), english.plain) == (
        "More than by chance since the last quarter: z (▼ fell), x (▲ rose)."
    )
    nothing = "Nothing rose or fell by more than chance since the last quarter."
    assert changes(_report(figures("pressing", 9, ("y", 2, 2, None))), english.plain) == nothing


def test_a_region_without_figures_is_told_one_number_and_not_two(
    english: Interface, empty: RegionReport
) -> None:
    said = reasons(empty, english.plain)
    assert len(said) == 1 and "Fewer than 10 people" in said[0]


def test_what_moved_is_every_problem_with_an_arrow(figures: Callable[..., QuestionFigures]) -> None:
    pressing = figures("pressing", 100, ("x", 1, 1, "up"), ("y", 2, 2, None), ("z", 3, 3, "down"))
    other = figures("trust", 100, ("w", 3, 3, "down"))
    found = [(change.label, change.arrow) for change in moved(_report(other, pressing))]
    assert found == [("x", "up"), ("z", "down")]


def test_nothing_moved_where_the_problems_were_not_asked(figures: Callable[..., QuestionFigures]) -> None:
    assert moved(_report(figures("trust", 100, ("w", 3, 3, "down")))) == []


def test_a_withheld_group_is_explained_with_where_its_answers_are(english: Interface) -> None:
    reason = "Fewer than 10 people answered here, so there are no figures of its own."
    assert why_withheld(Withheld((), 10, None, None), english.plain) == reason
    assert why_withheld(Withheld((), 10, "083-rest", "Other districts: X"), english.plain) == (
        reason + " These answers are counted in: Other districts: X."
    )


def test_the_protection_is_explained_in_the_designs_words(english: Interface) -> None:
    said = protection(english.plain)
    for words in ("As in the census", "in 96 % of cases by no more than 3 people", "at least 10 people"):
        assert words in said


def test_an_office_is_told_what_it_can_do(english: Interface) -> None:
    assert "put up posters" in what_to_do(english.plain)


def test_a_municipality_is_not_told_that_too_few_answered(english: Interface) -> None:
    told = why_withheld(Withheld(("Q",), None, "08116", "Esslingen"), english.plain)
    assert (
        told == "There are no figures for this municipality alone. These answers are counted in: Esslingen."
    )
