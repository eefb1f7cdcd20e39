"""What one question says across rounds and across Kreise: the trend and the tile map, from releases alone.

A figure that may not be shown is a gap, never a zero and never another group's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..regions.directory import Directory
from ..regions.keys import Level
from ..regions.tiles import tile_places
from ..surveys.themes import MOST_PRESSING
from .model import RegionReport, Tile, TileMap, Trend, TrendLine
from .source import Source, rows_by_class

_LINES = 3
# Two years of quarters: more would not be readable.
MOST_ROUNDS = 8
# With fewer Kreise a map is a field of hatched tiles.
_FEWEST_TILES = 10


def pressing_trend(report: RegionReport, sources: Sequence[Source]) -> Trend | None:
    """The report's three most named problems over the releases of its survey, oldest first."""
    releases = [source.release for source in sources][-MOST_ROUNDS:]
    lines = [
        TrendLine(choice.label, tuple(_percent(one, report.region, choice.name) for one in releases))
        for choice in report.most_named()[:_LINES]
    ]
    shown = [line for line in lines if sum(one is not None for one in line.percents) > 1]
    if not shown:
        return None
    return Trend(report.name, tuple(release["round"] for release in releases), tuple(shown))


def pressing_map(report: RegionReport, source: Source, directory: Directory) -> TileMap | None:
    """The state's most named problem, Kreis by Kreis; `None` for other regions, or where few are shown."""
    top = report.most_named()[:1]
    if report.region != directory.state.ags or not top:
        return None
    places = tile_places()
    tiles = tuple(
        Tile(
            kreis.ags,
            kreis.name,
            places[kreis.ags].short,
            places[kreis.ags].column,
            places[kreis.ags].row,
            _percent(source.release, kreis.ags, top[0].name),
        )
        for kreis in directory.at(Level.KREIS)
        if kreis.ags in places
    )
    if sum(tile.percent is not None for tile in tiles) < _FEWEST_TILES:
        return None
    return TileMap(top[0].label, top[0].percent, tiles)


def _percent(release: Mapping[str, Any], region: str, choice: str) -> int | None:
    """How many percent of a region named a problem in one release; `None` where that isn't said."""
    for row in rows_by_class(release, region).values():
        released = row["questions"].get(MOST_PRESSING)
        if released and released["pct"] and choice in released["choices"]:
            percent: int = released["pct"][released["choices"].index(choice)]
            return percent
    return None
