"""The discrete Gaussian N_Z(0, variance) as integer thresholds floor(CDF * 2**64), kept as constants.

No float takes part at run time: the same 64-bit integer gives the same noise on every machine, for ever.
Source: Canonne, Kamath, Steinke, "The Discrete Gaussian for Differential Privacy" (2020) for the
distribution; inverse CDF over integers for the draw. The file is written by `make_thresholds`.
"""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Any, Final

from ..errors import FeedbackError

FILE_NAME: Final = "thresholds.json"
FORMAT: Final = "discrete-gaussian-thresholds/1"

MAX_CATEGORIES: Final = 40
"""The most categories of a single choice question, `_none` included."""


class TooManyCategories(FeedbackError):
    """A single choice question with more categories than there are constants for."""

    status = 422
    code = "noise-too-many-categories"
    message = (
        "A question has %(categories)s choices to choose one from (with “no answer”). "
        "At most %(limit)s can be protected."
    )


@dataclass(frozen=True, slots=True)
class Gaussian:
    """One distribution: `thresholds[i]` is floor(CDF(lowest + i) * 2**64), ascending."""

    lowest: int
    thresholds: tuple[int, ...]

    def at(self, uniform: int) -> int:
        """The value whose share of 0 … 2**64 - 1 holds `uniform`: the first with uniform < threshold.

        2**64 - 1 is below no threshold; it stands for all of the upper tail and gives its first value.
        """
        return self.lowest + bisect_right(self.thresholds, uniform)


@dataclass(frozen=True, slots=True)
class Thresholds:
    """All constants: variance V for multiple choice, V * L / (L - 1) for single choice by L."""

    variance: int
    multiple: Gaussian
    single: Mapping[int, Gaussian]

    def single_choice(self, categories: int) -> Gaussian:
        """The distribution for L = `categories`, `_none` included. Raises `TooManyCategories`."""
        if categories > MAX_CATEGORIES:
            raise TooManyCategories(categories=categories, limit=MAX_CATEGORIES)
        return self.single[categories]


@cache
def shipped() -> Thresholds:
    """The constants of `thresholds.json`, read once at the first call."""
    body = json.loads(resources.files(__package__).joinpath(FILE_NAME).read_text("utf-8"))
    single = {int(size): _gaussian(entry) for size, entry in body["single"].items()}
    return Thresholds(body["V"], _gaussian(body["multiple"]), MappingProxyType(single))


def _gaussian(entry: Mapping[str, Any]) -> Gaussian:
    return Gaussian(entry["lowest"], tuple(int(threshold, 16) for threshold in entry["thresholds"]))
