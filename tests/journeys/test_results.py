"""The results' page of a district and the files beside it: every link works, all tell the same figures."""

from __future__ import annotations

import html
import io
import re
from typing import Any
from urllib.parse import urlsplit
from xml.etree import ElementTree

import httpx2
import page as pdf_checks
import pytest
from playwright.sync_api import Browser
from python_calamine import CalamineWorkbook

from feedback_service.disclosure.check_themes import themes_problems
from feedback_service.i18n import load_interfaces

DISTRICT = "08416"
# At 400 kbit/s, a phone at the edge of a cell, that is 0.6 seconds.
MOST_BYTES = 30_000
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


@pytest.mark.parametrize(("lang", "marked"), [("de", False), ("en", False), ("ar", True)])
def test_the_state_s_page_quotes_people_and_the_files_beside_it_do_too(
    demonstration: Any, chromium: Browser, lang: str, marked: bool
) -> None:
    address = f"{demonstration.url}/{lang}/results/clients/{demonstration.round}/08"
    shown = chromium.new_page(java_script_enabled=False)
    shown.goto(address)
    section = shown.locator("section[aria-labelledby=quotes]")
    quotes = section.locator("blockquote").all_inner_texts()
    assert quotes and (section.locator("p.hint").count() == len(quotes)) is marked
    assert section.locator('blockquote[lang="de"]').count() == (len(quotes) if marked else 0)
    shown.close()
    book = CalamineWorkbook.from_filelike(io.BytesIO(httpx2.get(f"{address}.xlsx").content))
    cover = "\n".join(str(row[0]) for row in book.get_sheet_by_name(book.sheet_names[0]).to_python() if row)
    assert all(quote.strip() in cover for quote in quotes[:3])


def test_themes_are_told_for_the_state_alone_and_anybody_can_check_them(
    demonstration: Any, chromium: Browser
) -> None:
    results = f"{demonstration.url}/de/results/clients"
    shown = chromium.new_page(java_script_enabled=False)
    shown.goto(f"{results}/{demonstration.before}/08")
    section = shown.locator("section[aria-labelledby=themes]")
    rows = [row.split("\t") for row in section.locator("tbody tr").all_inner_texts()]
    link = section.get_by_role("link", name="JSON").get_attribute("href")
    shown.goto(f"{results}/{demonstration.before}/{DISTRICT}")
    assert shown.locator("section[aria-labelledby=themes]").count() == 0
    shown.close()
    document = httpx2.get(f"{demonstration.url}{link}").json()
    assert themes_problems(document) == [] and rows
    told = {int(count.replace(".", "")) for _, count, _ in rows}
    assert told == {count for count in document["count"][:-1] if count}
    # The newer quarter's comments are still being read.
    assert httpx2.get(f"{results}/{demonstration.round}.themes.json").status_code == 404


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
    every = feed.findall("a:entry", names)
    told = {entry: entry.findtext("a:id", default="", namespaces=names) for entry in every}
    entries = [entry for entry in every if "/results/" in told[entry]]
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


@pytest.mark.parametrize("lang", ["de", "ar"])
def test_a_feed_tells_of_replies_too(demonstration: Any, lang: str) -> None:
    names = {"a": "http://www.w3.org/2005/Atom"}
    feed = ElementTree.fromstring(
        httpx2.get(f"{demonstration.url}/{lang}/results/feed/{DISTRICT}.xml").content
    )
    entries = feed.findall("a:entry", names)
    days = [entry.findtext("a:updated", default="", namespaces=names) for entry in entries]
    assert days == sorted(days, reverse=True)
    assert feed.findtext("a:updated", namespaces=names) == days[0]
    replies = 0
    for entry in entries:
        address = urlsplit(entry.findtext("a:id", default="", namespaces=names))
        if address.path == f"/{lang}/replies/{DISTRICT}":
            page = httpx2.get(demonstration.url + address.path).text
            assert f'id="{address.fragment}"' in page and entry.findtext("a:summary", namespaces=names)
            replies += 1
    assert replies == 5, "four that the demonstration invents, and one of the test's"
    others = feed.findall(".//a:summary[@{http://www.w3.org/XML/1998/namespace}lang]", names)
    assert len(others) == {"de": 0, "ar": 3}[lang], "what isn't translated says in which language it is"


def test_the_figures_are_the_same_in_all_languages(demonstration: Any) -> None:
    newer, older = demonstration.round, demonstration.before
    addresses = [
        f"results/clients/{newer}/08", f"results/counsellors/{newer}/08", f"results/clients/{newer}/08111",
        f"results/clients/{older}/08", "replies",
    ]  # fmt: skip
    for address in addresses:
        found = {code: _figures(demonstration.url, code, address) for code in load_interfaces()}
        assert len(found) == 20 and len(found["de"]) > 7, address
        assert {code for code, figures in found.items() if figures != found["de"]} == set(), address


def _figures(url: str, code: str, address: str) -> list[str]:
    """Every number of the tables and of the replies, in the order of the page."""
    page = html.unescape(httpx2.get(f"{url}/{code}/{address}").text)
    cells = re.findall(r'(?:class="figure">|class="whole">\()<bdi>(.*?)</bdi>', page)
    dates = re.findall(r'datetime="([\d-]+)"', page)
    return ["".join(str(int(sign)) for sign in cell if sign.isdigit()) for cell in cells] + dates


def test_a_results_page_takes_less_than_thirty_kilobytes_in_every_language(demonstration: Any) -> None:
    sizes = {}
    for code in load_interfaces():
        for page in (
            f"results/clients/{demonstration.round}/08", f"results/counsellors/{demonstration.round}/08",
            "results/", "replies", "replies/08416",
        ):  # fmt: skip
            with httpx2.stream("GET", f"{demonstration.url}/{code}/{page}") as reply:
                assert reply.headers["content-encoding"] == "gzip"
                sizes[code, page] = sum(len(part) for part in reply.iter_raw())
    assert len(sizes) == 100 and max(sizes.values()) < MOST_BYTES and min(sizes.values()) > 3_000


def test_there_is_no_feed_of_an_unknown_region(demonstration: Any) -> None:
    assert httpx2.get(f"{demonstration.url}/de/results/feed/99999.xml").status_code == 404
    assert httpx2.get(f"{demonstration.url}/xx/results/feed/08.xml").status_code == 404
