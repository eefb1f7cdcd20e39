"""A generous limit on what one address sends, kept in memory alone.

Token buckets under a hash of the address, with a salt that is drawn anew each hour and written nowhere: a
copy of the memory from later tells nothing about earlier. A shelter shares one address, so a thousand may
send at once.
"""

from __future__ import annotations

import hashlib
import ipaddress
import math
import secrets
from collections.abc import Callable
from dataclasses import dataclass

from ..errors import N_, FeedbackError

BURST = 1000
A_SECOND = 10.0
_SALT_SECONDS = 3600.0
# Some 20 MB; a flood from more addresses than that is the proxy's to stop.
_MOST_BUCKETS = 100_000
_SITE_PREFIX = 64


class TooManyRequests(FeedbackError):
    """One address sent more than a whole shelter would."""

    status = 429
    code = "too-many-requests"
    message = N_("Too much was sent from your connection. Please send it again in %(seconds)s seconds.")

    @property
    def seconds(self) -> int:
        """After how many seconds there is room again."""
        return int(str(self.facts["seconds"]))


@dataclass(slots=True)
class _Bucket:
    tokens: float
    at: float


class RateLimit:
    """The buckets of one process. `clock` gives seconds that only grow."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._renew(clock())

    def take(self, address: str) -> None:
        """Take one token of an address. Raises `TooManyRequests`."""
        now = self._clock()
        if now - self._salted_at >= _SALT_SECONDS:
            self._renew(now)
        name = hashlib.blake2b(_site(address), key=self._salt, digest_size=16).digest()
        bucket = self._buckets.get(name)
        if bucket is None:
            self._make_room(now)
            bucket = self._buckets[name] = _Bucket(BURST, now)
        bucket.tokens = min(BURST, bucket.tokens + (now - bucket.at) * A_SECOND)
        bucket.at = now
        if bucket.tokens < 1:
            raise TooManyRequests(seconds=math.ceil((1 - bucket.tokens) / A_SECOND))
        bucket.tokens -= 1

    def _renew(self, now: float) -> None:
        self._salt = secrets.token_bytes(32)
        self._salted_at = now
        self._buckets: dict[bytes, _Bucket] = {}

    def _make_room(self, now: float) -> None:
        """Forget buckets that are full again; if all are in use, all of them."""
        if len(self._buckets) < _MOST_BUCKETS:
            return
        self._buckets = {
            name: one for name, one in self._buckets.items() if one.tokens + (now - one.at) * A_SECOND < BURST
        }
        if len(self._buckets) >= _MOST_BUCKETS:
            self._buckets.clear()


def _site(address: str) -> bytes:
    """An IPv6 connection has a whole /64 to itself; everything else is taken as it is."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address.encode()
    if parsed.version == 6 and parsed.ipv4_mapped is None:
        return ipaddress.ip_network((parsed, _SITE_PREFIX), strict=False).network_address.packed
    return (parsed.ipv4_mapped or parsed).packed if parsed.version == 6 else parsed.packed
