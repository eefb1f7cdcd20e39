"""The constants of a release. They are the promise to people who answer, so no setting can change them.

Counts are people; `V` is the variance of the noise in people squared.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from ..surveys.categories import PublishClass

PUBLISH_CLASSES: Final[tuple[PublishClass, ...]] = ("local", "wide", "state")

K: Final[Mapping[PublishClass, int]] = MappingProxyType({"local": 10, "wide": 20, "state": 20})
"""The fewest records that an atom of a class may hold."""

V: Final = 3
"""The variance of the noise in each cell, never below 2."""

PERCENT_FROM: Final = 20
"""Percentages, trends and ranks are shown from this n on."""

MEAN_FROM: Final = 30
"""Means are shown from this n on."""

POOL_KREISE: Final = 2
"""The fewest Kreise in a pool: a pool of one would be that Kreis below its threshold."""

SCALE: Final = ("1", "2", "3", "4", "5")
"""The choices of a question that has a mean."""

SPLIT_FROM: Final = 200
"""A Kreis is cut into its municipalities from this n on."""

PART_MINIMUM: Final = 30
"""The fewest records in each part of a Kreis that was cut, the remainder included."""


def as_json() -> dict[str, Any]:
    """What a release file and the ledger print under `parameters`; a fresh dict each time."""
    return {"k": dict(K), "V": V, "percent_from": PERCENT_FROM, "mean_from": MEAN_FROM}
