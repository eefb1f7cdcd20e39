"""Trends over rounds and the tile map: figures as released, gaps where nothing may be shown."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from feedback_service.regions.directory import Directory
from feedback_service.reports.across import MOST_ROUNDS, pressing_map, pressing_trend
from feedback_service.reports.build import digest, region_report
from feedback_service.reports.model import RegionReport, Trend
from feedback_service.reports.source import Source
from feedback_service.surveys.questionnaire import Questionnaire

Say = Callable[..., str]
KREISE = 44


@pytest.fixture
def rounds(release: dict[str, Any], questionnaire: Questionnaire) -> Callable[..., list[Source]]:
    """Releases of quarters one after the other; each changed by what is given for it."""

    def made(*changes: Callable[[dict[str, Any]], None]) -> list[Source]:
        found = []
        for number, change in enumerate(changes):
            one = copy.deepcopy(release)
            one["round"] = f"{2025 + number // 4}-Q{number % 4 + 1}"
            for row in one["rows"]:
                row["window"] = [one["round"]]
            change(one)
            found.append(Source(one, questionnaire))
        return found

    return made


def _as_it_is(_release: dict[str, Any]) -> None:
    pass


def _boeblingen(release: dict[str, Any]) -> dict[str, Any]:
    row: dict[str, Any] = release["rows"][1]
    assert row["region"] == "08115"
    return row


def _without_percent(release: dict[str, Any]) -> None:
    _boeblingen(release)["questions"]["pressing"]["pct"] = None


def _without_row(release: dict[str, Any]) -> None:
    release["rows"].remove(_boeblingen(release))


def _a_year_only(release: dict[str, Any]) -> None:
    _boeblingen(release)["window"] = ["2024-Q4", release["round"]]


def _without_the_question(release: dict[str, Any]) -> None:
    del _boeblingen(release)["questions"]["pressing"]


def _in_another_order(release: dict[str, Any]) -> None:
    pressing = _boeblingen(release)["questions"]["pressing"]
    pressing["choices"], pressing["pct"] = ["housing", "other", "work", "_none"], [11, 22, 33, 0]


@pytest.fixture
def trend(directory: Directory, say: Say) -> Callable[[list[Source]], Trend | None]:
    def made(sources: list[Source]) -> Trend | None:
        return pressing_trend(region_report(sources[-1], directory, "en", "08115", say), sources)

    return made


def test_a_trend_has_the_three_most_named_problems_of_the_newest_round(
    rounds: Callable[..., list[Source]], trend: Callable[[list[Source]], Trend | None]
) -> None:
    found = trend(rounds(_as_it_is, _as_it_is))
    assert found is not None
    assert (found.region_name, found.rounds) == ("Böblingen", ("2025-Q1", "2025-Q2"))
    assert [(line.label, line.percents) for line in found.lines] == [
        ("A work en", (98, 98)), ("A housing en", (30, 30)), ("A other en", (3, 3)),
    ]  # fmt: skip


@pytest.mark.parametrize("gap", [_without_percent, _without_row, _a_year_only, _without_the_question])
def test_what_may_not_be_shown_is_a_gap(
    rounds: Callable[..., list[Source]],
    trend: Callable[[list[Source]], Trend | None],
    gap: Callable[[dict[str, Any]], None],
) -> None:
    found = trend(rounds(_as_it_is, gap, _as_it_is))
    assert found is not None and found.lines[0].percents == (98, None, 98)


def test_an_answer_is_found_by_its_name_and_not_by_its_place(
    rounds: Callable[..., list[Source]], trend: Callable[[list[Source]], Trend | None]
) -> None:
    found = trend(rounds(_in_another_order, _as_it_is))
    assert found is not None
    assert [line.percents for line in found.lines] == [(33, 98), (11, 30), (22, 3)]


def test_one_point_is_no_trend(
    rounds: Callable[..., list[Source]], trend: Callable[[list[Source]], Trend | None]
) -> None:
    assert trend(rounds(_as_it_is)) is None
    assert trend(rounds(_without_row, _without_percent, _as_it_is)) is None


def test_a_trend_goes_back_two_years_at_most(
    rounds: Callable[..., list[Source]], trend: Callable[[list[Source]], Trend | None]
) -> None:
    found = trend(rounds(*[_as_it_is] * (MOST_ROUNDS + 3)))
    assert found is not None and len(found.rounds) == len(found.lines[0].percents) == MOST_ROUNDS
    assert found.rounds[-1] == "2027-Q3"


def _kreise(release: dict[str, Any], directory: Directory, shown: int) -> None:
    """Give the first so many Kreise rows of their own."""
    mould = _boeblingen(release)
    release["rows"] = [row for row in release["rows"] if row["level"] != "kreis"]
    keys = [key for key in directory.regions if len(key) == len("08115")]
    for number, key in enumerate(keys[:shown]):
        row = copy.deepcopy(mould) | {"region": key}
        row["questions"]["pressing"]["pct"][0] = number
        release["rows"].append(row)


def _state(source: Source, directory: Directory, say: Say) -> RegionReport:
    return region_report(source, directory, "en", "08", say)


def test_the_map_has_every_kreis_with_its_figure_or_none(
    release: dict[str, Any], source: Source, directory: Directory, say: Say
) -> None:
    _kreise(release, directory, 30)
    found = pressing_map(_state(source, directory, say), source, directory)
    assert found is not None and (found.problem, found.percent) == ("A work en", 60)
    assert len(found.tiles) == KREISE
    assert [tile.percent for tile in found.tiles] == [*range(30), *[None] * 14]
    assert len({(tile.column, tile.row) for tile in found.tiles}) == KREISE


@pytest.mark.parametrize(("shown", "there"), [(9, False), (10, True)])
def test_there_is_no_map_of_a_few_districts(
    release: dict[str, Any], source: Source, directory: Directory, say: Say, shown: int, there: bool
) -> None:
    _kreise(release, directory, shown)
    assert (pressing_map(_state(source, directory, say), source, directory) is not None) is there


def test_only_the_states_digest_has_a_map(
    release: dict[str, Any], source: Source, directory: Directory, say: Say
) -> None:
    _kreise(release, directory, 44)
    for region in ("08115", "081", "08115003"):
        assert digest([source], directory, "en", region, say, demo=False).parts[0].map is None
    assert digest([source], directory, "en", "08", say, demo=False).parts[0].map is not None
