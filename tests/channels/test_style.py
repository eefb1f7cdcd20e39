"""The colours of the pages: what is read stands out 7 : 1 from what is behind it, in light and in dark.

Browsers mix none of them: every text and every ground is one of the style's own variables.
"""

from __future__ import annotations

import re
from importlib import resources

import pytest

STYLE = resources.files("feedback_service.channels").joinpath("templates/style.css").read_text("utf-8")
LIGHT, DARK = (
    dict(re.findall(r"--([\w-]+): (#\w+)", block))
    for block in re.findall(r":root \{(.*?)\}", STYLE, re.S)[:2]
)
# What print and forced colours change is black on white, or the reader's own choice.
SCREEN = STYLE[: STYLE.index("@media (forced-colors")]
TEXTS = set(re.findall(r"[ ;{](?:color|fill): var\(--([\w-]+)\)", SCREEN)) - {"on-accent", "bar"}
GROUNDS = set(re.findall(r"background(?:-color)?: var\(--([\w-]+)\)", SCREEN)) - {"accent"}
# What must be seen though it is no text: bars, the edge of a field, pictures.
SHAPES = {"bar", "soft", "accent", "wrong"}


def _contrast(one: str, other: str) -> float:
    """WCAG 2.2's contrast ratio of two colours, 1 to 21."""
    brighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (brighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    digits = colour[1:] if len(colour) == 7 else "".join(2 * digit for digit in colour[1:])
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def test_the_measure_knows_the_ends_and_wcags_own_example() -> None:
    assert _contrast("#fff", "#000000") == pytest.approx(21)
    assert _contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("scheme", [LIGHT, DARK], ids=["light", "dark"])
def test_every_text_stands_out_seven_to_one_from_every_ground(scheme: dict[str, str]) -> None:
    assert {"ink", "soft", "accent", "wrong"} <= TEXTS and {"paper", "card", "wrong-paper"} <= GROUNDS
    pairs = [(text, ground) for text in TEXTS for ground in GROUNDS] + [("on-accent", "accent")]
    weak = {pair: round(_contrast(scheme[pair[0]], scheme[pair[1]]), 2) for pair in pairs}
    assert {pair: ratio for pair, ratio in weak.items() if ratio < 7} == {}


@pytest.mark.parametrize("scheme", [LIGHT, DARK], ids=["light", "dark"])
def test_what_must_be_seen_stands_out_three_to_one(scheme: dict[str, str]) -> None:
    pairs = [(shape, ground) for shape in SHAPES for ground in ("paper", "card")]
    assert [pair for pair in pairs if _contrast(scheme[pair[0]], scheme[pair[1]]) < 3] == []
