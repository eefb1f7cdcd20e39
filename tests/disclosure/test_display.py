"""What is shown follows from (noisy, n) exactly."""

from __future__ import annotations

import math
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_service.disclosure.display import (
    Shown,
    Side,
    clamp,
    fill,
    mean,
    percentages,
    ranks,
    show,
    trend,
)

SCALE = ("1", "2", "3", "4", "5", "_none")


def test_the_published_vectors_of_water_filling_hold(vectors: dict[str, Any]) -> None:
    for vector in vectors["display"]:
        assert list(fill(vector["noisy"], vector["n"])) == vector["count"]


def test_lawful_numbers_are_shown_as_they_are() -> None:
    assert fill((3, 0, 7), 10) == (3, 0, 7)
    assert clamp((3, 0, 10), 10) == (3, 0, 10)


def test_what_is_too_much_goes_from_the_lowest_index_of_equal_counts() -> None:
    assert fill((5, 5, -1), 9) == (4, 5, 0)


@given(st.lists(st.integers(-30, 200), min_size=2, max_size=12))
def test_water_filling_gives_counts_of_sum_n_and_keeps_the_order(noisy: list[int]) -> None:
    n = sum(noisy)
    if n < 0:
        with pytest.raises(ValueError, match="sum to n"):
            fill(noisy, n)
        return
    count = fill(noisy, n)
    assert sum(count) == n
    assert min(count) >= 0
    pairs = list(zip(noisy, count, strict=True))
    assert all(c <= d for (z, c), (y, d) in product(pairs, pairs) if z < y)


@given(st.lists(st.integers(-4, 6), min_size=2, max_size=4))
def test_no_other_counts_of_sum_n_are_nearer(noisy: list[int]) -> None:
    n = sum(noisy)
    if n < 0:
        return

    def distance(count: tuple[int, ...]) -> int:
        return sum((c - z) ** 2 for c, z in zip(count, noisy, strict=True))

    others = (c for c in product(range(n + 1), repeat=len(noisy)) if sum(c) == n)
    assert distance(fill(noisy, n)) == min(map(distance, others))


@given(st.lists(st.integers(-30, 200), min_size=2, max_size=12))
def test_the_water_line_is_the_largest_integer_that_leaves_n(noisy: list[int]) -> None:
    """The rule as the specification words it, counted up instead of solved."""
    n = sum(noisy)
    if n < 1:
        return
    line = 0
    while sum(max(z - line - 1, 0) for z in noisy) >= n:
        line += 1
    count = [max(z - line, 0) for z in noisy]
    for index in sorted((i for i, c in enumerate(count) if c), key=lambda i: (count[i], i)):
        if sum(count) > n:
            count[index] -= 1
    assert fill(noisy, n) == tuple(count)


def test_numbers_that_do_not_sum_to_n_are_refused() -> None:
    with pytest.raises(ValueError, match="sum to n"):
        fill((1, 2), 4)


def test_multiple_choice_is_moved_into_0_to_n() -> None:
    assert clamp((-3, 4, 14), 12) == (0, 4, 12)


def test_percentages_are_rounded_half_up_from_20() -> None:
    assert percentages((1, 39), 40) == (3, 98)
    assert percentages((1, 199), 200) == (1, 100)
    assert percentages((20,), 20) == (100,)
    assert percentages((19,), 19) is None


def test_a_mean_leaves_out_who_did_not_answer_and_needs_30() -> None:
    assert mean(SCALE, (0, 0, 0, 0, 10, 20), 30) == 5.0
    assert mean(SCALE, (0, 0, 0, 0, 10, 19), 29) is None
    assert mean(SCALE, (0, 0, 0, 0, 0, 30), 30) is None


def test_a_mean_is_rounded_half_up_to_one_decimal() -> None:
    assert mean(SCALE, (0, 0, 19, 1, 0, 10), 30) == 3.1  # 3.05
    assert mean(SCALE, (0, 0, 96, 4, 0, 0), 100) == 3.0  # 3.04
    assert repr(mean(SCALE, (0, 0, 19, 1, 0, 10), 30)) == "3.1"


