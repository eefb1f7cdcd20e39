"""The tile map as SVG: a tile a Kreis with its share in figures, hatched where nothing may be shown.

Four shades and the figure itself: it can be read in black and white. The table behind says the same in full,
so the drawing is hidden from screen readers.
"""

from __future__ import annotations

from markupsafe import Markup

from ..reports.model import Tile, TileMap

_SIZE, _GAP = 40, 3
# From which percentage on, fill, ink: each pair's contrast is 9:1 or more.
SHADES = (
    (60, "#0b4f5c", "#ffffff"),
    (40, "#9cc9d0", "#1f2a30"),
    (20, "#d3e6e9", "#1f2a30"),
    (0, "#f3f7f8", "#1f2a30"),
)


def tile_map(shown: TileMap) -> Markup:
    """The drawing, as wide as its page."""
    columns = 1 + max(tile.column for tile in shown.tiles)
    rows = 1 + max(tile.row for tile in shown.tiles)
    tiles = Markup("").join(_tile(tile) for tile in shown.tiles)
    return Markup('<svg viewBox="0 0 {} {}" aria-hidden="true">{}</svg>').format(
        columns * (_SIZE + _GAP), rows * (_SIZE + _GAP), tiles
    )


def shade(percent: int) -> tuple[str, str]:
    """Fill and ink of a tile."""
    return next((fill, ink) for least, fill, ink in SHADES if percent >= least)


def figure(percent: int) -> str:
    """What stands in a tile, with the bands at the ends."""
    return "<5" if percent < 5 else ">95" if percent > 95 else str(percent)


def _tile(tile: Tile) -> Markup:
    left, top = tile.column * (_SIZE + _GAP), tile.row * (_SIZE + _GAP)
    if tile.percent is None:
        fill, ink, number = "#ffffff", "#1f2a30", Markup("")
    else:
        fill, ink = shade(tile.percent)
        number = _text(left, top + 31, 14, ink, figure(tile.percent))
    square = Markup(
        '<rect x="{}" y="{}" width="{}" height="{}" fill="{}" stroke="#47535a" stroke-width="0.6"/>'
    )
    hatching = Markup("") if tile.percent is not None else _hatching(left, top)
    return Markup("").join(
        (
            square.format(left, top, _SIZE, _SIZE, fill),
            hatching,
            _text(left, top + 14, 10, ink, tile.short),
            number,
        )
    )


def _hatching(left: int, top: int) -> Markup:
    lines = [
        Markup('<path d="M{} {}L{} {}" stroke="#8a949a" stroke-width="0.8"/>').format(
            left + max(0, at - _SIZE), top + min(at, _SIZE), left + min(at, _SIZE), top + max(0, at - _SIZE)
        )
        for at in range(8, 2 * _SIZE, 8)
    ]
    # A clear ground for the name.
    return Markup("").join(
        [*lines, Markup('<rect x="{}" y="{}" width="32" height="13" fill="#fff"/>').format(left + 4, top + 4)]
    )


def _text(left: int, baseline: int, size: int, ink: str, text: str) -> Markup:
    return Markup('<text x="{}" y="{}" font-size="{}" fill="{}" text-anchor="middle">{}</text>').format(
        left + _SIZE // 2, baseline, size, ink, text
    )
