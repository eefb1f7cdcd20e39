"""The results' page of a district and the files beside it: every link works, all tell the same figures."""

from __future__ import annotations

import io
from typing import Any
from urllib.parse import urlsplit
from xml.etree import ElementTree

import httpx2
import page as pdf_checks
import pytest
from playwright.sync_api import Browser
from python_calamine import CalamineWorkbook

DISTRICT = "08416"
TYPES = {
    "PDF": "application/pdf",
    "XLSX": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "CSV": "text/csv; charset=utf-8",
    "JSON": "application/json",
    "Atom": "application/atom+xml; charset=utf-8",
}


@pytest.mark.parametrize(
    ("lang", "endings"), [("de", ["CSV", "PDF", "XLSX", "JSON"]), ("ar", ["CSV", "XLSX", "JSON"])]
)
def test_every_file_beside_a_page_is_there(
    demonstration: Any, chromium: Browser, lang: str, endings: list[str]
) -> None:
    shown = chromium.new_page(java_script_enabled=False)
    shown.goto(f"{demonstration.url}/{lang}/results/clients/{demonstration.round}/{DISTRICT}")
    links = shown.locator("p.files a")
    assert links.all_inner_texts() == [*endings, "Atom"]
    for link in links.all():
        reply = httpx2.get(f"{demonstration.url}{link.get_attribute('href')}")
        assert reply.status_code == 200 and reply.headers["content-type"] == TYPES[link.inner_text()]
    shown.close()


def test_the_files_tell_the_figures_of_the_release(demonstration: Any) -> None:
    address = f"{demonstration.url}/de/results/clients/{demonstration.round}/08"
    release = httpx2.get(f"{address}.json").json()
    row = next(
        row for row in release["rows"] if row["class"] == "local" and row["window"] == [release["round"]]
    )
    book = CalamineWorkbook.from_filelike(io.BytesIO(httpx2.get(f"{address}.xlsx").content))
    sheets = {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names[1:]}
    counts = [[line[1] for line in rows[5:] if line[1] != ""] for rows in sheets.values()]
    for question in row["questions"].values():
        assert question["count"] in counts
    made = httpx2.get(f"{address}.pdf").content
    report = pdf_checks.validate_pdf_bytes(made, profile=pdf_checks.ValidationProfile.PDF_UA_1)
    assert report.is_compliant and made == httpx2.get(f"{address}.pdf").content


@pytest.mark.parametrize(
    "path", ["de/{}/08416.exe", "de/{}/99999.pdf", "de/{}/08416.pdf.xlsx", "ar/{}/08416.pdf"]
)
def test_no_other_file_is_there(demonstration: Any, path: str) -> None:
    lang, _, rest = path.format(demonstration.round).partition("/")
    assert httpx2.get(f"{demonstration.url}/{lang}/results/clients/{rest}").status_code == 404


@pytest.mark.parametrize("lang", ["de", "ar"])
def test_a_region_has_a_feed_of_its_releases(demonstration: Any, lang: str) -> None:
    reply = httpx2.get(f"{demonstration.url}/{lang}/results/feed/{DISTRICT}.xml")
    assert reply.headers["content-type"] == "application/atom+xml; charset=utf-8"
    names = {"a": "http://www.w3.org/2005/Atom"}
    feed = ElementTree.fromstring(reply.content)
    entries = feed.findall("a:entry", names)
    releases = httpx2.get(f"{demonstration.url}/api/v1/releases").json()
    assert len(entries) == len(releases) > 1
    for entry, release in zip(entries, releases, strict=True):
        address = entry.findtext("a:id", default="", namespaces=names)
        assert address.endswith(f"/{lang}/results/{release['survey']}/{release['round']}/{DISTRICT}")
        assert entry.findtext("a:updated", default="", namespaces=names) == f"{release['issued']}T00:00:00Z"
        assert "Tübingen" in entry.findtext("a:title", default="", namespaces=names) and entry.findtext(
            "a:summary", namespaces=names
        )
        page = httpx2.get(demonstration.url + urlsplit(address).path)
        assert page.status_code == 200
        assert f'href="/{lang}/results/feed/{DISTRICT}.xml"' in page.text
    for id_ in ("a:id", "a:title", "a:updated", "a:author/a:name"):
        assert feed.findtext(id_, default="", namespaces=names), id_


def test_there_is_no_feed_of_an_unknown_region(demonstration: Any) -> None:
    assert httpx2.get(f"{demonstration.url}/de/results/feed/99999.xml").status_code == 404
    assert httpx2.get(f"{demonstration.url}/xx/results/feed/08.xml").status_code == 404
