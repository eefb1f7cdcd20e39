"""What search engines are told: results and replies, nothing else, and nothing of a demonstration."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.robotparser import RobotFileParser

import pytest

from feedback_service.settings import Settings

PUBLIC = "https://feedback.example"


def _allowed(rules: str, path: str) -> bool:
    """The longest rule that fits decides (RFC 9309); Python's own parser takes the first."""
    best = ("", True)
    for line in rules.splitlines():
        name, _, pattern = line.partition(": ")
        if name in ("Allow", "Disallow") and _fits(pattern, path) and len(pattern) >= len(best[0]):
            best = (pattern, name == "Allow")
    return best[1]


def _fits(pattern: str, path: str) -> bool:
    head, star, tail = pattern.partition("*")
    return path.startswith(head) and (not star or tail in path[len(head) :])


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("/de/results/", True), ("/ti/results/clients/2026-Q4/08416", True), ("/ar/replies", True),
        ("/ar/replies/08416", True), ("/sitemap.txt", True), ("/de/results/feed/08.xml", True),
        ("/", False), ("/de/", False), ("/de/a", False), ("/de/delete", False), ("/de/thanks", False),
        ("/de/replies/answer/abc.def", False), ("/de/digests/leave/abc.def", False),
        ("/api/v1/surveys", False),
    ],
)  # fmt: skip
def test_only_what_is_published_may_be_read(site: Any, path: str, allowed: bool) -> None:
    rules = site.http.get("/robots.txt")
    assert rules.headers["content-type"].startswith("text/plain")
    assert _allowed(rules.text, path) is allowed


def test_everything_that_is_published_is_linked_from_the_sitemap(
    site_with: Callable[..., Any],
) -> None:
    site = site_with(Settings(public_url=f"{PUBLIC}/"))
    lines = site.http.get("/sitemap.txt").text.splitlines()
    assert len(lines) == 40 and f"{PUBLIC}/ti/replies" in lines
    for line in lines:
        assert site.http.get(line.removeprefix(PUBLIC)).status_code == 200
    parser = RobotFileParser()
    parser.parse(site.http.get("/robots.txt").text.splitlines())
    assert parser.site_maps() == [f"{PUBLIC}/sitemap.txt"]


def test_nothing_of_a_demonstration_may_be_read(site_with: Callable[..., Any]) -> None:
    site = site_with(Settings(demo=True))
    assert site.http.get("/robots.txt").text == "User-agent: *\nDisallow: /\n"
    for path in ("/de/results/", "/de/replies"):
        assert site.http.get(path).headers["x-robots-tag"] == "noindex"


def test_headers_say_the_same(site: Any) -> None:
    for path in ("/de/results/", "/de/replies"):
        assert site.http.get(path).headers["x-robots-tag"] == "all"
    for path in ("/de/", "/de/a", "/de/thanks", "/de/replies/thanks", "/de/replies/answer/x", "/robots.txt"):
        assert site.http.get(path).headers["x-robots-tag"] == "noindex"


def test_a_published_page_says_where_it_is_for_good_and_in_which_languages(
    site_with: Callable[..., Any],
) -> None:
    site = site_with(Settings(public_url=f"{PUBLIC}/"))
    for path in ("results/", "replies", "replies/08416"):
        page = site.http.get(f"/ar/{path}").text
        assert f'<link rel="canonical" href="{PUBLIC}/ar/{path}">' in page
        assert page.count('<link rel="alternate" hreflang=') == 20
        assert f'<link rel="alternate" hreflang="fa-AF" href="{PUBLIC}/prs/{path}">' in page
    assert 'rel="canonical"' not in site.http.get("/ar/a").text
