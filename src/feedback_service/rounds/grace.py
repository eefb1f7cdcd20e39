"""The time between a round's end and its close, waited out in one process and kept nowhere."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from ..errors import FeedbackError

_DURATION = re.compile(r"(?:([0-9]{1,3})h)?(?:([0-9]{1,4})m)?(?:([0-9]{1,5})s)?\Z")
_STEP_SECONDS = 1.0


class InvalidDuration(FeedbackError):
    """A text that is no duration."""

    status = 422
    code = "duration-invalid"
    message = "“%(text)s” is no duration. Write it like 2h, 90m, 1h30m or 30s. Nothing was changed."


@dataclass(frozen=True, slots=True)
class Clock:
    """What a wait needs: seconds that only go up, and a pause of some seconds."""

    seconds: Callable[[], float]
    pause: Callable[[float], None]


def parse_duration(text: str) -> timedelta:
    """From a text like `2h`, `90m`, `1h30m` or `30s`. Raises `InvalidDuration`."""
    found = _DURATION.match(text)
    hours, minutes, seconds = (int(one or 0) for one in found.groups()) if found else (0, 0, 0)
    duration = timedelta(hours=hours, minutes=minutes, seconds=seconds)
    if not duration:
        raise InvalidDuration(text=text[:20])
    return duration


def wait_out(grace: timedelta, clock: Clock, told: Callable[[timedelta], None]) -> None:
    """Return when the grace is over; `told` hears each second how much is left."""
    end = clock.seconds() + grace.total_seconds()
    while (left := end - clock.seconds()) > 0:
        told(timedelta(seconds=round(left)))
        clock.pause(min(left, _STEP_SECONDS))
