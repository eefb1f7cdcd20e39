"""Guesses at the order of arrival, and how good each of them is."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from .model import Check, Row, Verdict, not_looked_at
from .order import FEWEST, certain_limit, noise_limit, spearman

# Each guess by its name: a value for each known answer, in the true order; or its ρ.
Guesses = Mapping[str, float]


def judge(name: str, guesses: Guesses, n: int) -> Check:
    """Line 7 for one place where rows of `n` known answers lie."""
    if n < FEWEST:
        return not_looked_at(7, name, f"{n} known answers in it; {FEWEST} are needed")
    worst = max(guesses, key=lambda guess: abs(guesses[guess]))
    size = abs(guesses[worst])
    verdict = Verdict.OK
    if size > noise_limit(n):
        # Chance alone does that once in 370 looks; after another mix it is gone, an order is not.
        verdict = Verdict.FINDING if size > certain_limit(n) else Verdict.WARNING
    found = f"max |ρ| {size:.3f} ({worst}) of {len(guesses)} guesses, n = {n}"
    return Check(7, name, found, f"{noise_limit(n):.3f}", verdict)


def of_columns(rows: Sequence[Row], names: Sequence[str]) -> dict[str, float]:
    """Each column as a guess, where its values can be compared and differ."""
    found = {}
    for name, values in zip(names, zip(*rows, strict=True), strict=True):
        if len({type(value) for value in values}) == 1 and len(set(values)) > 1:
            found[name] = spearman(values)
    return found


def of_places(part: str, offsets: Sequence[int], page: int, positions: Sequence[int]) -> dict[str, float]:
    """What the places of these rows in a file tell; `positions` are their places in the table."""
    pages = [offset // page for offset in offsets]
    return {
        f"{part} in the file": spearman(offsets),
        f"page of its {part}": spearman(pages),
        f"{part} in its page": spearman([offset % page for offset in offsets]),
        f"pairs on one page by {part}": _pairs(offsets, pages),
        f"page of the next one's {part}": spearman(_beside(pages, positions, 1)),
        f"page of the previous one's {part}": spearman(_beside(pages, positions, -1)),
        f"company on the page of its {part}": spearman(_company(pages)),
    }


def _pairs(offsets: Sequence[int], pages: Sequence[int]) -> float:
    """Whether of two on one page the first came first: Kendall's S, on the scale of ρ for as many rows."""
    together: dict[int, list[int]] = defaultdict(list)
    for offset, page in zip(offsets, pages, strict=True):
        together[page].append(offset)
    agreeing, variance = 0, 0.0
    for places in together.values():
        agreeing += sum(
            1 if later > earlier else -1
            for at, earlier in enumerate(places)
            for later in places[at + 1 :]
            if later != earlier
        )
        m = len(places)
        variance += m * (m - 1) * (2 * m + 5) / 18
    # Divided by its deviation it is as far from chance as a ρ of that size.
    size = agreeing / math.sqrt(variance * (len(offsets) - 1)) if variance else 0.0
    return max(-1.0, min(1.0, size))


def _beside(pages: Sequence[int], positions: Sequence[int], step: int) -> list[int]:
    """For each row the page of the one before or after it in the table."""
    in_table = sorted(range(len(pages)), key=lambda place: positions[place])
    turned = in_table[step:] + in_table[:step]
    following = dict(zip(in_table, turned, strict=True))
    return [pages[following[place]] for place in range(len(pages))]


def _company(pages: Iterable[int]) -> list[int]:
    """How many others lie on the same page: the last page that was begun is emptier."""
    listed = list(pages)
    numbers: dict[int, int] = defaultdict(int)
    for page in listed:
        numbers[page] += 1
    return [numbers[page] for page in listed]


def neighbours(values: Sequence[Any]) -> float:
    """Whether rows that came one after the other lie near each other: 1 where all do, about 0 by chance."""
    n = len(values)
    if n < 3 or len(set(values)) < 3:
        return 0.0
    order = sorted(range(n), key=lambda place: values[place])
    rank = {place: at for at, place in enumerate(order)}
    mean = sum(abs(rank[at] - rank[at + 1]) for at in range(n - 1)) / (n - 1)
    expected = (n + 1) / 3
    # The mean's deviation is √(2n/45); brought to the scale of ρ.
    return max(-1.0, min(1.0, (expected - mean) / (n * math.sqrt(2 / 45))))
