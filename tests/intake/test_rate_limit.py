"""The limit: generous, forgetful, and it says when there is room again."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedback_service.intake import rate_limit as module
from feedback_service.intake.rate_limit import A_SECOND, BURST, RateLimit, TooManyRequests


class Clock:
    """Seconds that a test moves on."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def limit(clock: Clock) -> RateLimit:
    return RateLimit(clock)


def _taken(limit: RateLimit, address: str, tries: int) -> int:
    taken = 0
    for _ in range(tries):
        try:
            limit.take(address)
            taken += 1
        except TooManyRequests:
            pass
    return taken


def test_a_whole_shelter_may_send_at_once_and_then_ten_a_second(limit: RateLimit, clock: Clock) -> None:
    assert _taken(limit, "203.0.113.7", 1500) == BURST == 1000
    clock.now += 3
    assert _taken(limit, "203.0.113.7", 100) == 30
    assert _taken(limit, "203.0.113.8", 5) == 5


def test_it_says_when_to_try_again_and_that_is_true(limit: RateLimit, clock: Clock) -> None:
    _taken(limit, "203.0.113.7", BURST)
    with pytest.raises(TooManyRequests) as refused:
        limit.take("203.0.113.7")
    clock.now += refused.value.seconds
    limit.take("203.0.113.7")


def test_one_ipv6_connection_is_one_sender_and_a_mapped_address_is_its_ipv4(limit: RateLimit) -> None:
    assert _taken(limit, "2001:db8:1:2::1", 600) + _taken(limit, "2001:db8:1:2:ffff::9", 600) == BURST
    assert _taken(limit, "2001:db8:1:3::1", 1) == 1
    assert _taken(limit, "203.0.113.7", 600) + _taken(limit, "::ffff:203.0.113.7", 600) == BURST


def test_each_hour_everything_is_forgotten_under_another_salt(limit: RateLimit, clock: Clock) -> None:
    _taken(limit, "203.0.113.7", BURST)
    salt = limit._salt
    clock.now += 3600
    assert _taken(limit, "203.0.113.7", BURST) == BURST
    assert limit._salt != salt and len(limit._buckets) == 1


def test_memory_holds_no_address(limit: RateLimit) -> None:
    limit.take("203.0.113.7")
    (name,) = limit._buckets
    assert len(name) == 16 and bytes([203, 0, 113, 7]) not in name


def test_its_memory_is_bounded(limit: RateLimit, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_MOST_BUCKETS", 50)
    for number in range(500):
        limit.take(f"203.0.{number // 256}.{number % 256}")
        clock.now += 0.01
    assert len(limit._buckets) <= 50


@settings(max_examples=50, deadline=None)
@given(st.lists(st.floats(0, 200), max_size=40), st.integers(1, 400))
def test_never_more_than_the_burst_and_the_rate_allow(pauses: list[float], at_once: int) -> None:
    clock = Clock()
    limit, begun = RateLimit(clock), clock.now
    taken = 0
    for pause in pauses:
        clock.now += min(pause, 3500 / max(len(pauses), 1))
        taken += _taken(limit, "203.0.113.7", at_once)
    assert taken <= BURST + A_SECOND * (clock.now - begun) + 1
