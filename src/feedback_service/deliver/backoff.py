"""When something that failed is tried again: later each time. Kept in memory; a restart tries at once."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

_FIRST = timedelta(minutes=1)
_DOUBLINGS = 16


@dataclass(slots=True)
class Backoff:
    """Pauses of a minute, two, four … up to `longest`, for each thing by itself."""

    longest: timedelta = timedelta(hours=6)
    _failed: dict[Hashable, tuple[int, datetime]] = field(default_factory=dict)

    def ready(self, what: Hashable, now: datetime) -> bool:
        """Whether it may be tried now."""
        return what not in self._failed or now >= self._failed[what][1]

    def failed(self, what: Hashable, now: datetime) -> timedelta:
        """It failed now; gives the pause until the next try."""
        times = self._failed[what][0] if what in self._failed else 0
        pause: timedelta = min(_FIRST * 2 ** min(times, _DOUBLINGS), self.longest)
        self._failed[what] = (times + 1, now + pause)
        return pause

    def worked(self, what: Hashable) -> None:
        """It worked: the next failure is a first one."""
        self._failed.pop(what, None)
