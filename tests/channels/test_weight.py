"""What a form weighs on a poor connection: one request, and little, in every language."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

import pytest

from feedback_service.i18n import load_interfaces

# At 400 kbit/s, a phone at the edge of a cell, that is 0.6 seconds.
MOST_BYTES = 30_000


@pytest.mark.parametrize("slug", ["a", "b"])
def test_a_form_takes_less_than_thirty_kilobytes_in_every_language(site: Any, slug: str) -> None:
    sizes = {code: _over_the_wire(site, f"/{code}/{slug}") for code in load_interfaces()}
    assert {code: size for code, size in sizes.items() if not 5_000 < size < MOST_BYTES} == {}


def _over_the_wire(site: Any, path: str) -> int:
    """The bytes of the reply with its headers, compressed as for a browser."""
    with site.http.stream("GET", path, headers={"accept-encoding": "gzip, deflate, br"}) as reply:
        assert reply.status_code == 200 and reply.headers["content-encoding"] == "gzip"
        body = b"".join(reply.iter_raw())
        head = sum(len(name) + len(value) + 4 for name, value in reply.headers.raw)
        return len("HTTP/1.1 200 OK\r\n\r\n") + head + len(body)


@pytest.mark.parametrize(
    "path", ["/", "/de/", "/de/a", "/ar/b", "/uk/privacy", "/de/results/", "/de/replies"]
)
def test_a_page_is_one_request(site: Any, path: str) -> None:
    asks = _Asks()
    asks.feed(site.http.get(path).text)
    assert asks.found == []


class _Asks(HTMLParser):
    """What a browser would fetch for a page, but for what it is told to leave until somebody wants it."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        # What says where a page is for good, and in which other languages, is fetched by no browser.
        named = given.get("rel") in ("canonical", "alternate")
        address = given.get("src") or (given.get("href") if tag == "link" and not named else None)
        waits = given.get("preload") == "none" or given.get("loading") == "lazy"
        if address and not address.startswith("data:") and not waits:
            self.found.append(address)


def test_the_test_above_can_find_something() -> None:
    asks = _Asks()
    asks.feed(
        '<link href="style.css"><img src="a.png"><audio preload="none" src="b"></audio><script>1</script>'
    )
    assert asks.found == ["style.css", "a.png"]
