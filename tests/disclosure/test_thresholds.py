"""The constants are the discrete Gaussian, and the inverse CDF reads them rightly."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from typing import Any

import pytest

from feedback_service.disclosure.parameters import V
from feedback_service.disclosure.thresholds import (
    MAX_CATEGORIES,
    Gaussian,
    TooManyCategories,
    shipped,
)


def probabilities(gaussian: Gaussian) -> dict[int, Fraction]:
    """The exact share of 0 … 2**64 - 1 that each value gets."""
    edges = [0, *gaussian.thresholds, 2**64]
    return {gaussian.lowest + i: Fraction(high - low, 2**64) for i, (low, high) in enumerate(pairwise(edges))}


def test_the_probabilities_of_the_specification_hold(vectors: dict[str, Any]) -> None:
    tables = {"3": shipped().multiple, "18/5": shipped().single_choice(6)}
    for vector in vectors["probabilities"]:
        shares = probabilities(tables[vector["variance"]])
        assert [f"{float(shares[k]):.6f}" for k in range(6)] == vector["p"]


def test_a_value_is_the_first_whose_threshold_is_above_the_integer() -> None:
    gaussian = Gaussian(-1, (10, 20, 30))
    assert [gaussian.at(uniform) for uniform in (0, 9, 10, 19, 20, 29, 30)] == [-1, -1, 0, 0, 1, 1, 2]


def test_the_largest_integer_has_a_value_too() -> None:
    gaussian = shipped().multiple
    assert gaussian.at(2**64 - 1) == gaussian.lowest + len(gaussian.thresholds)


@pytest.mark.parametrize("categories", range(2, MAX_CATEGORIES + 1))
def test_single_choice_is_widened_so_that_v_is_left_after_the_sum_is_fixed(categories: int) -> None:
    shares = probabilities(shipped().single_choice(categories))
    mean = sum(k * p for k, p in shares.items())
    variance = sum(k * k * p for k, p in shares.items()) - mean**2
    assert abs(float(mean)) < 1e-15
    assert float(variance) == pytest.approx(V * categories / (categories - 1), abs=1e-9)


def test_the_file_is_for_the_v_of_the_parameters() -> None:
    assert shipped().variance == V


def test_a_question_of_41_categories_is_refused_with_the_limit() -> None:
    shipped().single_choice(40)
    with pytest.raises(TooManyCategories, match=r"41 .*At most 40"):
        shipped().single_choice(41)
