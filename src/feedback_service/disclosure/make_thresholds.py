"""Writes `thresholds.json`: `python -m feedback_service.disclosure.make_thresholds`.

Takes nothing, gives the same bytes on every machine: `decimal` rounds correctly at a fixed precision,
where floats would differ with the C library. A test regenerates the file and compares.
"""

from __future__ import annotations

import json
from decimal import Decimal, localcontext
from fractions import Fraction
from pathlib import Path

from .parameters import V
from .thresholds import FILE_NAME, FORMAT, MAX_CATEGORIES

DIGITS = 100
"""Far more than the 20 digits of 2**64, so that rounding never reaches the integer below."""

REACH = 120
"""Values summed on each side of 0: at the widest variance (6) the rest is below 10**-500."""


def integer_thresholds(variance: Fraction) -> tuple[int, list[int]]:
    """The lowest value and floor(CDF * 2**64) from it upward, for N_Z(0, variance).

    Begins with the first value whose threshold is not 0, ends with the first that is 2**64 - 1: past
    that a 64-bit integer can't tell the values apart.
    """
    with localcontext() as context:
        context.prec = DIGITS
        twice = Decimal(2 * variance.numerator) / variance.denominator
        weights = {k: (Decimal(-k * k) / twice).exp() for k in range(-REACH, REACH + 1)}
        total, below = sum(weights.values()), Decimal(0)
        found: list[int] = []
        lowest = -REACH
        for k, weight in weights.items():
            below += weight
            threshold = int(below * 2**64 / total)
            if threshold and not found:
                lowest = k
            if threshold:
                found.append(threshold)
            if threshold == 2**64 - 1:
                break
    return lowest, found


def document() -> str:
    """The text of `thresholds.json`. Thresholds are 16 hex digits each: JSON readers may round 2**64."""
    single = {str(size): _entry(Fraction(V * size, size - 1)) for size in range(2, MAX_CATEGORIES + 1)}
    body = {"format": FORMAT, "V": V, "multiple": _entry(Fraction(V)), "single": single}
    return json.dumps(body, indent=1) + "\n"


def _entry(variance: Fraction) -> dict[str, object]:
    lowest, thresholds = integer_thresholds(variance)
    return {
        "variance": str(variance),
        "lowest": lowest,
        "thresholds": [f"{threshold:016x}" for threshold in thresholds],
    }


def main() -> None:
    """Write the file beside this module."""
    Path(__file__).with_name(FILE_NAME).write_text(document(), "utf-8")


if __name__ == "__main__":
    main()
