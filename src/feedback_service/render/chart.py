"""Bars as SVG: with a title, numbers at the bars, no script; the table behind says the same in full."""

from __future__ import annotations

from markupsafe import Markup

from ..reports.model import QuestionFigures

_ROW = 26
_WIDTH = 320
_BAR = 268


def bars(figures: QuestionFigures, title: str, *, right_to_left: bool) -> Markup:
    """One bar an answer, in the order of the table; as long as its share of the group."""
    rows = [
        _bar(position, choice.count, figures.n, choice.percent, right_to_left)
        for position, choice in enumerate(figures.choices)
        if not choice.no_answer
    ]
    height = _ROW * len(rows)
    return Markup(
        '<svg class="chart" viewBox="0 0 {} {}" role="img" aria-label="{}"><title>{}</title>{}</svg>'
    ).format(_WIDTH, height, title, title, Markup("").join(rows))


def _bar(position: int, count: int, n: int, percent: int | None, right_to_left: bool) -> Markup:
    length = round(_BAR * count / n) if n else 0
    top = _ROW * position
    number = _number(count, percent)
    start = _WIDTH - length if right_to_left else 0
    rest = _WIDTH - _BAR if right_to_left else 0
    text = start - 6 if right_to_left else length + 6
    return Markup(
        '<rect class="rest" x="{}" y="{}" width="{}" height="18"/>'
        '<rect class="bar" x="{}" y="{}" width="{}" height="18"/>'
        '<text x="{}" y="{}" direction="ltr" text-anchor="{}">{}</text>'
    ).format(
        rest,
        top + 3,
        _BAR,
        start,
        top + 3,
        length,
        text,
        top + 17,
        "end" if right_to_left else "start",
        number,
    )


def _number(count: int, percent: int | None) -> str:
    """What stands at a bar: with the bands at the ends that the table has, in signs of every language."""
    if percent is None:
        return str(count)
    return "< 5 %" if percent < 5 else "> 95 %" if percent > 95 else f"{percent} %"
