"""With the keyboard alone, from the choice of a language to the thank-you, with script and without."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from feedback_service.i18n import LANGUAGES

# Whether the focus can be seen: a thick line around it, or around the label that holds it, on the screen.
SEEN = """() => {
  const focused = document.activeElement;
  const box = focused.closest("label") ?? focused;
  const { outlineStyle, outlineWidth } = getComputedStyle(box);
  const { top, bottom } = box.getBoundingClientRect();
  return outlineStyle !== "none" && parseFloat(outlineWidth) >= 2 && bottom > 0 && top < innerHeight;
}"""
# Where it stands in the document, as a number that grows.
PLACE = "() => [...document.querySelectorAll('*')].indexOf(document.activeElement)"
STOPS_AT_MOST = 80


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
@pytest.mark.parametrize("code", ["de", "ar"])
def test_the_whole_way_needs_no_mouse(demonstration: Any, chromium: Browser, code: str, script: bool) -> None:
    context = chromium.new_context(java_script_enabled=script, viewport={"width": 360, "height": 740})
    page = context.new_page()
    page.goto(demonstration.url)
    _tab_to(page, f".languages a[lang={LANGUAGES[code].bcp47}]")
    _enter(page, f"/{code}/")
    _tab_to(page, f"a.button[href='/{code}/a']")
    _enter(page, f"/{code}/a")
    _tab_to(page, "main button")
    page.keyboard.press("Enter")
    _the_mistake_is_told_where_the_focus_is(page)
    _answer(page)
    _tab_to(page, "main button")
    _enter(page, f"/{code}/thanks")
    _tab_to(page, "#exit")
    context.close()


def _tab_to(page: Page, wanted: str) -> None:
    """Step by step; each stop can be seen, and comes later in the document than the one before."""
    place = int(page.evaluate(PLACE))
    for _ in range(STOPS_AT_MOST):
        page.keyboard.press("Tab")
        here = int(page.evaluate(PLACE))
        assert here > place, "the focus went back, or out of the page"
        assert page.evaluate(SEEN), page.evaluate("() => document.activeElement.outerHTML")
        if page.evaluate("(wanted) => document.activeElement.matches(wanted)", wanted):
            return
        place = here
    raise AssertionError(f"no way to {wanted}")


def _enter(page: Page, path: str) -> None:
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{path}")


def _the_mistake_is_told_where_the_focus_is(page: Page) -> None:
    expect(page.locator("[role=alert] a[href='#q-region']")).to_be_visible()
    field = page.locator("select[name=region]")
    expect(field).to_be_focused()
    assert page.evaluate(SEEN)
    expect(field).to_have_attribute("aria-invalid", "true")
    told = (page.locator("#q-region").get_attribute("aria-describedby") or "").split()
    assert told == ["h-region", "e-region"]
    expect(page.locator("#e-region")).not_to_be_empty()


def _answer(page: Page) -> None:
    """A letter, the space bar, arrows: what each kind of field knows."""
    page.keyboard.type("Ess")
    expect(page.locator("select[name=region]")).to_have_value("08116")
    _tab_to(page, "[name=access]")
    page.keyboard.press("Space")
    expect(page.locator("[name=access][value=yes]")).to_be_checked()
    _tab_to(page, "[name=trust]")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(page.locator("[name=trust][value='3']")).to_be_checked()
    _tab_to(page, "[name=pressing][value=papers]")
    page.keyboard.press("Space")
    expect(page.locator("[name=pressing][value=papers]")).to_be_checked()
    _tab_to(page, "textarea")
    page.keyboard.type("Deutschkurs دورة")
