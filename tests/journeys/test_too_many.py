"""Too much was sent from one connection: the page says how long to wait, and nothing typed is lost."""

from __future__ import annotations

import re
import secrets
from types import SimpleNamespace
from typing import Any

import httpx2
import pytest
from playwright.sync_api import Browser, Page, expect

from feedback_service.i18n import load_interfaces
from feedback_service.intake import rate_limit
from feedback_service.intake.rate_limit import TooManyRequests

FORM = {"content-type": "application/x-www-form-urlencoded"}
WAIT = 128
TYPED = "Zwiebelkuchen\nund Tee"


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """A limit of one answer, and the next after 128 seconds: a number that fractions hit exactly."""
    monkeypatch.setattr(rate_limit, "BURST", 1)
    monkeypatch.setattr(rate_limit, "A_SECOND", 1 / WAIT)


def _fill(page: Page) -> None:
    page.locator("select[name=region]").select_option("08416")
    page.locator("input[name=access][value=no]").check()
    for choice in ("housing", "work"):
        page.locator(f"input[name=pressing][value={choice}]").check()
    page.locator("textarea[name=comment]").fill(TYPED)


def _is_still_filled(page: Page) -> None:
    expect(page.locator("select[name=region]")).to_have_value("08416")
    expect(page.locator("input[name=access][value=no]")).to_be_checked()
    expect(page.locator("input[name=pressing]:checked")).to_have_count(2)
    expect(page.locator("textarea[name=comment]")).to_have_value(TYPED)


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
@pytest.mark.parametrize("code", ["de", "ar"])
def test_over_the_limit_the_page_says_when_and_then_it_works(
    few: None, here: Any, chromium: Browser, code: str, script: bool
) -> None:
    somebody_else = httpx2.post(f"{here.url}/de/a", content="region=08&access=yes", headers=FORM)
    assert somebody_else.status_code == 303
    context = chromium.new_context(java_script_enabled=script, viewport={"width": 360, "height": 740})
    page = context.new_page()
    page.goto(f"{here.url}/{code}/a")
    _fill(page)
    page.locator("main button").click()
    told = page.locator("[role=alert]")
    expect(told).to_be_visible()
    seconds = _seconds(str(told.text_content()))
    sentence = load_interfaces()[code].plain(TooManyRequests.message, seconds=seconds)
    assert sentence in _plain(str(told.text_content()))
    expect(page.locator("html")).to_have_attribute("dir", "rtl" if code == "ar" else "ltr")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    _is_still_filled(page)
    assert here.stored() == 1
    _too_early_then_in_time(page, here, seconds)
    expect(page).to_have_url(f"{here.url}/{code}/thanks")
    assert here.stored() == 2
    context.close()


def _too_early_then_in_time(page: Page, here: Any, seconds: int) -> None:
    """One second before the time it is still refused, and said anew; at the time it works."""
    here.now += seconds - 1
    with page.expect_response(lambda reply: reply.request.method == "POST") as reply:
        page.locator("main button").click()
    assert reply.value.status == 429
    expect(page.locator("[role=alert]")).to_contain_text(re.compile("(?<![0-9])1(?![0-9])"))
    _is_still_filled(page)
    here.now += 1
    page.locator("main button").click()


def test_the_salt_is_drawn_anew_each_hour_and_lies_in_no_file(
    here: Any, shared_installation: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    salts = []

    def drawn(length: int) -> bytes:
        salts.append(secrets.token_bytes(length))
        return salts[-1]

    monkeypatch.setattr(rate_limit, "secrets", SimpleNamespace(token_bytes=drawn))
    for _ in range(3):
        here.now += 3600
        sent = httpx2.post(f"{here.url}/de/a", content="region=08&access=yes", headers=FORM)
        assert sent.status_code == 303
    assert len(set(salts)) == 3
    folders = (shared_installation.data, here.spool_folder)
    files = [path for folder in folders for path in folder.rglob("*") if path.is_file()]
    assert len(files) > 3
    for content in (path.read_bytes() for path in files):
        assert not any(salt in content or salt.hex().encode() in content for salt in salts)


def _plain(text: str) -> str:
    """Without the signs that isolate numbers."""
    return re.sub("[\u2066-\u2069\u200e\u200f]", "", text)


def _seconds(text: str) -> int:
    (number,) = re.findall(r"\d+", text)
    assert int(number) == WAIT
    return int(number)
