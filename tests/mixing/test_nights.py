"""When the nightly mix is due: once a night, at a minute nobody can foretell, a missed one made up for."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from feedback_service.mixing.nights import Nights

MINUTE = timedelta(minutes=1)


def at(hour: int, minute: int = 0, day: int = 5) -> datetime:
    return datetime(2027, 1, day, hour, minute, tzinfo=UTC)


def mixes(nights: Nights, start: datetime, end: datetime, mixed: date | None = None) -> list[datetime]:
    """The minutes at which a mix is made."""
    found, now = [], start
    while now < end:
        if nights.due(now, mixed):
            found.append(now)
            mixed = nights.night(now)
        now += MINUTE
    return found


def test_each_night_has_one_mix_between_two_and_four() -> None:
    found = mixes(Nights(), at(12, day=1), at(12, day=8), date(2027, 1, 1))
    assert [one.day for one in found] == [2, 3, 4, 5, 6, 7, 8]
    assert all(time(2) <= one.time() <= time(4, 1) for one in found)


def test_the_minute_is_drawn_anew_each_night() -> None:
    found = mixes(Nights(), at(12, day=1), at(12, day=30), date(2027, 1, 1))
    assert len({one.time() for one in found}) > 15


def test_a_missed_night_is_made_up_for_within_two_hours() -> None:
    assert mixes(Nights(draw=lambda: 0.5), at(10), at(23), date(2027, 1, 4)) == [at(11)]
    assert mixes(Nights(draw=lambda: 0.5), at(10), at(23), None) == [at(11)]


def test_after_a_restart_the_same_night_is_not_mixed_again() -> None:
    assert mixes(Nights(), at(4, 30), at(23, 59), date(2027, 1, 5)) == []
    assert mixes(Nights(), at(0, 30), at(1, 59), date(2027, 1, 4)) == []


def test_in_a_hurry_what_is_due_is_due_at_once() -> None:
    nights = Nights(hurried=True)
    assert nights.due(at(2), date(2027, 1, 4))
    assert not nights.due(at(1, 59), date(2027, 1, 4))


def test_nights_can_begin_at_another_hour() -> None:
    (found,) = mixes(Nights(time(23)), at(12), at(12, day=6), date(2027, 1, 4))
    assert at(23) <= found <= at(1, 1, day=6)
