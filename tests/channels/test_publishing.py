"""What caches and phones may keep of what is published: everybody's content, nothing after answering."""

from __future__ import annotations

import asyncio

import pytest
from starlette.requests import Request
from starlette.responses import Response

from feedback_service.channels.publishing import Publishing

CURL = {"accept": "*/*"}


def _ask(headers: dict[str, str], content: str = "figures", demo: bool = False) -> Response:
    async def handler(_request: Request) -> Response:
        return Response(content, media_type="text/html")

    raw = [(name.encode(), value.encode()) for name, value in headers.items()]
    request = Request({"type": "http", "method": "GET", "path": "/", "headers": raw})
    return asyncio.run(_run(Publishing(demo)(handler)(request)))


async def _run(waiting: object) -> Response:
    reply = await waiting  # type: ignore[misc]
    assert isinstance(reply, Response)
    return reply


@pytest.mark.parametrize(
    "headers",
    [
        CURL,
        {"sec-fetch-site": "none", "accept": "text/html"},
        {"sec-fetch-site": "cross-site", "accept": "text/html"},
    ],
)
def test_it_may_be_kept_by_who_comes_from_elsewhere(headers: dict[str, str]) -> None:
    reply = _ask(headers)
    assert reply.headers["cache-control"] == "public, max-age=3600"
    assert reply.headers["etag"].startswith('W/"') and reply.headers["x-robots-tag"] == "all"
    assert reply.headers["vary"] == "Sec-Fetch-Site, Accept"


@pytest.mark.parametrize(
    "headers",
    [{"sec-fetch-site": "same-origin"}, {"sec-fetch-site": "same-site"}, {"accept": "text/html,*/*;q=0.8"}],
)
def test_nothing_is_kept_by_who_may_come_from_our_own_pages(headers: dict[str, str]) -> None:
    known = _ask(CURL).headers["etag"]
    reply = _ask({**headers, "if-none-match": known})
    assert reply.status_code == 200 and reply.body == b"figures"
    assert "etag" not in reply.headers and "cache-control" not in reply.headers
    assert reply.headers["vary"] == "Sec-Fetch-Site, Accept"


def test_the_mark_is_the_content_s_and_nobody_s() -> None:
    first, second = _ask(CURL), _ask({**CURL, "user-agent": "another", "accept-language": "ti"})
    assert first.headers["etag"] == second.headers["etag"]
    assert _ask(CURL, "other figures").headers["etag"] != first.headers["etag"]


def test_who_has_the_page_gets_no_content_again() -> None:
    mark = _ask(CURL).headers["etag"]
    for known in (mark, mark.removeprefix("W/"), f'"x", {mark}', "*"):
        reply = _ask({**CURL, "if-none-match": known})
        assert (reply.status_code, reply.body) == (304, b"")
        assert reply.headers["etag"] == mark and "content-type" not in reply.headers
    for other in ('"x"', mark[3:-1], ""):
        assert _ask({**CURL, "if-none-match": other}).status_code == 200


def test_what_is_invented_is_to_be_found_by_nobody() -> None:
    assert "x-robots-tag" not in _ask(CURL, demo=True).headers
