"""When the nightly mix is due: once a night, at a minute that nobody can foretell.

Somebody who knew the minute could send answers of their own just before it, or copy the disk just before and
after.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

FIRST_HOUR = time(2)
WINDOW = timedelta(hours=2)


@dataclass(slots=True)
class Nights:
    """Nights begin at `begins`, UTC. `hurried`: what is due is due now, the caller drew the minute."""

    begins: time = FIRST_HOUR
    hurried: bool = False
    draw: Callable[[], float] = field(default=secrets.SystemRandom().random)
    _planned: tuple[date, datetime] | None = None

    def night(self, now: datetime) -> date:
        """The night that began last: the day of its beginning."""
        begun = datetime.combine(now.date(), self.begins, UTC) <= now
        return now.date() if begun else now.date() - timedelta(days=1)

    def due(self, now: datetime, mixed: date | None) -> bool:
        """Whether to mix now; `mixed` is the night of the last mix. One that was missed is made up for."""
        night = self.night(now)
        if mixed is not None and mixed >= night:
            return False
        if self._planned is None or self._planned[0] != night:
            self._planned = (night, now + (timedelta() if self.hurried else self.draw() * WINDOW))
        return now >= self._planned[1]