def test_only_a_scale_from_1_to_5_has_a_mean() -> None:
    assert mean(("1", "2", "_none"), (20, 20, 0), 40) is None
    assert show("select_one", SCALE, (0, 0, 40, 0, 0, 0), 40, scale=False).mean is None
    assert show("select_one", SCALE, (0, 0, 40, 0, 0, 0), 40, scale=True).mean == 3.0


def test_ranks_are_shared_by_ties_and_leave_a_gap_and_none_has_none() -> None:
    assert ranks((5, 9, 5, 2, 30), 30) == (2, 1, 2, 4, None)
    assert ranks((5, 9), 19) is None
    assert ranks((5, 9), 20) == (1, None)


def test_only_multiple_choice_has_ranks() -> None:
    noisy = (30, -2, 12)
    assert show("select_multiple", ("a", "b", "_none"), noisy, 25, scale=False) == Shown(
        (25, 0, 12), (100, 0, 48), None, (1, 2, None)
    )
    assert show("select_one", ("a", "b", "_none"), (13, -2, 14), 25, scale=False).rank is None


def test_below_20_only_counts_are_shown() -> None:
    shown = show("select_multiple", ("a", "_none"), (3, 9), 19, scale=False)
    assert shown == Shown((3, 9), None, None, None)


def test_a_trend_needs_20_in_both_rounds() -> None:
    big, small = Side((20, 0), 20, 1), Side((0, 19), 19, 1)
    assert trend(big, small) is None
    assert trend(small, big) is None
    assert trend(Side((0, 20), 20, 1), big) == ("up", None)


def test_an_arrow_shows_the_way_from_the_round_before() -> None:
    assert trend(Side((10, 90, 0), 100, 1), Side((60, 40, 0), 100, 1)) == ("up", "down", None)
    assert trend(Side((50, 50, 0), 100, 1), Side((52, 48, 0), 100, 1)) == (None, None, None)


def test_no_one_answering_any_more_is_no_arrow() -> None:
    assert trend(Side((50, 50), 100, 1), Side((50, 0), 100, 1)) == (None, None)


def test_more_atoms_in_a_row_need_a_larger_change() -> None:
    before, now = (40, 60, 0), (57, 43, 0)
    assert trend(Side(before, 100, 1), Side(now, 100, 1)) == ("up", "down", None)
    assert trend(Side(before, 100, 8), Side(now, 100, 8)) == (None, None, None)


@given(st.integers(20, 300), st.integers(20, 300), st.data())
def test_the_trend_is_the_formula_of_the_specification(n1: int, n2: int, data: st.DataObject) -> None:
    c1, c2 = data.draw(st.integers(0, n1)), data.draw(st.integers(0, n2))
    a1, a2 = data.draw(st.integers(1, 9)), data.draw(st.integers(1, 9))
    p1, p2 = c1 / n1, c2 / n2
    p = (n1 * p1 + n2 * p2) / (n1 + n2)
    limit = 1.96 * math.sqrt(3 * (a1 / n1**2 + a2 / n2**2) + p * (1 - p) * (1 / n1 + 1 / n2))
    if math.isclose(abs(p2 - p1), limit, rel_tol=1e-9):
        return
    expected = ("up" if p2 > p1 else "down") if abs(p2 - p1) > limit else None
    assert trend(Side((c1, n1 - c1), n1, a1), Side((c2, n2 - c2), n2, a2)) == (expected, None)


def test_a_change_exactly_at_the_limit_is_no_arrow() -> None:
    """One of the few cases in which both sides of the inequality are equal; floats decide it by chance."""
    before = Side((12, 37), 49, 3)
    assert trend(before, Side((45, 53), 98, 3)) == (None, None)
    assert trend(before, Side((46, 52), 98, 3)) == ("up", None)


def test_a_change_of_1_968_standard_deviations_is_an_arrow() -> None:
    assert trend(Side((60, 240), 300, 1), Side((81, 219), 300, 1)) == ("up", None)
    assert trend(Side((81, 219), 300, 1), Side((60, 240), 300, 1)) == ("down", None)
