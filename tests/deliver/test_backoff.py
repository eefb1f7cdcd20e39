"""Pauses between tries: a minute, two, four … six hours, and a minute again after a success."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from feedback_service.deliver.backoff import Backoff

NOW = datetime(2027, 1, 1, tzinfo=UTC)


def test_pauses_grow_from_a_minute_to_six_hours() -> None:
    backoff = Backoff()
    minutes = [backoff.failed("a", NOW).total_seconds() / 60 for _ in range(30)]
    assert minutes[:9] == [1, 2, 4, 8, 16, 32, 64, 128, 256]
    assert set(minutes[9:]) == {360}


def test_it_is_ready_after_its_pause_and_not_before() -> None:
    backoff = Backoff()
    assert backoff.ready("a", NOW)
    backoff.failed("a", NOW)
    assert not backoff.ready("a", NOW + timedelta(seconds=59))
    assert backoff.ready("a", NOW + timedelta(seconds=60))


def test_each_thing_has_its_own_pause_and_success_forgets_it() -> None:
    backoff = Backoff()
    backoff.failed("a", NOW)
    assert backoff.ready("b", NOW)
    backoff.worked("a")
    assert backoff.ready("a", NOW)
    assert backoff.failed("a", NOW) == timedelta(minutes=1)
