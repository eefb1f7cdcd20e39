"""Trend lines and the tile map as SVG: what they draw, what they leave out, what they escape."""

from __future__ import annotations

import re
from xml.etree import ElementTree

from feedback_service.render.tile_map import SHADES, figure, tile_map
from feedback_service.render.trend_lines import DASHES, highest, trend_lines
from feedback_service.reports.model import TileMap, Trend

from .conftest import HOSTILE

MOST_READABLE = 7.0


def _texts(svg: str) -> list[str]:
    return [one.text or "" for one in ElementTree.fromstring(svg).iter("text")]


def test_a_tile_has_its_name_and_its_share_with_bands(tiles: TileMap) -> None:
    assert _texts(tile_map(tiles)) == ["K0", "<5", "K1", "55", "K2", ">95", "K3"]
    assert [figure(one) for one in (4, 5, 95, 96)] == ["<5", "5", "95", ">95"]


def test_a_withheld_tile_is_hatched_and_has_no_share(tiles: TileMap) -> None:
    assert tile_map(tiles).count("<path") == len(range(8, 80, 8))


def test_lines_have_a_stroke_between_neighbours_only(trend: Trend) -> None:
    svg = str(trend_lines(trend))
    strokes = re.findall(r'<path d="M[^"]*L[^"]*"[^>]*stroke-width="2"', svg)
    # Work 40 to 41, Housing 3 to 30, the third line all along; and a sample a line in the key.
    assert len(strokes) == 1 + 1 + 3 + 3
    assert svg.count("<circle") == 3 + 1, "each point has a mark, also one beside a gap"


def test_lines_differ_without_colours() -> None:
    assert len(set(DASHES)) == len(DASHES) == 3


def test_labels_are_text_and_drawings_are_for_eyes_only(trend: Trend, tiles: TileMap) -> None:
    assert HOSTILE in _texts(trend_lines(trend))
    for svg in (trend_lines(trend), tile_map(tiles)):
        assert "<script" not in svg and ElementTree.fromstring(svg).get("aria-hidden") == "true"


def test_the_scale_ends_at_the_next_ten(trend: Trend) -> None:
    assert highest(trend) == 100
    assert highest(Trend("N", ("a", "b"), trend.lines[1:2])) == 40


def _luminance(colour: str) -> float:
    """Relative luminance as WCAG 2.2 defines it."""
    parts = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_every_shade_has_an_ink_that_can_be_read() -> None:
    for _, fill, ink in SHADES:
        bright, dark = sorted((_luminance(fill), _luminance(ink)), reverse=True)
        assert (bright + 0.05) / (dark + 0.05) >= MOST_READABLE, (fill, ink)
