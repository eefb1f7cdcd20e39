"""Somebody searches a phone after its browser was closed: no file of the profile holds what was typed.

The profile does hold that the pages were opened, and when. We can't prevent that, and the page on privacy
says so; this test finds it, which also shows that the search finds something.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_plus

import pytest
from playwright.sync_api import BrowserContext, Page, expect

SENT = "Zwiebelkuchen am Mittwoch"
MENDED = "Sauerkraut am Donnerstag"
PHONE = "0170 1234567"
UNSENT = "Maultaschen am Freitag"
CODE = "0123-4567-89AB-CDEF0"
NUMBER = "1234 5678 9012 3456"
NAIVE = "Linsen am Samstag"
SCRIPT = pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
# As pages are made without a thought.
NAIVE_PAGE = "<form method=post><input name=dish><textarea name=day></textarea><button>Send</button></form>"


@pytest.fixture(scope="module")
def service(shared_installation: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """With access codes, so that every kind of field is there."""
    file = tmp_path_factory.mktemp("survey") / "clients.yaml"
    shared_installation.json("surveys", "export", "clients", "--out", str(file))
    file.write_text(file.read_text("utf-8") + "\naccess: code-optional\n", "utf-8")
    shared_installation.json("surveys", "import", str(file))
    shared_installation.json("rounds", "close", "clients")
    with shared_installation.serving() as served:
        yield served


def _found(profile: Path, text: str) -> set[str]:
    """The profile's files that hold a text: as it is, in UTF-16, as forms send it, inside of databases."""
    shapes = {text.encode(), text.encode("utf-16-le"), quote_plus(text).encode(), quote(text).encode()}
    found = set()
    for path in (path for path in profile.rglob("*") if path.is_file() and not path.is_symlink()):
        content = path.read_bytes()
        if content.startswith(b"SQLite format 3"):
            content += _values(path)
        if any(shape in content for shape in shapes):
            found.add(path.relative_to(profile).parts[-1].split("_")[0])
    return found


def _values(path: Path) -> bytes:
    """All values of a database: in the file itself a long one is cut into pages."""
    database = sqlite3.connect(path)
    database.text_factory = bytes
    names = database.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE '%VIRTUAL%'"
    )
    rows = [row for (name,) in names for row in database.execute(f'SELECT * FROM "{name.decode()}"')]
    database.close()
    return b"\n".join(value for row in rows for value in row if isinstance(value, bytes))


def _answer(page: Page, url: str) -> list[str]:
    """Make a mistake, mend it, look again, send; give what is on the page and must not be kept either."""
    page.goto(f"{url}/de/a")
    page.locator("textarea[name=comment]").press_sequentially(SENT)
    page.locator("input[name=code]").press_sequentially(CODE)
    page.locator("main button").click()
    expect(page.locator("[role=alert]")).to_be_visible()
    page.locator("textarea[name=comment]").fill(f"{MENDED} {PHONE}")
    page.locator("input[name=code]").fill("")
    page.locator("select[name=region]").select_option("08416")
    receipt = str(page.locator("input[name=receipt]").get_attribute("value"))
    shown = str(page.locator(".digits").text_content()).strip()
    page.locator("main button").click()
    expect(page.locator("mark")).to_have_text(PHONE)
    page.locator("main form button:visible").last.click()
    expect(page).to_have_url(f"{url}/de/thanks")
    return [receipt, shown, shown.replace(" ", "")]


def _type_on_every_page(context: BrowserContext, url: str) -> list[str]:
    page = context.pages[0]
    kept_secret = _answer(page, url)
    page.goto(f"{url}/de/delete")
    page.locator("#number").press_sequentially(NUMBER)
    page.locator("main button").click()
    expect(page.locator("[role=alert]")).to_be_visible()
    page.goto(f"{url}/ar/a")
    page.locator("textarea[name=comment]").press_sequentially(UNSENT)
    page.locator("input[name=code]").press_sequentially(CODE)
    return [*kept_secret, SENT, MENDED, PHONE, UNSENT, CODE, NUMBER]


def _type_on_a_naive_page(context: BrowserContext) -> None:
    context.route(
        "http://naive.test/", lambda route: route.fulfill(content_type="text/html", body=NAIVE_PAGE)
    )
    page = context.new_page()
    page.goto("http://naive.test/")
    page.locator("input").press_sequentially(NAIVE)
    page.locator("button").click()
    page.wait_for_load_state()
    page.locator("textarea").press_sequentially(NAIVE)


@SCRIPT
def test_no_file_of_the_profile_holds_what_was_typed_but_that_the_page_was_opened(
    service: Any, launcher: Any, tmp_path: Path, script: bool
) -> None:
    profile = tmp_path / "profile"
    context = launcher.profile(profile, java_script_enabled=script)
    secrets = _type_on_every_page(context, service.url)
    _type_on_a_naive_page(context)
    context.close()
    # The control: the same search finds what another page let the browser keep, and our addresses.
    assert {"Web Data", "Session"} <= _found(profile, NAIVE)
    assert "History" in _found(profile, f"{service.url}/de/a")
    print("holds our address:", sorted(_found(profile, service.url)))
    for text in secrets:
        assert _found(profile, text) == set(), text


def test_every_field_asks_the_browser_not_to_remember_correct_or_translate(
    service: Any, chromium: Any
) -> None:
    page = chromium.new_page()
    fields = 0
    for address in ("/de/a", "/ar/b", "/uk/delete"):
        page.goto(service.url + address)
        expect(page.locator("html")).to_have_attribute("translate", "no")
        assert page.locator("form:not([autocomplete=off])").count() == 0
        for field in page.locator("input:not([type=hidden]), select, textarea").all():
            expect(field).to_have_attribute("autocomplete", "off")
        typed = page.locator("input:not([type]), textarea")
        for field in typed.all():
            expect(field).to_have_attribute("spellcheck", "false")
            expect(field).to_have_attribute("autocorrect", "off")
        fields += typed.count()
    assert fields == 4
    page.close()
