"""Bars as long as their share, mirrored where reading runs from right to left."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Callable

import pytest

from feedback_service.render.chart import bars
from feedback_service.reports.model import QuestionFigures

WIDTH, FULL = 320, 268
Figures = Callable[..., QuestionFigures]


def _svg(figures: QuestionFigures, title: str = "T", *, right_to_left: bool = False) -> ET.Element:
    return ET.fromstring(bars(figures, title, right_to_left=right_to_left))


def _of(svg: ET.Element, kind: str) -> list[tuple[int, int]]:
    return [
        (int(one.get("x", "")), int(one.get("width", "")))
        for one in svg.iter("rect")
        if one.get("class") == kind
    ]


def _texts(svg: ET.Element) -> list[ET.Element]:
    return list(svg.iter("text"))


@pytest.fixture
def half_and_all(figures: Figures) -> QuestionFigures:
    return figures("q", 40, ("a", 20, 50, None), ("b", 40, 100, None), ("c", 0, 0, None), none=(7, 18))


def test_a_bar_is_as_long_as_its_share_of_the_group(half_and_all: QuestionFigures) -> None:
    assert _of(_svg(half_and_all), "bar") == [(0, FULL // 2), (0, FULL), (0, 0)]
    assert _of(_svg(half_and_all), "rest") == [(0, FULL)] * 3


def test_who_gave_no_answer_has_no_bar(half_and_all: QuestionFigures) -> None:
    svg = _svg(half_and_all)
    assert len(_texts(svg)) == 3
    assert svg.get("viewBox") == f"0 0 {WIDTH} {3 * 26}"


def test_the_chart_is_mirrored_from_right_to_left(half_and_all: QuestionFigures) -> None:
    left, right = _svg(half_and_all), _svg(half_and_all, right_to_left=True)
    for kind in ("bar", "rest"):
        mirrored = [(WIDTH - x - width, width) for x, width in _of(left, kind)]
        assert _of(right, kind) == mirrored
        assert mirrored != _of(left, kind)
    for one, other in zip(_texts(left), _texts(right), strict=True):
        assert int(other.get("x", "")) == WIDTH - int(one.get("x", ""))
        assert (one.get("text-anchor"), other.get("text-anchor")) == ("start", "end")
        assert (one.text, one.get("y")) == (other.text, other.get("y"))
        # The number itself is written from left to right in both.
        assert one.get("direction") == other.get("direction") == "ltr"


def test_each_bar_has_its_number_in_the_order_of_the_table(figures: Figures) -> None:
    svg = _svg(figures("q", 40, ("a", 20, 50, None), ("b", 10, 25, None)))
    assert [one.text for one in _texts(svg)] == ["50 %", "25 %"]
    small = _svg(figures("q", 14, ("a", 9, None, None), ("b", 3, None, None)))
    assert [one.text for one in _texts(small)] == ["9", "3"]


def test_a_charts_percentages_have_the_bands_of_the_table(figures: Figures) -> None:
    svg = _svg(figures("q", 100, ("a", 99, 99, None), ("b", 1, 1, None)))
    assert not {"99 %", "1 %"} & {one.text for one in _texts(svg)}


def test_nothing_is_drawn_outside_the_chart(figures: Figures) -> None:
    full = figures("q", 7, ("a", 7, None, None))
    for right_to_left in (False, True):
        svg = _svg(full, right_to_left=right_to_left)
        for x, width in _of(svg, "bar") + _of(svg, "rest"):
            assert 0 <= x <= x + width <= WIDTH
        assert 0 <= int(_texts(svg)[0].get("x", "")) <= WIDTH


def test_a_group_of_nobody_has_empty_bars(figures: Figures) -> None:
    assert _of(_svg(figures("q", 0, ("a", 0, None, None))), "bar") == [(0, 0)]


def test_a_chart_is_an_image_with_a_title_that_cannot_break_out(half_and_all: QuestionFigures) -> None:
    title = '"><script>alert(1)</script>&'
    svg = _svg(half_and_all, title)
    assert svg.get("role") == "img"
    assert svg.get("aria-label") == title
    assert svg.findtext("title") == title
    assert not list(svg.iter("script"))
