"""The page "What we keep" explains every column that there is, in every language, and no other."""

from __future__ import annotations

from collections import Counter
from dataclasses import fields
from typing import Any

import httpx2
from playwright.sync_api import Browser

from feedback_service.i18n import load_interfaces
from feedback_service.intake.slot import Pending
from feedback_service.storage.explained import ABOUT_ANSWERS, SLOT, WITHOUT_PEOPLE
from feedback_service.storage.schema import metadata

KEPT = {kept.name: kept for kept in (*ABOUT_ANSWERS, *WITHOUT_PEOPLE)}


def _explained(name: str) -> Counter[str]:
    return Counter(column for part in KEPT[name].parts for column in part.columns)


def test_every_column_is_explained_once_and_no_other() -> None:
    assert set(KEPT) == {*metadata.tables, SLOT}
    for name, table in metadata.tables.items():
        assert _explained(name) == Counter(table.columns.keys()), name


def test_every_field_of_a_slot_is_explained_once_and_no_other() -> None:
    assert _explained(SLOT) == Counter(field.name for field in fields(Pending))


def test_tables_of_submissions_stand_with_the_answers() -> None:
    about = {name for name, table in metadata.tables.items() if "round_id" in table.columns}
    assert {kept.name for kept in ABOUT_ANSWERS} == about | {SLOT}


def test_the_page_shows_it_all_in_every_language_with_the_key_in_use(installation: Any) -> None:
    fingerprints = [one["key_fingerprint"] for one in installation.json("rounds", "list")]
    with installation.serving() as served:
        for code, interface in load_interfaces().items():
            page = httpx2.get(f"{served.url}/{code}/what-we-keep").text
            for kept in KEPT.values():
                for words in (kept.title, kept.until, *(part.words for part in kept.parts)):
                    assert str(interface.text(words)) in page, (code, words)
            assert all(fingerprint in page for fingerprint in fingerprints)
        assert httpx2.get(f"{served.url}/xx/what-we-keep").status_code == 404


def test_it_is_read_on_a_phone_without_script(installation: Any, chromium: Browser) -> None:
    with installation.serving() as served:
        context = chromium.new_context(java_script_enabled=False, viewport={"width": 320, "height": 700})
        page = context.new_page()
        page.goto(f"{served.url}/ar/")
        page.locator("footer a[href='/ar/what-we-keep']").click()
        page.locator("summary").first.click()
        assert page.locator("details[open] dd").first.is_visible()
        context.close()
