"""From noisy numbers to shown ones: a pure function of (noisy, n, parameters), exact to the last digit.

Integers and fractions only: a reader who recomputes a release in any language gets the same numbers. `n`
counts people; counts are people; `pct` is whole per cent of n; the last choice is always `_none`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import accumulate
from typing import Final, Literal

from ..surveys.categories import Kind
from .parameters import MEAN_FROM, PERCENT_FROM, SCALE, V

Arrow = Literal["up", "down"]

CONFIDENCE: Final = Fraction(49, 25)
"""1.96: the normal quantile of a two-sided 5 % test."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What one row shows of one question. `None` where the kind or n doesn't allow it."""

    count: tuple[int, ...]
    pct: tuple[int, ...] | None
    mean: float | None
    rank: tuple[int | None, ...] | None


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two rows that a trend compares: displayed counts, n, and in how many atoms."""

    count: tuple[int, ...]
    n: int
    atoms: int


def show(kind: Kind, choices: Sequence[str], noisy: Sequence[int], n: int, *, scale: bool) -> Shown:
    """Everything that a row shows of a question, the trend aside. Raises `ValueError` as `fill` does."""
    count = fill(noisy, n) if kind == "select_one" else clamp(noisy, n)
    return Shown(
        count,
        percentages(count, n),
        mean(choices, count, n) if scale else None,
        ranks(count, n) if kind == "select_multiple" else None,
    )


def fill(noisy: Sequence[int], n: int) -> tuple[int, ...]:
    """The non-negative integers of sum n nearest to `noisy` (water filling).

    The water line is the largest integer with sum(max(z - line, 0)) >= n. As that sum is the maximum over
    j of (the j largest z) - j * line, the line is the maximum over j of floor(((j largest) - n) / j). What
    is too much is taken one each from the smallest positive counts, ties by lowest index.
    Raises `ValueError` where n < 0 or `noisy` doesn't sum to n.
    """
    if n < 0 or sum(noisy) != n:
        raise ValueError("single choice: the noisy counts must sum to n >= 0")
    if n == 0:
        return (0,) * len(noisy)
    largest = accumulate(sorted(noisy, reverse=True))
    line = max((total - n) // j for j, total in enumerate(largest, start=1))
    count = [max(z - line, 0) for z in noisy]
    positive = sorted((number, index) for index, number in enumerate(count) if number)
    for _, index in positive[: sum(count) - n]:
        count[index] -= 1
    return tuple(count)


def clamp(noisy: Sequence[int], n: int) -> tuple[int, ...]:
    """Multiple choice: each count on its own, moved into 0 … n."""
    return tuple(min(max(z, 0), n) for z in noisy)


def percentages(count: Sequence[int], n: int) -> tuple[int, ...] | None:
    """100 * c / n rounded half up, from n >= 20."""
    if n < PERCENT_FROM:
        return None
    return tuple((200 * c + n) // (2 * n) for c in count)


def mean(choices: Sequence[str], count: Sequence[int], n: int) -> float | None:
    """The mean of a scale's displayed counts without `_none`, one decimal, half up, from n >= 30.

    The float is the division of two integers, so its shortest text is that decimal.
    """
    answered = sum(count[:-1])
    if n < MEAN_FROM or not answered or tuple(choices[:-1]) != SCALE:
        return None
    points = sum(int(choice) * c for choice, c in zip(choices[:-1], count[:-1], strict=True))
    return ((20 * points + answered) // (2 * answered)) / 10


def ranks(count: Sequence[int], n: int) -> tuple[int | None, ...] | None:
    """Competition ranks by displayed count from n >= 20: ties share the best, `_none` has none."""
    if n < PERCENT_FROM:
        return None
    answers = count[:-1]
    return (*(1 + sum(other > c for other in answers) for c in answers), None)


def trend(before: Side, now: Side) -> tuple[Arrow | None, ...] | None:
    """An arrow a choice where the change is beyond noise and chance; `None` if either n < 20.

    |p2 - p1| > 1.96 * sqrt(V * (A1 / n1² + A2 / n2²) + p(1 - p)(1 / n1 + 1 / n2)), compared as squares of
    exact fractions; p is the n-weighted mean of p1 and p2. `_none` has no arrow.
    """
    if min(before.n, now.n) < PERCENT_FROM:
        return None
    noise = V * (Fraction(before.atoms, before.n**2) + Fraction(now.atoms, now.n**2))
    pairs = zip(before.count[:-1], now.count[:-1], strict=True)
    return (*(_arrow(c1, before.n, c2, now.n, noise) for c1, c2 in pairs), None)


def _arrow(c1: int, n1: int, c2: int, n2: int, noise: Fraction) -> Arrow | None:
    change = Fraction(c2, n2) - Fraction(c1, n1)
    p = Fraction(c1 + c2, n1 + n2)
    variance = noise + p * (1 - p) * (Fraction(1, n1) + Fraction(1, n2))
    if change**2 <= CONFIDENCE**2 * variance:
        return None
    return "up" if change > 0 else "down"
