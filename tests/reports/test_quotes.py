"""Quotes and themes in reports: whose they are, whose report they may stand in, in which language."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from feedback_service.regions.directory import Directory, baden_wuerttemberg
from feedback_service.reports.beside import Beside
from feedback_service.reports.build import digest
from feedback_service.reports.quotes import Quote, shown_quotes, theme_figures
from feedback_service.reports.source import Source
from feedback_service.surveys.yaml_form import standing_survey

SURVEYS = [standing_survey("clients"), standing_survey("counsellors")]
TREE = baden_wuerttemberg()
KREIS, BEZIRK, STATE = "08115", "081", "08"


def _quote(id_: str, region: str, survey: str = "clients", **texts: str) -> Quote:
    return Quote(id_, survey, "2026-Q4", region, texts or {"de": f"Text {id_}"})


def _texts(quotes: list[Quote], around: list[str], most: int = 3) -> list[str]:
    return [one.text for one in shown_quotes(quotes, SURVEYS, around, TREE, "de", most)]


def test_each_quote_keeps_its_own_survey_s_audience_and_the_surveys_take_turns() -> None:
    quotes = [_quote(f"a{n}", KREIS) for n in range(3)] + [_quote("b0", KREIS, "counsellors")]
    found = shown_quotes(quotes, SURVEYS, [KREIS, BEZIRK, STATE], TREE, "en")
    assert [(one.text, one.audience) for one in found] == [
        ("Text a0", "clients"), ("Text b0", "counsellors"), ("Text a1", "clients"),
    ]  # fmt: skip
    assert found[0].title == "How is your counselling going?" != found[1].title
    assert found[0].region_name == "Böblingen"


def test_the_nearest_come_first_and_no_other_region_s() -> None:
    quotes = [
        _quote("1", STATE), _quote("2", BEZIRK), _quote("9", KREIS), _quote("0", "08416"), _quote("3", "082"),
    ]  # fmt: skip
    assert _texts(quotes, [KREIS, BEZIRK, STATE]) == ["Text 9", "Text 2", "Text 1"]
    assert _texts(quotes, [KREIS]) == ["Text 9"], "a page of one region has its own"
    assert _texts(quotes, [STATE], most=9) == ["Text 1", "Text 0", "Text 2", "Text 3", "Text 9"]


def test_a_reader_gets_their_language_or_german() -> None:
    quotes = [_quote("1", STATE, de="Eins", en="One"), _quote("2", STATE, de="Zwei")]
    found = shown_quotes(quotes, SURVEYS, [STATE], TREE, "en")
    assert [(one.text, one.language) for one in found] == [("One", "en"), ("Zwei", "de")]


@pytest.fixture
def themes() -> dict[str, Any]:
    return {
        "n": 40, "themes": ["work", "housing", "other", "_none"],
        "count": [9, 25, 0, 6], "pct": [23, 63, 0, 15],
    }  # fmt: skip


def test_themes_are_listed_from_the_largest_without_those_that_nobody_named(
    source: Source, themes: dict[str, Any]
) -> None:
    found = theme_figures(themes, source.questionnaire, "en")
    assert found.n == 40
    assert [(one.label, one.count, one.percent) for one in found.themes] == [
        ("A housing en", 25, 63), ("A work en", 9, 23),
    ]  # fmt: skip
    few = theme_figures({**themes, "pct": None}, source.questionnaire, "en")
    assert [one.percent for one in few.themes] == [None, None]


def test_a_digest_has_its_region_s_quotes_and_the_whole_state_s_themes(
    source: Source, directory: Directory, say: Callable[..., str], themes: dict[str, Any]
) -> None:
    near = Quote("1" * 32, "small", "2026-Q4", KREIS, {"de": "Nah"})
    far = replace(near, id="2" * 32, region="08235", texts={"de": "Fern"})
    beside = Beside(quotes=[far, near], themes={"small": themes, "another": themes})
    made = digest([source], directory, "de", KREIS, say, demo=False, beside=beside)
    assert [one.text for one in made.quotes] == ["Nah"]
    assert made.parts[0].themes and made.parts[0].themes.n == 40
    plain = digest([source], directory, "de", KREIS, say, demo=False)
    assert plain.quotes == () and plain.parts[0].themes is None
