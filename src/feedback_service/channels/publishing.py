"""What is published for everybody may be kept and found: caches, feed readers, search engines.

Only for figures and replies, never for a form. The mark of a version (ETag) is made from the content alone,
the same for all who read it. Who comes here from our own pages, as after answering, gets nothing that stays
on a phone: no copy, no mark.
"""

from __future__ import annotations

from base64 import urlsafe_b64encode
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from hashlib import sha256

from starlette.requests import Request
from starlette.responses import Response

Handler = Callable[[Request], Awaitable[Response]]
_SECONDS = 3600
_MARK_BYTES = 15
_FROM_HERE = ("same-origin", "same-site")
_VARY = "Sec-Fetch-Site, Accept"


@dataclass(frozen=True, slots=True)
class Publishing:
    """Wraps the handlers of what is published. What a demonstration invents is to be found by nobody."""

    demo: bool

    def __call__(self, handler: Handler) -> Handler:
        """The same handler, whose replies may be kept; its errors may not."""

        async def published(request: Request) -> Response:
            return self._published(request, await handler(request))

        return published

    def _published(self, request: Request, reply: Response) -> Response:
        headers = {"vary": _VARY}
        if not self.demo:
            headers["x-robots-tag"] = "all"
        if not _perhaps_after_answering(request):
            mark = _mark(bytes(reply.body))
            headers |= {"cache-control": f"public, max-age={_SECONDS}", "etag": mark}
            if _knows(request, mark):
                reply = Response(status_code=304)
                # With content the layer that compresses says so.
                headers["vary"] += ", Accept-Encoding"
        reply.headers.update(headers)
        return reply


def _perhaps_after_answering(request: Request) -> bool:
    """Whether a person's browser came from a page of ours, or is too old to say where it came from."""
    site = request.headers.get("sec-fetch-site")
    if site is None:
        return "text/html" in request.headers.get("accept", "")
    return site in _FROM_HERE


def _mark(content: bytes) -> str:
    """Weak (RFC 9110, 8.8.1): the same page compressed has the same one."""
    return f'W/"{urlsafe_b64encode(sha256(content).digest()[:_MARK_BYTES]).decode()}"'


def _knows(request: Request, mark: str) -> bool:
    asked = request.headers.get("if-none-match", "")
    known = {one.strip().removeprefix("W/") for one in asked.split(",")}
    return asked.strip() == "*" or mark.removeprefix("W/") in known
