"""The layers around every request: nothing about it is logged, nothing about it stays on a phone.

Outermost: an unhandled error prints its class, file and line, never its text, which may hold answers.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ..errors import N_, FeedbackError, describe

_ALWAYS = [(b"cache-control", b"no-store"), (b"referrer-policy", b"no-referrer")]
# What says how a content may be used; a redirect has none.
_CONTENT = [
    (b"x-content-type-options", b"nosniff"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=()"),
    (b"x-robots-tag", b"noindex"),
]
_API_POLICY = b"default-src 'none'; frame-ancestors 'none'"


class QuietErrors:
    """Prints where an unhandled error happened, and answers with a bare 500 where nothing else has."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = False

        async def watch(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            await self.app(scope, receive, watch)
        except Exception as error:
            print(describe(error), file=sys.stderr)
            if scope["type"] == "http" and not started:
                headers = [(b"content-type", b"text/plain; charset=utf-8"), *_ALWAYS, *_CONTENT]
                headers.append((b"content-security-policy", _API_POLICY))
                await send({"type": "http.response.start", "status": 500, "headers": headers})
                await send({"type": "http.response.body", "body": b"500\n"})


class SecurityHeaders:
    """Adds the headers of the design's "Web pages" to every response."""

    def __init__(self, app: ASGIApp, policy: str) -> None:
        self.app = app
        self._policy = policy.encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._add(message["headers"], message["status"])
            await send(message)

        await self.app(scope, receive, with_headers)

    def _add(self, headers: list[tuple[bytes, bytes]], status: int) -> None:
        have = dict(headers)
        headers.extend(header for header in _ALWAYS if header[0] not in have)
        # What a 304 says replaces what the kept page came with (RFC 9111, 3.2): its policy would go.
        if have.get(b"content-length") == b"0" or status == 304:
            return
        headers.extend(header for header in _CONTENT if header[0] not in have)
        if b"content-security-policy" not in have:
            is_page = have.get(b"content-type", b"").startswith(b"text/html")
            headers.append((b"content-security-policy", self._policy if is_page else _API_POLICY))


class SentFromElsewhere(FeedbackError):
    """A form that another website made a browser send."""

    status = 403
    code = "sent-from-elsewhere"
    message = N_(
        "This form came from another website, so it was not taken. Please open it here and send it again."
    )


class OwnSiteOnly:
    """Refuses what another site makes a browser send. No token, no cookie.

    By `Sec-Fetch-Site`; where that is absent, by an `Origin` that is neither `null` (which Chromium sends
    with our own forms under no-referrer) nor ours. Clients that aren't browsers send neither. `refused` makes
    the reply: a page for people, a problem for programs.
    """

    def __init__(self, app: ASGIApp, refused: Callable[[Request, FeedbackError], Response]) -> None:
        self.app = app
        self._refused = refused

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] == "POST" and _from_elsewhere(Headers(scope=scope)):
            await self._refused(Request(scope), SentFromElsewhere())(scope, receive, send)
            return
        await self.app(scope, receive, send)


def _from_elsewhere(headers: Headers) -> bool:
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site in ("cross-site", "same-site")
    origin = headers.get("origin")
    return origin not in (None, "null") and urlsplit(origin or "").netloc != headers.get("host")
