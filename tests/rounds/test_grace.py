"""Durations as people write them, and a wait on a clock that stands still by itself."""

from __future__ import annotations

from datetime import timedelta

import pytest

from feedback_service.rounds.grace import Clock, InvalidDuration, parse_duration, wait_out


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("2h", 7200), ("90m", 5400), ("30s", 30), ("1h30m", 5400), ("1h0m5s", 3605), ("0h1s", 1)],
)
def test_a_duration_is_hours_minutes_and_seconds(text: str, seconds: int) -> None:
    assert parse_duration(text) == timedelta(seconds=seconds)


@pytest.mark.parametrize(
    "text", ["", "0", "0s", "2", "2 h", "h", "-1h", "1.5h", "2d", "30m1h", "2H", "2h\n", "1000h", "٢h"]
)
def test_anything_else_is_refused_with_examples(text: str) -> None:
    with pytest.raises(InvalidDuration, match="2h, 90m"):
        parse_duration(text)


class _Standing:
    """A clock that only pauses move, and a little more than asked for."""

    def __init__(self, more: float = 0.0) -> None:
        self.now = 1000.0
        self.pauses: list[float] = []
        self._more = more

    def clock(self) -> Clock:
        return Clock(lambda: self.now, self._pause)

    def _pause(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.now += seconds + self._more


def test_a_wait_tells_each_second_what_is_left_and_ends_on_time() -> None:
    standing, told = _Standing(), []
    wait_out(timedelta(seconds=3), standing.clock(), lambda left: told.append(left.total_seconds()))
    assert (standing.now, told) == (1003.0, [3, 2, 1])
    assert standing.pauses == [1, 1, 1]


def test_pauses_that_last_longer_do_not_add_up() -> None:
    standing = _Standing(more=0.25)
    wait_out(timedelta(seconds=10), standing.clock(), lambda _left: None)
    assert 1010.0 <= standing.now < 1011.3
    assert len(standing.pauses) == 8
