"""An office answers by its link, an operator looks and releases, and people read it in their language."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from playwright.sync_api import Browser, Page, expect

from feedback_service.deliver.links_in_mail import reply_address
from feedback_service.storage.mail_keys import read_mail_key

DISTRICT = "08416"
RECIPIENT = "c" * 32
TEXT = "Wir mieten zwölf Häuser <b>&amp;</b> bauen."
ARABIC = "نستأجر اثني عشر بيتًا."


@pytest.fixture(scope="module")
def released(shared_installation: Any) -> Any:
    """An installation with one released round, and its name."""
    for survey in ("clients", "counsellors"):
        for step in ("close", "count", "release"):
            shared_installation.json("rounds", step, survey)
    return shared_installation


@pytest.fixture(scope="module")
def served(released: Any) -> Iterator[Any]:
    with released.serving() as service:
        yield service


def _round(released: Any) -> str:
    return str(released.json("rounds", "list")[0]["round"])


def _link(released: Any, url: str, language: str = "de") -> str:
    key = read_mail_key(released.data / "mail")
    return reply_address(url, language, key, RECIPIENT, DISTRICT, _round(released))


def _holding(folder: Path, word: str) -> list[Path]:
    files = [path for path in folder.rglob("*") if path.is_file()]
    return [path for path in files if word.encode() in path.read_bytes()]


@pytest.mark.parametrize("script", [True, False])
def test_from_the_link_to_the_page_in_three_languages(
    released: Any, served: Any, chromium: Browser, script: bool
) -> None:
    link = _link(released, served.url)
    token = link.rpartition("/")[2]
    page = chromium.new_context(java_script_enabled=script).new_page()
    page.goto(link)
    expect(page.locator("main")).to_contain_text("Tübingen")
    _answer(page, served.url)
    assert [path.parent for path in _holding(released.data, token)] == [released.data / "spool" / "inbox"]
    (waiting,) = released.json("replies", "list", "--waiting")
    assert (waiting["region"], waiting["state"], waiting["office"]) == (DISTRICT, "decided", "Amt Ä")
    assert waiting["texts"] == {"de": TEXT} and _holding(released.data, token) == []
    assert _holding(released.data, RECIPIENT) == [], "nor who the link was sent to"
    _nothing_is_shown(served.url)
    released.json("replies", "text", waiting["id"][:8], "--language", "ar", "--text", ARABIC)
    released.json("replies", "release", waiting["id"][:8])
    for code, spoken in (("de", TEXT), ("ar", ARABIC), ("ti", TEXT)):
        page.goto(f"{served.url}/{code}/replies")
        reply = page.locator("article.reply")
        expect(reply.locator("blockquote")).to_have_text(spoken)
        expect(reply).to_contain_text("Tübingen")
        own = reply.locator("blockquote").get_attribute("lang")
        assert own == ("de" if code == "ti" else None)
        expect(reply.locator(".hint")).to_have_count(int(code == "ti"))
    page.goto(f"{served.url}/de/results/clients/{_round(released)}/{DISTRICT}")
    expect(page.locator("article.reply blockquote")).to_have_text(TEXT)
    released.json("replies", "refuse", waiting["id"])
    _nothing_is_shown(served.url)
    assert _holding(released.data, "zwölf Häuser") == [], "a refused text is destroyed"
    page.context.close()


def _answer(page: Page, url: str) -> None:
    """With a mistake first, then with a name in it, at last as it is to be."""
    page.locator("#text").fill(TEXT)
    page.locator("main button").click()
    expect(page.locator("[role=alert]")).to_be_visible()
    expect(page.locator("#text")).to_have_value(TEXT)
    page.locator("#state").select_option("decided")
    page.locator("#office").fill("Amt Ä, Frau Schmidt")
    page.locator("main button").click()
    expect(page.locator("mark")).to_have_text("Frau Schmidt")
    page.locator("button[name=change]").click()
    expect(page.locator("#state")).to_have_value("decided")
    page.locator("#office").fill("Amt Ä")
    page.locator("main button").click()
    page.wait_for_url(f"{url}/de/replies/thanks")


def _nothing_is_shown(url: str) -> None:
    for path in ("de/replies", f"de/replies/{DISTRICT}", "ar/replies"):
        page = httpx2.get(f"{url}/{path}").text
        assert "zwölf" not in page and "<article" not in page, path


def test_a_changed_link_opens_nothing(released: Any, served: Any) -> None:
    link = _link(released, served.url)
    address, _, token = link.rpartition("/")
    content, _, signature = token.partition(".")
    other = _link(released, served.url).replace(DISTRICT, "08111")
    assert other == link, "the region stands in the signed part"
    for changed in (
        f"{content}.{signature[:-2]}", f"{content[:-2]}.{signature}", f"{signature}.{content}", content, "x",
        token.swapcase(), f"{token}.{signature}", "%00", "a" * 500,
    ):  # fmt: skip
        for method in ("GET", "POST"):
            reply = httpx2.request(method, f"{address}/{changed}")
            assert reply.status_code == 404 and "<form" not in reply.text, changed
            assert reply.headers["cache-control"] == "no-store"
    assert httpx2.get(link).status_code == 200
    assert not list((released.data / "spool" / "inbox").glob("*"))


def test_who_came_by_a_page_of_ours_keeps_nothing_and_who_came_from_elsewhere_asks_only_once(
    released: Any, served: Any, chromium: Browser
) -> None:
    address = f"{served.url}/de/results/clients/{_round(released)}/08"
    with httpx2.Client() as program:
        first = program.get(address)
        again = program.get(address, headers={"if-none-match": first.headers["etag"]})
        assert (first.status_code, again.status_code, again.content) == (200, 304, b"")
    page = chromium.new_context().new_page()
    seen: list[tuple[int, dict[str, str]]] = []
    page.on("response", lambda reply: seen.append((reply.status, reply.all_headers())))
    page.goto(address)
    paper = page.evaluate("() => getComputedStyle(document.body).backgroundColor")
    assert seen.pop()[1]["cache-control"] == "public, max-age=3600"
    page.reload()
    # What Chromium was told about the page it kept must not take its style away.
    assert page.evaluate("() => getComputedStyle(document.body).backgroundColor") == paper
    assert re.fullmatch(r"rgb\((?!0, 0, 0).*\)", paper)
    seen.clear()
    page.goto(f"{served.url}/de/")
    page.get_by_role("link", name="Ergebnisse").or_(page.locator('main a[href="/de/results/"]')).first.click()
    page.wait_for_url(f"{served.url}/de/results/")
    status, headers = seen[-1]
    assert (status, headers["cache-control"]) == (200, "no-store") and "etag" not in headers
    page.context.close()
