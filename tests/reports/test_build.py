"""A report says what the release says about one region, and why where it says nothing."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from feedback_service.disclosure.ledger import GENESIS, append
from feedback_service.disclosure.noise import ReleaseSecret
from feedback_service.disclosure.protect import protect
from feedback_service.disclosure.release import Chain, as_bytes, build_release
from feedback_service.regions.directory import Directory, Region, UnknownRegion
from feedback_service.reports.build import digest, region_name, region_report, regions_with_rows
from feedback_service.reports.model import ChoiceFigure, RegionReport, Withheld
from feedback_service.reports.source import Source
from feedback_service.surveys.questionnaire import Questionnaire, counted_questions
from feedback_service.tally.table import CountTable, RegionCount

LOCAL, LOCAL_NAMES = ("Q trust en", "Q pressing en"), ("trust", "pressing")
WIDE, WIDE_NAMES = ("Q housing en",), ("housing",)
Say = Callable[..., str]
Report = Callable[..., RegionReport]


@pytest.fixture
def report(source: Source, directory: Directory, say: Say) -> Report:
    def made(region: str, language: str = "en") -> RegionReport:
        return region_report(source, directory, language, region, say)

    return made


def test_a_report_says_what_round_survey_and_place_it_is_about(report: Report) -> None:
    found = report("08115")
    assert (found.survey, found.audience, found.round) == ("small", "clients", "2026-Q4")
    assert (found.region, found.name, found.title) == ("08115", "Böblingen", "Title en")
    assert (found.n, found.invalid, found.withheld) == (41, 3, ())


def test_questions_come_in_the_questionnaires_order_and_only_where_released(report: Report) -> None:
    assert [one.name for one in report("08").questions] == ["trust", "housing", "pressing", "employer"]
    assert [one.name for one in report("08115").questions] == ["trust", "housing", "pressing"]
    assert [one.name for one in report("08237").questions] == ["trust", "pressing"]
    assert report("08115").question("employer") is None


def test_every_figure_is_the_releases(report: Report) -> None:
    trust = report("08").question("trust")
    assert trust is not None
    assert (trust.label, trust.n, trust.mean, trust.multiple) == ("Q trust en", 200, 3.3, False)
    assert trust.choices == (
        ChoiceFigure("A 1 en", 20, 10, "up", name="1"),
        ChoiceFigure("A 2 en", 30, 15, None, name="2"),
        ChoiceFigure("A 3 en", 50, 25, None, name="3"),
        ChoiceFigure("A 4 en", 60, 30, "down", name="4"),
        ChoiceFigure("A 5 en", 30, 15, None, name="5"),
        ChoiceFigure("No answer", 10, 5, None, no_answer=True, name="_none"),
    )
    pressing = report("08115").question("pressing")
    assert pressing is not None
    assert (pressing.n, pressing.multiple, pressing.mean) == (40, True, None)
    assert [choice.arrow for choice in pressing.choices] == [None, "up", None, None]


def test_each_question_has_the_n_of_its_own_class(report: Report) -> None:
    assert {one.name: one.n for one in report("08115").questions} == {
        "trust": 40,
        "housing": 41,
        "pressing": 40,
    }


def test_a_small_group_has_counts_without_percentages_mean_or_arrows(report: Report) -> None:
    trust = report("08237").question("trust")
    assert trust is not None
    assert trust.mean is None
    assert [choice.count for choice in trust.choices] == [1, 2, 3, 4, 4, 0]
    assert {choice.percent for choice in trust.choices} == {None}
    assert {choice.arrow for choice in trust.choices} == {None}


def test_a_region_below_the_threshold_is_told_why_and_where_its_answers_went(report: Report) -> None:
    found = report("08327")
    assert (found.n, found.questions) == (None, ())
    assert found.withheld == (
        Withheld(LOCAL, 10, "083-rest", "Other districts: Regierungsbezirk Freiburg", LOCAL_NAMES),
        Withheld(WIDE, 20, "083-rest", "Other districts: Regierungsbezirk Freiburg", WIDE_NAMES),
    )


def test_a_region_in_no_pool_is_told_why_without_a_group(report: Report) -> None:
    assert report("08235").withheld == (
        Withheld(LOCAL, 10, None, None, LOCAL_NAMES),
        Withheld(WIDE, 20, None, None, WIDE_NAMES),
    )


def test_a_region_with_some_questions_is_told_about_the_others(report: Report) -> None:
    found = report("08237")
    assert found.n == 14
    assert found.withheld == (
        Withheld(WIDE, 20, "08-rest", "Other districts: Baden-Württemberg", WIDE_NAMES),
    )
    assert found.withheld_here("housing") == found.withheld[0] and found.withheld_here("trust") is None


def test_the_threshold_is_the_one_that_the_release_prints(
    release: dict[str, Any], questionnaire: Questionnaire, directory: Directory, say: Say
) -> None:
    release["withheld"].append({**release["withheld"][0], "region": "08", "class": "state"})
    found = region_report(Source(release, questionnaire), directory, "en", "08", say)
    assert found.withheld == (Withheld(("Q employer en",), 25, None, None, ("employer",)),)


def test_a_pool_has_a_report_of_its_own_with_the_name_of_its_region(report: Report) -> None:
    found = report("083-rest")
    assert (found.name, found.n) == ("Other districts: Regierungsbezirk Freiburg", 12)
    assert [one.name for one in found.questions] == ["trust", "pressing"]


def test_labels_are_in_the_readers_language_or_else_the_surveys_own(report: Report) -> None:
    for language, spoken in (("de", "de"), ("en", "en"), ("uk", "de")):
        found = report("08115", language)
        assert found.title == f"Title {spoken}"
        assert found.questions[0].label == f"Q trust {spoken}"
        assert found.questions[0].choices[0].label == f"A 1 {spoken}"
        assert report("08327", language).withheld[0].questions[0] == f"Q trust {spoken}"


def test_the_interfaces_texts_are_said_in_the_readers_language(source: Source, directory: Directory) -> None:
    def shout(message: str, **facts: object) -> str:
        return (message % facts).upper()

    found = region_report(source, directory, "en", "08327", shout)
    assert found.withheld[0].group_name == "OTHER DISTRICTS: REGIERUNGSBEZIRK FREIBURG"
    state = region_report(source, directory, "en", "08", shout)
    assert state.questions[0].choices[-1].label == "NO ANSWER"


def test_rows_of_other_windows_are_not_this_rounds(
    release: dict[str, Any], questionnaire: Questionnaire, directory: Directory, say: Say
) -> None:
    year = {**release["rows"][1], "window": ["2026-Q3", "2026-Q4"], "n": 99}
    release["rows"].append(year)
    found = region_report(Source(release, questionnaire), directory, "en", "08115", say)
    assert found.n == 41
    assert found.questions[0].n == 40


def test_a_choice_that_the_questionnaire_lacks_keeps_its_name(
    release: dict[str, Any], questionnaire: Questionnaire, directory: Directory, say: Say
) -> None:
    release["rows"][1]["questions"]["pressing"]["choices"][2] = "new"
    found = region_report(Source(release, questionnaire), directory, "en", "08115", say)
    pressing = found.question("pressing")
    assert pressing is not None
    assert pressing.choices[2].label == "new"


def test_an_unknown_region_is_refused(report: Report) -> None:
    with pytest.raises(UnknownRegion):
        report("08199")


def test_regions_with_rows_are_listed_once_in_the_releases_order(release: dict[str, Any]) -> None:
    assert regions_with_rows(release) == ["08", "08115", "08237", "083-rest"]


@pytest.mark.parametrize(
    ("region", "around"),
    [
        ("08115003", ["08115003", "08115", "08"]),
        ("08115", ["08115", "081", "08"]),
        ("081", ["081", "08"]),
        ("083-rest", ["083-rest", "083", "08"]),
        ("08-rest", ["08-rest", "08"]),
        ("08", ["08"]),
    ],
)
def test_a_digest_sets_a_region_beside_the_next_larger_one_and_the_state(
    source: Source, directory: Directory, say: Say, region: str, around: list[str]
) -> None:
    found = digest([source, source], directory, "en", region, say, demo=True)
    assert (found.language, found.round, found.region) == ("en", "2026-Q4", region)
    assert found.demo and len(found.parts) == 2
    part = found.parts[0]
    assert [report.region for report in part.reports] == around
    assert (part.own.region, part.state.region) == (region, "08")


def test_what_is_shown_is_the_narrowest_region_with_figures(
    source: Source, directory: Directory, say: Say
) -> None:
    def shown(region: str) -> str:
        return digest([source], directory, "en", region, say, demo=False).parts[0].shown.region

    assert [shown(region) for region in ("08115", "08237", "08327", "083-rest", "08")] == [
        "08115", "08237", "08", "083-rest", "08",
    ]  # fmt: skip


def test_a_pools_name_is_made_from_its_regions(directory: Directory, say: Say) -> None:
    assert region_name(directory, "08-rest", say) == "Other districts: Baden-Württemberg"
    assert region_name(directory, "08115", say) == "Böblingen"
    with pytest.raises(UnknownRegion):
        region_name(directory, "089-rest", say)


@pytest.fixture
def real_release(questionnaire: Questionnaire, directory: Directory) -> dict[str, Any]:
    """A release as disclosure control makes it, of invented counts with every kind of region in it."""
    sizes = {
        "08": 12, "08111": 60, "08115": 60, "08115003": 150, "08116": 22, "08212": 12, "08311": 4, "08315": 9,
        "08415": 3,
    }  # fmt: skip
    regions = {}
    for number, (region, n) in enumerate(sizes.items()):
        counts = {}
        for question in counted_questions(questionnaire):
            spread = [n // len(question.choices)] * len(question.choices)
            spread[0] += n - sum(spread)
            counts[question.name] = tuple(spread)
        keys = tuple(f"{number:016x}{one:016x}" for one in range(n))
        regions[region] = RegionCount(region, keys, counts)
    table = CountTable("small", "2026-Q4", "clients", counted_questions(questionnaire), regions, 0)
    protected = protect(table, directory, ReleaseSecret(bytes(32)))
    chain = Chain.of(append(GENESIS, protected, 1))
    document = build_release(protected, directory, issue=1, issued="2027-01-04", chain=chain)
    found: dict[str, Any] = json.loads(as_bytes(document))
    return found


def test_the_release_written_by_hand_has_the_shape_of_a_real_one(
    release: dict[str, Any], real_release: dict[str, Any]
) -> None:
    def shape(one: dict[str, Any]) -> list[set[str]]:
        row = one["rows"][0]
        question = row["questions"]["trust"]
        return [set(one), set(row), set(question), set(one["withheld"][0]), set(one["parameters"]["k"])]

    assert shape(release) == shape(real_release)


def test_every_region_of_a_real_release_has_a_report_of_its_figures_and_nothing_else(
    real_release: dict[str, Any], questionnaire: Questionnaire, directory: Directory, say: Say
) -> None:
    source = Source(real_release, questionnaire)
    seen = set()
    for region in {*regions_with_rows(real_release), *directory.regions}:
        found = region_report(source, directory, "de", region, say)
        rows = {row["class"]: row for row in real_release["rows"] if row["region"] == region}
        assert len(found.questions) == sum(len(row["questions"]) for row in rows.values())
        for question in found.questions:
            asked = questionnaire.question(question.name)
            assert asked is not None
            row = rows[str(asked.publish)]
            released = row["questions"][question.name]
            assert question.n == row["n"]
            assert [choice.count for choice in question.choices] == released["count"]
            assert [choice.percent for choice in question.choices] == (
                released["pct"] or [None] * len(question.choices)
            )
            assert question.mean == released["mean"]
            seen.add(region)
        gone = [entry for entry in real_release["withheld"] if entry["region"] == region]
        assert len(found.withheld) == len(gone)
    assert seen == set(regions_with_rows(real_release)) > {"08", "08115003", "08116", "08212", "081"}


def test_a_municipality_without_own_figures_is_told_why(
    real_release: dict[str, Any], questionnaire: Questionnaire, directory: Directory, say: Say
) -> None:
    small = directory.merged_with([Region("08116019", "Esslingen")])
    found = region_report(Source(real_release, questionnaire), small, "de", "08116019", say)
    assert found.n is None
    assert found.withheld != ()
