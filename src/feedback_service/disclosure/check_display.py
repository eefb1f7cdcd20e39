"""C2 and C6: every shown number of a release file is recomputed from (noisy, n), and the trends from two."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ..surveys.categories import NO_ANSWER
from .display import Side, show, trend
from .parameters import PERCENT_FROM

Json = Mapping[str, Any]


def displayed(release: Json) -> Iterator[str]:
    """What doesn't follow from (noisy, n). Takes a file of the right shape."""
    scales = {
        name for row in release["rows"] for name, told in row["questions"].items() if told["mean"] is not None
    }
    forms: dict[str, tuple[str, list[str]]] = {}
    for row in release["rows"]:
        for name, told in row["questions"].items():
            where = f"{_where(row)}, {name}"
            if forms.setdefault(name, (told["kind"], told["choices"])) != (told["kind"], told["choices"]):
                yield f"{where}: another kind or other choices than elsewhere"
            if not _countable(told, row["n"]):
                yield f"{where}: its kind, choices, noisy numbers and n don't fit together"
                continue
            yield from _recomputed(where, told, row["n"], scale=name in scales)


def trends(release: Json, previous: Json | None) -> Iterator[str]:
    """What is wrong with the arrows: their form, and with the file of the round before, each of them."""
    earlier = {_identity(row, previous): row for row in previous["rows"]} if previous else {}
    for row in release["rows"]:
        before = earlier.get(_identity(row, release))
        for name, told in row["questions"].items():
            where = f"{_where(row)}, {name}"
            if not _well_formed(told["trend"], len(told["choices"]), row["n"]):
                yield f"{where}: the trend has no lawful form"
            elif previous and told["trend"] != _expected_trend(row, before, name):
                yield f"{where}: the trend doesn't follow from the two rounds"


def _recomputed(where: str, told: Json, n: int, *, scale: bool) -> Iterator[str]:
    shown = show(told["kind"], told["choices"], told["noisy"], n, scale=scale)
    expected = {"count": shown.count, "pct": shown.pct, "mean": shown.mean, "rank": shown.rank}
    for field, value in expected.items():
        if told[field] != (list(value) if isinstance(value, tuple) else value):
            yield f"{where}: {field} doesn't follow from the noisy numbers and n"


def _countable(told: Json, n: int) -> bool:
    """Whether the display rules can be applied at all; C2 for single choice."""
    choices, noisy = told["choices"], told["noisy"]
    if len(noisy) != len(choices) or len(set(choices)) != len(choices) or n < 0:
        return False
    if choices[-1:] != [NO_ANSWER]:
        return False
    return told["kind"] == "select_multiple" or (told["kind"] == "select_one" and sum(noisy) == n)


def _well_formed(arrows: list[str | None] | None, choices: int, n: int) -> bool:
    if arrows is None:
        return True
    lawful = all(arrow in ("up", "down", None) for arrow in arrows)
    return lawful and len(arrows) == choices and arrows[-1:] == [None] and n >= PERCENT_FROM


def _expected_trend(row: Json, before: Json | None, name: str) -> list[str | None] | None:
    now = row["questions"][name]
    earlier = before["questions"].get(name) if before else None
    if before is None or earlier is None:
        return None
    if (earlier["kind"], earlier["choices"]) != (now["kind"], now["choices"]):
        return None
    if not len(now["count"]) == len(earlier["count"]) == len(now["choices"]):
        return None
    arrows = trend(_side(earlier, before), _side(now, row))
    return None if arrows is None else list(arrows)


def _side(told: Json, row: Json) -> Side:
    return Side(tuple(told["count"]), row["n"], len(row["atoms"]))


def _identity(row: Json, release: Json) -> tuple[object, ...]:
    """The same region and class; for a pool also the same Kreise in it, as another pool is another row."""
    regions = [
        tuple(atom["regions"])
        for atom in release["atoms"]
        if row["level"] == "pool" and (atom["class"], atom["id"]) == (row["class"], row["region"])
    ]
    return row["class"], row["level"], row["region"], tuple(regions)


def _where(row: Json) -> str:
    return f"row {row['class']} {row['level']} {row['region']}"
