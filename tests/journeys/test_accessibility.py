"""Accessibility, as far as a machine can tell: axe finds nothing, in light and dark, on a phone."""

from __future__ import annotations

from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "wcag2aaa", "best-practice"]}
PAGES = [
    "/",
    *(f"/{code}/{page}" for code in ("de", "ar") for page in ("", "a", "b", "thanks", "privacy", "delete")),
]


def test_axe_finds_nothing_on_any_page(installation: Any, chromium: Browser) -> None:
    for survey in ("clients", "counsellors"):
        for step in ("close", "count", "release"):
            installation.json("rounds", step, survey)
    (round_id,) = {one["round"] for one in installation.json("rounds", "list") if one["state"] == "released"}
    results = [f"/ar/results/clients/{round_id}/08416", "/de/results/"]
    with installation.serving() as served:
        # Axe is a script of the test's; the page's own policy would refuse it.
        page = chromium.new_context(bypass_csp=True, viewport={"width": 360, "height": 700}).new_page()
        for path in [*PAGES, *results]:
            for scheme in ("light", "dark"):
                page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
                page.goto(served.url + path)
                assert _violations(page) == [], (path, scheme)
        page.goto(f"{served.url}/ar/a")
        page.locator("main button").click()
        assert _violations(page) == [], "the form with an error"


def test_the_check_above_can_find_something(chromium: Browser) -> None:
    page = chromium.new_page()
    page.set_content("<html><body><img src=''><input></body></html>")
    assert {"html-has-lang", "image-alt", "label"} <= {rule for rule, _ in _violations(page)}


def _violations(page: Page) -> list[tuple[str, str]]:
    found = Axe().run(page, options=RULES).response["violations"]
    return [(one["id"], one["nodes"][0]["html"]) for one in found]
