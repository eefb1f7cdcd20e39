"""Trend lines as SVG: a dash and a mark of its own a line, a gap where nothing may be shown.

The table behind says the same in full, so the drawing is hidden from screen readers.
"""

from __future__ import annotations

import itertools

from markupsafe import Markup

from ..reports.model import Trend

_LEFT, _TOP, _WIDTH, _HEIGHT, _ROW = 34, 12, 350, 130, 18
DASHES = ("", "6 3", "1.5 3")
COLOURS = ("#0b4f5c", "#8a2408", "#1f2a30")
_TENS = 10


def highest(trend: Trend) -> int:
    """The top of the scale: the next ten above the largest percentage."""
    largest = max(one for line in trend.lines for one in line.percents if one is not None)
    return min(100, _TENS * (largest // _TENS + 1))


def trend_lines(trend: Trend) -> Markup:
    """The drawing, as wide as its page, with a key below."""
    top = highest(trend)
    last = len(trend.rounds) - 1

    def x(at: int) -> float:
        return _LEFT + _WIDTH * at / last

    def y(percent: float) -> float:
        return _TOP + _HEIGHT * (1 - percent / top)

    parts = [_grid(round(top * part / 2), y(top * part / 2)) for part in range(3)]
    parts += [_text(x(at), _TOP + _HEIGHT + 16, name) for at, name in enumerate(trend.rounds)]
    for place, line in enumerate(trend.lines):
        points = [(x(at), y(one)) if one is not None else None for at, one in enumerate(line.percents)]
        parts += [_stroke(*a, *b, place) for a, b in itertools.pairwise(points) if a and b]
        parts += [_mark(*point, place) for point in points if point]
        parts.append(_key(place, line.label))
    height = _TOP + _HEIGHT + 28 + _ROW * len(trend.lines)
    return Markup('<svg viewBox="0 0 {} {}" aria-hidden="true">{}</svg>').format(
        _LEFT + _WIDTH + 40, height, Markup("").join(parts)
    )


def _grid(percent: int, y: float) -> Markup:
    return Markup(
        '<path d="M{} {:.1f}h{}" stroke="#c9bfae" stroke-width="0.6"/>'
        '<text x="{}" y="{:.1f}" font-size="10" fill="#47535a" text-anchor="end">{} %</text>'
    ).format(_LEFT, y, _WIDTH, _LEFT - 4, y + 3, percent)


def _text(x: float, y: float, text: str) -> Markup:
    return Markup(
        '<text x="{:.1f}" y="{:.1f}" font-size="10" fill="#47535a" text-anchor="middle">{}</text>'
    ).format(x, y, text)


def _stroke(x1: float, y1: float, x2: float, y2: float, place: int) -> Markup:
    return Markup(
        '<path d="M{:.1f} {:.1f}L{:.1f} {:.1f}" stroke="{}" stroke-width="2" stroke-dasharray="{}"/>'
    ).format(x1, y1, x2, y2, COLOURS[place], DASHES[place])


def _mark(x: float, y: float, place: int) -> Markup:
    """A disc, a square, a triangle."""
    shapes = (
        '<circle cx="{0:.1f}" cy="{1:.1f}" r="4" fill="{2}"/>',
        '<path d="M{0:.1f} {1:.1f}m-4 -4h8v8h-8z" fill="{2}"/>',
        '<path d="M{0:.1f} {1:.1f}m0 -5l5 9h-10z" fill="{2}"/>',
    )
    return Markup(shapes[place]).format(x, y, COLOURS[place])  # noqa: S704  our own three shapes


def _key(place: int, label: str) -> Markup:
    y = _TOP + _HEIGHT + 34 + _ROW * place
    text = Markup('<text x="{}" y="{}" font-size="11" fill="#1f2a30">{}</text>').format(
        _LEFT + 38, y + 4, label
    )
    return _stroke(_LEFT, y, _LEFT + 30, y, place) + _mark(_LEFT + 15, y, place) + text
