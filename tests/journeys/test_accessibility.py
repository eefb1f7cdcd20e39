"""Accessibility, as far as a machine can tell: axe finds nothing, in light and dark, on a phone."""

from __future__ import annotations

from typing import Any

import httpx2
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "wcag2aaa", "best-practice"]}
PAGES = [
    "/",
    *(
        f"/{code}/{page}"
        for code in ("de", "ar")
        for page in ("", "a", "b", "thanks", "privacy", "delete", "what-we-keep")
    ),
]


def test_axe_finds_nothing_on_any_page(installation: Any, chromium: Browser) -> None:
    with installation.serving() as served:
        round_id = _released_with_figures(installation, served.url)
        results = [
            f"/ar/results/clients/{round_id}/08416",
            f"/de/results/clients/{round_id}/08326",
            "/de/results/",
        ]
        # Axe is a script of the test's; the page's own policy would refuse it.
        page = chromium.new_context(bypass_csp=True, viewport={"width": 360, "height": 700}).new_page()
        for path in [*PAGES, *results]:
            for scheme in ("light", "dark"):
                page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
                page.goto(served.url + path)
                assert _violations(page) == [], (path, scheme)
        page.goto(f"{served.url}{results[0]}")
        assert page.locator("svg.chart").count() == 9, "figures were to be looked at"
        page.goto(f"{served.url}/ar/a")
        page.locator("main button").click()
        assert _violations(page) == [], "the form with an error"
        page.set_content(installation.json("digests", "preview", "--region", "08416")["html"])
        assert _violations(page) == [], "the digest"


def _released_with_figures(installation: Any, url: str) -> str:
    headers = {"content-type": "application/x-www-form-urlencoded"}
    for number in range(30):
        body = f"region=08416&access=yes&trust={1 + number % 5}&housing=shared"
        assert httpx2.post(f"{url}/de/a", content=body, headers=headers).status_code == 303
    for survey in ("clients", "counsellors"):
        for step in ("close", "count", "release"):
            done = installation.json("rounds", step, survey)
    return str(done["round"])


def test_the_check_above_can_find_something(chromium: Browser) -> None:
    page = chromium.new_page()
    page.set_content("<html><body><img src=''><input></body></html>")
    assert {"html-has-lang", "image-alt", "label"} <= {rule for rule, _ in _violations(page)}


def _violations(page: Page) -> list[tuple[str, str]]:
    found = Axe().run(page, options=RULES).response["violations"]
    return [(one["id"], one["nodes"][0]["html"]) for one in found]
