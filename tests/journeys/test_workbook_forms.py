"""A survey made in a spreadsheet, filled in by people: rules and conditions hold in the browser."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx2
import pytest
from playwright.sync_api import Browser, Page, expect

from ..surveys.xlsform.workbooks import childcare, courses

DISTRICT = "08416"
OTHERS = 24


def _asked(installation: Any, folder: Path, name: str, workbook: bytes) -> None:
    file = folder / f"{name}.xlsx"
    file.write_bytes(workbook)
    assert installation.json("surveys", "import", str(file))["version"] == 1
    installation.json("keys", "create", name, "--kdf-memory", "8")
    installation.json("rounds", "open", name)


def _counted(installation: Any, name: str, url: str) -> dict[str, Any]:
    """Close, count and release; gives the district's figures by question."""
    installation.json("rounds", "close", name)
    counted = installation.json("rounds", "count", name)
    assert (counted["answers"], counted["invalid"]) == (OTHERS + 1, 0)
    released = installation.json("rounds", "release", name)
    release = httpx2.get(f"{url}/api/v1/releases/{name}/{released['round']}").json()
    row = next(row for row in release["rows"] if row["region"] == DISTRICT and row["class"] == "local")
    figures: dict[str, Any] = row["questions"]
    return figures


def _others(address: str, *fields: tuple[str, str]) -> None:
    headers = {"content-type": "application/x-www-form-urlencoded"}
    body = urlencode([("region", DISTRICT), *fields])
    for _ in range(OTHERS):
        assert httpx2.post(address, content=body, headers=headers).status_code == 303


def _send(page: Page) -> None:
    page.locator("main form > p button, main form > button").last.click()


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without"])
def test_the_courses_workbook_is_filled_in_in_arabic(
    installation: Any, chromium: Browser, tmp_path: Path, script: bool
) -> None:
    _asked(installation, tmp_path, "courses", courses())
    with installation.serving() as served:
        context = chromium.new_context(
            viewport={"width": 360, "height": 740}, java_script_enabled=script, locale="ar"
        )
        page = context.new_page()
        page.goto(f"{served.url}/ar/courses")
        assert page.locator("html").get_attribute("dir") == "rtl"
        expect(page.locator("h1")).to_have_text("دورات الألمانية")
        page.locator("select[name=region]").select_option(DISTRICT)
        page.locator("input[name=course][value=yes]").check()
        page.locator("input[name=good][value=teacher]").check()
        page.locator("input[name=good][value=none]").check()
        page.locator("input[name=level][value='4']").check()
        page.locator("textarea").fill("لا")
        _send(page)
        # Both rules are told in the workbook's own words, and nothing is lost.
        expect(page.locator("#q-good .error")).to_have_text("«لا شيء» وحده.")
        expect(page.locator("#q-comment .error")).to_have_text("المزيد، من فضلك.")
        expect(page.locator("textarea")).to_have_value("لا")
        page.locator("input[name=good][value=none]").uncheck()
        page.locator("textarea").fill("دورة في المساء")
        _send(page)
        expect(page).to_have_url(f"{served.url}/ar/thanks")
        context.close()
        # Answers that the condition leaves out are sent all the same: without script all is shown.
        _others(f"{served.url}/de/courses", ("course", "no"), ("good", "teacher"), ("level", "2"))
        figures = _counted(installation, "courses", served.url)
    assert sum(figures["course"]["noisy"]) == OTHERS + 1


def test_the_childcare_workbook_is_filled_in_in_tigrinya(
    installation: Any, chromium: Browser, tmp_path: Path
) -> None:
    _asked(installation, tmp_path, "childcare", childcare())
    with installation.serving() as served:
        page = chromium.new_page(java_script_enabled=False)
        page.goto(f"{served.url}/ti/kita")
        expect(page.locator("h1")).to_have_text("መዋእለ ህጻናት")
        page.locator("select[name=region]").select_option(DISTRICT)
        page.locator("input[name=place][value=no]").check()
        for why in ("far", "cost", "papers"):
            page.locator(f"input[name=why][value={why}]").check()
        _send(page)
        expect(page).to_have_url(f"{served.url}/ti/thanks")
        page.close()
        _others(f"{served.url}/uk/kita", ("place", "yes"))
        figures = _counted(installation, "childcare", served.url)
        assert sum(figures["place"]["noisy"]) == OTHERS + 1
        # A language that the workbook doesn't have leads to one that it has, not to an error.
        assert httpx2.get(f"{served.url}/ar/kita", follow_redirects=True).status_code == 200
