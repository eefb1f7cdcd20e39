"""Spearman's rank correlation between the true order of arrival and an order that was read from a disk."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

# Below this nothing can be told from chance.
FEWEST = 50
_NOISE = 3.0
_BEYOND_CHANCE = 4.5


def spearman(values: Sequence[Any]) -> float:
    """ρ of the positions 0, 1, 2, … and the values' ranks; equal values share their mean rank."""
    ranks = _ranks(values)
    middle = (len(values) - 1) / 2
    deviations = [(place - middle, rank - middle) for place, rank in enumerate(ranks)]
    spread = math.sqrt(sum(a * a for a, _ in deviations) * sum(b * b for _, b in deviations))
    return sum(a * b for a, b in deviations) / spread if spread else 0.0


def noise_limit(n: int) -> float:
    """What chance alone exceeds once in 370 looks: the design's limit."""
    return _NOISE / math.sqrt(n - 1)


def certain_limit(n: int) -> float:
    """What chance alone exceeds once in 150,000 looks. An audit looks at many orders at once."""
    return _BEYOND_CHANCE / math.sqrt(n - 1)


def _ranks(values: Sequence[Any]) -> list[float]:
    order = sorted(range(len(values)), key=lambda place: values[place])
    ranks = [0.0] * len(values)
    start = 0
    while start < len(order):
        end = start
        while end + 1 < len(order) and values[order[end + 1]] == values[order[start]]:
            end += 1
        for place in order[start : end + 1]:
            ranks[place] = (start + end) / 2
        start = end + 1
    return ranks
