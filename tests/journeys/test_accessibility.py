"""Accessibility, as far as a machine can tell: every page in every language, on the narrowest phone.

Axe finds nothing with all its rules, nothing reaches beyond the screen, no word is cut, no target is small.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, BrowserContext, Page, expect

from feedback_service.i18n import LANGUAGES, load_interfaces

LOOK = Path(__file__).with_name("looking.js").read_text("utf-8")
NOTHING: dict[str, list[str]] = {"axe": [], "wide": [], "cut": [], "small": []}
# WCAG 2.2, 1.4.12 and 1.4.4.
SPACED_OUT = (
    "* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important }"
)
TWICE_AS_LARGE = "html { font-size: 36px !important }"
CODES = sorted(load_interfaces())
# One of each direction, and the script with the tallest letters: colours are the same in all languages.
CLOSELY = [code for code in ("de", "ar", "ti") if code in CODES]
PAGES = (
    "", "thanks", "privacy", "what-we-keep", "delete", "accessibility", "results/", "replies",
    "replies/08416", "replies/thanks", "nowhere/at-all",
)  # fmt: skip


@pytest.fixture
def context(chromium: Browser) -> Iterator[BrowserContext]:
    # Axe is a script of the test's; the page's own policy would refuse it.
    with chromium.new_context(bypass_csp=True, viewport={"width": 320, "height": 640}) as made:
        made.add_init_script(AXE_SCRIPT)
        yield made


@pytest.mark.parametrize("code", CODES)
def test_nothing_is_wrong_on_any_page(demonstration: Any, context: BrowserContext, code: str) -> None:
    page = context.new_page()
    colours = "too" if code in CLOSELY else "none"
    titles = set()
    for address in _addresses(demonstration, code):
        page.goto(address)
        _in_its_language(page, code)
        assert page.title() not in titles
        titles.add(page.title())
        assert page.evaluate(LOOK, colours) == NOTHING, address
    for slug in ("a", "b"):
        _send_nothing(page, f"{demonstration.url}/{code}/{slug}")
        assert page.evaluate(LOOK, colours) == NOTHING, (
            slug,
            "with an error: all that the empty form has, and more",
        )


@pytest.mark.parametrize("code", CLOSELY)
def test_nothing_is_wrong_in_the_dark_either(demonstration: Any, context: BrowserContext, code: str) -> None:
    page = context.new_page()
    page.emulate_media(color_scheme="dark")
    # Every colour is on one of these.
    for path in ("", "a", "delete", "what-we-keep", *_results(demonstration, code)):
        address = f"{demonstration.url}/{code}/{path}"
        page.goto(address)
        assert page.evaluate(LOOK, "only")["axe"] == [], address
    _send_nothing(page, f"{demonstration.url}/{code}/b")
    assert page.evaluate(LOOK, "only")["axe"] == [], "with an error"


def _addresses(demonstration: Any, code: str) -> list[str]:
    pages = (*PAGES, *_results(demonstration, code), *demonstration.links)
    return [f"{demonstration.url}/{code}/{page}" for page in pages]


def _results(demonstration: Any, code: str) -> list[str]:
    """A district's figures are fewer than the state's, and it says what is withheld and why."""
    regions = ("08416", "08") if code in CLOSELY else ("08416",)
    return [f"results/clients/{demonstration.round}/{region}" for region in regions]


def _send_nothing(page: Page, address: str) -> None:
    page.goto(address)
    page.locator("main button").click()
    expect(page.locator("[role=alert] a").first).to_be_visible()


@pytest.mark.parametrize("code", CLOSELY)
def test_nothing_is_wrong_when_it_is_asked_once_more(
    demonstration: Any, context: BrowserContext, code: str
) -> None:
    page = context.new_page()
    page.goto(f"{demonstration.url}/{code}/a")
    page.locator("select").select_option("08416")
    expect(page.locator(".town option")).to_have_count(3)
    page.locator("textarea").fill("0170 1234567, Herr Müller")
    page.locator("main button").click()
    expect(page.locator(".look mark")).to_have_count(2)
    assert page.evaluate(LOOK, "too") == NOTHING, "asked by the page itself"
    # Past the page's own script: without it the server asks.
    page.evaluate("() => { document.querySelector('.town').remove(); document.forms[0].submit(); }")
    expect(page.locator("li bdi mark")).to_have_count(2)
    expect(page.locator("select option")).to_have_count(3)
    assert page.evaluate(LOOK, "too") == NOTHING, "asked by the server"


@pytest.mark.parametrize("code", CLOSELY)
def test_nothing_is_wrong_where_an_office_answers(
    demonstration: Any, context: BrowserContext, code: str
) -> None:
    page = context.new_page()
    _send_nothing(page, f"{demonstration.url}/{code}/{demonstration.links[-1]}")
    expect(page.locator("#state")).to_be_focused()
    assert page.evaluate(LOOK, "too") == NOTHING, "with mistakes"
    page.locator("#state").select_option("done")
    page.locator("#text").fill("0170 1234567, Herr Müller")
    page.locator("#office").fill("Amt")
    page.locator("main button").click()
    expect(page.locator("mark")).to_have_count(2)
    assert page.evaluate(LOOK, "too") == NOTHING, "asked once more"
    page.goto(f"{demonstration.url}/{code}/results/clients/{demonstration.before}/08")
    expect(page.locator("section dl dd").first).to_be_visible()
    assert page.evaluate(LOOK, "too") == NOTHING, "which problems were answered"


@pytest.mark.parametrize("code", CLOSELY)
def test_letters_twice_as_large_or_spaced_out_fit(
    demonstration: Any, context: BrowserContext, code: str
) -> None:
    page = context.new_page()
    for path in ("", "a", "replies", f"results/clients/{demonstration.round}/08", demonstration.links[-1]):
        page.goto(f"{demonstration.url}/{code}/{path}")
        for style in SPACED_OUT, TWICE_AS_LARGE:
            added = page.add_style_tag(content=style)
            assert page.evaluate("() => document.documentElement.scrollWidth") <= 320, (path, style)
            added.evaluate("(style) => style.remove()")


def test_a_form_on_paper_has_boxes_and_lines_and_nothing_to_press(
    demonstration: Any, context: BrowserContext
) -> None:
    page = context.new_page()
    page.emulate_media(media="print")
    page.goto(f"{demonstration.url}/ar/a")
    # The receipt would belong to an answer that is never sent.
    for gone in ("nav", "footer", "main button", ".receipt", ".notice a"):
        expect(page.locator(gone).first).to_be_hidden()
    for there in ("[name=pressing]", "[name=access]", "select", "textarea", ".pictogram", "legend"):
        expect(page.locator(there).first).to_be_visible()
    line = "(field) => [getComputedStyle(field).color, getComputedStyle(field).borderBottomStyle]"
    assert page.locator("select").evaluate(line) == ["rgba(0, 0, 0, 0)", "solid"], (
        "“please choose” is not printed"
    )
    lines = "(field) => getComputedStyle(field).backgroundImage"
    assert "repeating-linear-gradient" in page.locator("textarea").evaluate(lines)


def _in_its_language(page: Page, code: str) -> None:
    """The document says which language it is in and how that runs."""
    html = page.locator("html")
    language = LANGUAGES[code]
    assert html.get_attribute("lang") == language.bcp47
    assert html.get_attribute("dir") == language.direction


def test_nothing_is_wrong_on_the_page_of_languages_and_in_the_digest(
    demonstration: Any, context: BrowserContext
) -> None:
    page = context.new_page()
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
        page.goto(demonstration.url)
        assert page.evaluate(LOOK, "too") == NOTHING, scheme
        for code, name in ((code, LANGUAGES[code].own_name) for code in CODES):
            link = page.get_by_role("link", name=name, exact=True)
            assert link.get_attribute("lang") == LANGUAGES[code].bcp47
    page.goto(f"{demonstration.url}/ar/results/clients/{demonstration.round}/08")
    assert page.locator("svg.chart").count() == 9, "figures were to be looked at"
    page.goto(f"{demonstration.url}/ar/results/clients/{demonstration.round}/08416")
    assert page.locator(".withheld").count() >= 1, "what is withheld too"
    page.goto(f"{demonstration.url}/preview/de/08")
    assert page.evaluate(LOOK, "too")["axe"] == [], "the digest"


def test_the_check_above_can_find_something(context: BrowserContext) -> None:
    page = context.new_page()
    page.goto("about:blank")
    page.set_content(
        "<html><body><img src=''><input style='width: 9px'><p style='width: 20px; overflow-wrap: anywhere'>"
        "Wohnungsamt</p><div style='width: 999px'>.</div></body></html>"
    )
    found = page.evaluate(LOOK, "too")
    assert {"html-has-lang", "image-alt", "label"} <= {one.split(":")[0] for one in found["axe"]}
    assert found["cut"] == ["Wohnungsamt"]
    assert found["wide"] and len(found["small"]) == 1
