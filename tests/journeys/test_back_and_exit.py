"""Whoever takes the phone next: Back shows nothing, nothing is in storage, the quick exit leads away.

Browsers keep a page that was left in memory for Back (the back/forward cache); playwright switches that
off, so it is switched on again here.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Error, Page, Request, Route, expect

from feedback_service.i18n import LANGUAGES

SECRET = "Zwiebelkuchen"
SCRIPT = pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])


@pytest.fixture(scope="module")
def phone(launcher: Any) -> Iterator[Browser]:
    """A browser with a back/forward cache, as people have it."""
    browser = launcher.browser(ignore_default_args=["--disable-back-forward-cache"])
    yield browser
    browser.close()


def _filled(context: BrowserContext, url: str, code: str = "de") -> Page:
    page = context.new_page()
    page.goto(f"{url}/{code}/")
    page.goto(f"{url}/{code}/a")
    page.locator("textarea[name=comment]").fill(SECRET)
    page.locator("input[name=access][value=no]").check()
    page.locator("select[name=region]").select_option("08416")
    return page


def _back(page: Page) -> None:
    # A page out of the cache has no load event to wait for.
    page.go_back(wait_until="commit")


def _shows_nothing(page: Page) -> None:
    expect(page.locator("textarea[name=comment]")).to_have_value("")
    expect(page.locator("input[name=access][value=no]")).not_to_be_checked()
    expect(page.locator("select[name=region]")).to_have_value("")
    assert SECRET not in page.content()


@SCRIPT
def test_back_after_sending_shows_nothing_and_nothing_is_in_storage(
    shared_service: Any, phone: Browser, script: bool
) -> None:
    context = phone.new_context(java_script_enabled=script)
    page = _filled(context, shared_service.url)
    page.locator("main button").click()
    page.wait_for_url(f"{shared_service.url}/de/thanks")
    _nothing_is_stored(page)
    _back(page)
    if script:
        # The thank-you page took the form's place: behind it is the page before the form.
        expect(page).to_have_url(f"{shared_service.url}/de/")
        page.go_forward(wait_until="commit")
        expect(page).to_have_url(f"{shared_service.url}/de/thanks")
    else:
        expect(page).to_have_url(f"{shared_service.url}/de/a")
        _shows_nothing(page)
    _nothing_is_stored(page)
    context.close()


def test_back_after_a_second_look_without_script_shows_nothing(shared_service: Any, phone: Browser) -> None:
    context = phone.new_context(java_script_enabled=False)
    page = _filled(context, shared_service.url)
    page.locator("textarea[name=comment]").fill(f"{SECRET} 0170 1234567")
    page.locator("main button").click()
    expect(page.locator("mark")).to_have_text("0170 1234567")
    page.locator("main form button").last.click()
    page.wait_for_url(f"{shared_service.url}/de/thanks")
    # The page in between was the reply to what was sent: the browser must ask before it sends that again.
    with pytest.raises(Error, match="ERR_CACHE_MISS"):
        _back(page)
    page.wait_for_url("chrome-error://**")
    assert SECRET not in page.content() and "0170" not in page.content()
    _back(page)
    expect(page).to_have_url(f"{shared_service.url}/de/a")
    expect(page.locator("textarea[name=comment]")).to_be_visible()
    _shows_nothing(page)
    _nothing_is_stored(page)
    context.close()


def _nothing_is_stored(page: Page) -> None:
    assert page.context.cookies() == []
    state: Any = page.context.storage_state(indexed_db=True)
    assert state == {"cookies": [], "origins": []}
    kept = page.evaluate(
        "async () => [localStorage.length, sessionStorage.length, document.cookie, history.state,"
        " (await indexedDB.databases()).length, (await caches.keys()).length,"
        " (await navigator.serviceWorker.getRegistrations()).length]"
    )
    assert kept == [0, 0, "", None, 0, 0, 0]


def test_what_is_looked_at_above_would_show_what_is_stored(shared_service: Any, phone: Browser) -> None:
    context = phone.new_context()
    page = _filled(context, shared_service.url)
    page.evaluate("localStorage.a = 1")
    with pytest.raises(AssertionError):
        _nothing_is_stored(page)
    context.close()


@SCRIPT
def test_the_cache_for_back_is_on_and_script_empties_the_form_in_it(
    shared_service: Any, phone: Browser, script: bool
) -> None:
    """The control for the tests above: without script a form that was left, not sent, is still filled in."""
    context = phone.new_context(java_script_enabled=script)
    page = _filled(context, shared_service.url)
    page.evaluate("globalThis.left = true")
    page.locator("footer a").first.click()
    page.wait_for_url(f"{shared_service.url}/de/privacy")
    _back(page)
    expect(page).to_have_url(f"{shared_service.url}/de/a")
    assert page.evaluate("globalThis.left") is True, "not the same page: the cache is off"
    if script:
        _shows_nothing(page)
    else:
        expect(page.locator("textarea[name=comment]")).to_have_value(SECRET)
    context.close()


@SCRIPT
def test_back_after_deleting_does_not_show_the_number(
    shared_service: Any, phone: Browser, script: bool
) -> None:
    context = phone.new_context(java_script_enabled=script)
    page = _filled(context, shared_service.url)
    number = str(page.locator(".digits").text_content()).strip()
    page.goto(f"{shared_service.url}/de/delete")
    page.locator("#number").fill(number)
    page.locator("main button").click()
    expect(page.locator("[role=status]")).to_be_visible()
    page.wait_for_load_state()
    _back(page)
    expect(page.locator("#number")).to_have_value("")
    context.close()


@SCRIPT
@pytest.mark.parametrize("code", ["de", "ar"])
def test_the_quick_exit_leads_to_the_weather_and_tells_it_nothing(
    shared_service: Any, phone: Browser, code: str, script: bool
) -> None:
    context = phone.new_context(java_script_enabled=script, viewport={"width": 360, "height": 740})
    asked: list[Request] = []

    def weather(route: Route) -> None:
        asked.append(route.request)
        route.fulfill(content_type="text/html", body="<h1>It rains</h1>")

    context.route("https://**", weather)
    page = _filled(context, shared_service.url, code)
    page.locator("#exit").click()
    expect(page.locator("h1")).to_have_text("It rains")
    assert page.url == LANGUAGES[code].weather and page.url.endswith(f"/{code}/")
    (request,) = asked
    assert not {"referer", "origin", "cookie"} & set(request.all_headers())
    assert page.evaluate("[document.referrer, opener]") == ["", None]
    if script:
        # The form is gone from the tab's history. Without script it can't be taken out, and we say so.
        _back(page)
        expect(page).to_have_url(f"{shared_service.url}/{code}/")
        page.go_forward(wait_until="commit")
        expect(page).to_have_url(LANGUAGES[code].weather)
    context.close()
