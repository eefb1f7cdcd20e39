"""ρ is what the books say it is."""

from __future__ import annotations

import random

import pytest

from feedback_service.audit.order import certain_limit, noise_limit, spearman


def test_an_order_and_its_reverse_are_one_and_minus_one() -> None:
    assert spearman(range(100)) == pytest.approx(1)
    assert spearman(range(100, 0, -1)) == pytest.approx(-1)
    assert spearman([b"a", b"b", b"c"]) == pytest.approx(1)


def test_equal_values_share_their_rank() -> None:
    # By hand: ranks 0.5 0.5 2 3 against 0 1 2 3.
    assert spearman([7, 7, 8, 9]) == pytest.approx(0.9486833)
    assert spearman([5, 5, 5]) == 0


def test_by_chance_it_stays_within_the_limits() -> None:
    chance = random.Random(5)
    rhos = [abs(spearman(chance.sample(range(1000), 1000))) for _ in range(200)]
    assert max(rhos) < certain_limit(1000)
    assert sum(rho > noise_limit(1000) for rho in rhos) <= 4
    assert noise_limit(1000) == pytest.approx(0.0949, abs=0.0001)
