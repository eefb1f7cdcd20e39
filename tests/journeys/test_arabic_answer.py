"""The main story: an answer given in Arabic on a phone becomes a figure in a district's report."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx2
from playwright.sync_api import Browser, Page, expect

DISTRICT = "08416"
OTHERS = 24


def test_an_answer_given_in_arabic_becomes_a_figure_in_the_report_of_tuebingen(
    installation: Any, chromium: Browser, tmp_path: Path
) -> None:
    with installation.serving() as served:
        _answer_in_arabic(chromium, served.url)
        _neighbours_answer(served.url)
        assert installation.json("mix")["below_threshold"] is False
        closed = installation.json("rounds", "close", "clients")
        counted = installation.json("rounds", "count", "clients")
        assert (counted["answers"], counted["invalid"]) == (OTHERS + 1, 0)
        installation.json("rounds", "release", "clients")
        release = httpx2.get(f"{served.url}/api/v1/releases/clients/{closed['round']}").json()
        _the_answer_is_in_the_figures(release)
        _the_results_page_shows_the_district(chromium, served.url, closed["round"])
    for step in ("close", "count", "release"):
        installation.json("rounds", step, "counsellors")
    digest = installation.json("digests", "preview", "--region", DISTRICT)
    assert digest["name"] == "Tübingen"
    assert "Tübingen" in digest["text"] and "Tübingen" in digest["html"]
    assert f"* {OTHERS + 1} – Menschen haben geantwortet" in digest["text"]


def _answer_in_arabic(chromium: Browser, url: str) -> None:
    """As someone with a phone, a German browser and no script would."""
    phone = chromium.new_context(
        viewport={"width": 360, "height": 740}, java_script_enabled=False, locale="de-DE"
    )
    page = phone.new_page()
    page.goto(url)
    page.get_by_role("link", name="العربية").click()
    assert page.locator("html").get_attribute("dir") == "rtl"
    page.locator("a.button[href='/ar/a']").click()
    _make_one_mistake_and_mend_it(page)
    expect(page).to_have_url(f"{url}/ar/thanks")
    assert phone.cookies() == []
    phone.close()


def _make_one_mistake_and_mend_it(page: Page) -> None:
    page.locator("input[name=access][value=no]").check()
    for choice in ("housing", "papers", "work", "german"):
        page.locator(f"input[name=pressing][value={choice}]").check()
    page.locator("textarea[name=comment]").fill("أريد أن أتعلم الألمانية")
    receipt = page.locator("input[name=receipt]").get_attribute("value")
    page.locator("main button").click()
    # Two mistakes are named, region and picks, at the top and at the field; nothing typed is lost.
    expect(page.locator("[role=alert] li")).to_have_count(2)
    expect(page.locator("#q-pressing .error")).to_be_visible()
    expect(page.locator("input[name=access][value=no]")).to_be_checked()
    expect(page.locator("textarea[name=comment]")).to_have_value("أريد أن أتعلم الألمانية")
    assert page.locator("input[name=receipt]").get_attribute("value") == receipt
    page.locator("input[name=pressing][value=german]").uncheck()
    page.locator("select[name=region]").select_option(DISTRICT)
    page.locator("main button").click()


def _neighbours_answer(url: str) -> None:
    for number in range(OTHERS):
        fields = {
            "region": DISTRICT,
            "access": ("yes", "sometimes")[number % 2],
            "trust": str(1 + number % 5),
        }
        assert _post(f"{url}/de/a", fields).status_code == 303


def _post(address: str, fields: dict[str, str]) -> httpx2.Response:
    headers = {"content-type": "application/x-www-form-urlencoded"}
    return httpx2.post(address, content=urlencode(fields), headers=headers)


def _the_answer_is_in_the_figures(release: dict[str, Any]) -> None:
    row = next(row for row in release["rows"] if row["region"] == DISTRICT and row["class"] == "local")
    assert row["n"] == OTHERS + 1
    access = row["questions"]["access"]
    shown: dict[str, int] = dict(zip(access["choices"], access["noisy"], strict=True))
    # Only the Arabic answer said "no": whatever the noise, the figures sum to everyone who answered.
    assert sum(shown.values()) == OTHERS + 1
    atoms = {atom["id"]: atom for atom in release["atoms"] if atom["class"] == "local"}
    for one in release["rows"]:
        if one["class"] != "local":
            continue
        for name, question in one["questions"].items():
            sums = [
                sum(z)
                for z in zip(*(atoms[a]["questions"][name]["noisy"] for a in one["atoms"]), strict=True)
            ]
            assert question["noisy"] == sums


def _the_results_page_shows_the_district(chromium: Browser, url: str, round_id: str) -> None:
    page = chromium.new_page()
    messages: list[str] = []
    page.on("console", lambda message: messages.append(message.text))
    page.goto(f"{url}/ar/results/clients/{round_id}/{DISTRICT}")
    expect(page.locator("h1")).to_have_text("Tübingen")
    assert page.locator("svg.chart").count() >= 6
    assert messages == [], "the page breaks its own content security policy"
    page.close()


def test_the_form_asks_nothing_of_the_browser_but_the_form(installation: Any, chromium: Browser) -> None:
    with installation.serving() as served:
        context = chromium.new_context(viewport={"width": 320, "height": 640})
        page = context.new_page()
        requests: list[str] = []
        page.on("request", lambda request: requests.append(request.url))
        page.goto(f"{served.url}/ar/a")
        assert requests == [f"{served.url}/ar/a"]
        assert page.evaluate("document.documentElement.scrollWidth") <= 320
        assert page.evaluate("[localStorage.length, sessionStorage.length, document.cookie]") == [0, 0, ""]
        context.close()
