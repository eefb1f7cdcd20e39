"""Anything that reads as a moment finer than a day: in column types and names, values, keys and texts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta

TIME_TYPE = re.compile(r"TIME|DATE|CLOCK|INTERVAL")
TIME_NAME = re.compile(r"(^|_)(at|time|timestamp|created|updated|received|arrived|submitted|when|date)($|_)")
_EPOCH_UNITS = (1, 1_000, 1_000_000, 1_000_000_000)
_YEARS = timedelta(days=3650)
_MONTHS = "(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)"
# ISO 8601, logs of web servers, mail and HTTP headers, syslog; and seconds since 1970, to nanoseconds.
_WRITTEN = re.compile(
    r"(?<![0-9])2[0-9]{3}-?[01][0-9]-?[0-3][0-9][T _]?[0-2][0-9]:?[0-5][0-9]"
    rf"|[0-3][0-9][ /-]{_MONTHS}[ /-]2[0-9]{{3}}[ :][0-2][0-9]:[0-5][0-9]"
    rf"|{_MONTHS} [ 0-3][0-9] [0-2][0-9]:[0-5][0-9]:"
)
_EPOCH = re.compile(r"(?<![0-9A-Za-z_+/.-])[0-9]{10}(?:[0-9]{3}){0,3}(?:\.[0-9]+)?(?![0-9A-Za-z_+/-])")
_SHARE = 0.5


def is_a_time(value: object) -> bool:
    """Whether a value reads as a moment within ten years of now."""
    if isinstance(value, datetime):
        return True
    if isinstance(value, int | float) and not isinstance(value, bool):
        now, years = datetime.now(UTC).timestamp(), _YEARS.total_seconds()
        return any(abs(value / unit - now) < years for unit in _EPOCH_UNITS)
    return isinstance(value, str) and in_text(value)


def in_text(text: str) -> bool:
    """Whether a moment is written somewhere in a text."""
    if _WRITTEN.search(text):
        return True
    return any(is_a_time(float(found[0])) for found in _EPOCH.finditer(text))


def in_bytes(values: Sequence[bytes]) -> bool:
    """Whether most of these begin or end with a moment, as UUIDs of version 7 and the like do."""
    # One random value in seven reads as seconds near now; of many, half never do.
    for width in (4, 6, 8):
        for cut in (slice(0, width), slice(-width, None)):
            parts = [value[cut] for value in values if len(value) >= width]
            for order in ("big", "little"):
                moments = sum(is_a_time(int.from_bytes(part, order)) for part in parts)
                if len(parts) >= _FEWEST and moments > _SHARE * len(parts):
                    return True
    return False


_FEWEST = 50


def strange_dates(values: Iterable[object]) -> Iterator[object]:
    """Of a column for calendar dates, what isn't one."""
    for value in values:
        if isinstance(value, datetime) or not (isinstance(value, date) or len(str(value)) <= 10):
            yield value
