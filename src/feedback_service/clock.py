"""Today's date, passed in wherever it is needed, so that tests and the demo choose their own.

Nothing finer than a day is asked for: a time of day beside an answer would tell when it came.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime

Today = Callable[[], date]


def today() -> date:
    """The current day in UTC."""
    return datetime.now(UTC).date()
