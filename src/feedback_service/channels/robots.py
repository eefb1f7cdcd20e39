"""What search engines may read: results and replies, and nothing else. In the demonstration nothing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

_PUBLISHED = ("results/", "replies")


@dataclass(frozen=True, slots=True)
class Robots:
    """What the handlers need. `public_url` is the address that people open, without a slash."""

    languages: Iterable[str]
    public_url: str
    demo: bool

    def routes(self) -> list[Route]:
        """Their addresses, which RFC 9309 and the sitemaps' protocol fix."""
        return [Route("/robots.txt", self.rules), Route("/sitemap.txt", self.sitemap)]

    async def rules(self, _request: Request) -> Response:
        """The longest rule that fits decides (RFC 9309, 2.2.2); links for offices' answers are never read."""
        if self.demo:
            return PlainTextResponse("User-agent: *\nDisallow: /\n")
        lines = ["User-agent: *", "Disallow: /", *(f"Allow: /*/{path}" for path in _PUBLISHED)]
        lines += ["Disallow: /*/replies/answer/", "Allow: /sitemap.txt", ""]
        return PlainTextResponse("\n".join([*lines, f"Sitemap: {self.public_url}/sitemap.txt", ""]))

    async def sitemap(self, _request: Request) -> Response:
        """Where everything that is published is linked from, in each language."""
        addresses = [f"{self.public_url}/{code}/{path}" for code in self.languages for path in _PUBLISHED]
        return PlainTextResponse("".join(f"{address}\n" for address in addresses))
