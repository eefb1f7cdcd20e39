"""Whose connection a request came over, for the rate limit alone: read in memory, kept nowhere."""

from __future__ import annotations

from dataclasses import dataclass, field

from starlette.requests import Request

from ..errors import FeedbackError
from ..intake.rate_limit import RateLimit, TooManyRequests


@dataclass(frozen=True, slots=True)
class Limiter:
    """Applies the limit to requests. `limit` is `None` where a setting turned it off.

    Behind a proxy all requests come from one address; the one that it forwards is believed from the
    configured proxy only, since anybody can send such a header.
    """

    limit: RateLimit | None
    proxy: str | None = field(default=None, repr=False)

    def check(self, request: Request) -> None:
        """Raises `TooManyRequests`."""
        if self.limit is None or request.client is None:
            return
        address = request.client.host
        if self.proxy is not None and address == self.proxy:
            # The last one was written by the proxy itself; those before it by whoever sent the request.
            forwarded = request.headers.get("x-forwarded-for", "").rpartition(",")[2].strip()
            if not forwarded:
                return
            address = forwarded
        self.limit.take(address)


def retry_after(error: FeedbackError) -> dict[str, str]:
    """The header that tells a program when to try again, where an error says so."""
    return {"retry-after": str(error.seconds)} if isinstance(error, TooManyRequests) else {}
