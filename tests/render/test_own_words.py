"""Quotes and themes in every document: said once, by whom, and never as markup."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from dataclasses import replace

import openpyxl
import pytest

from feedback_service.i18n import Interface
from feedback_service.render.documents import DOCUMENTS
from feedback_service.render.html import digest_document
from feedback_service.render.mail import digest_mail_html
from feedback_service.render.pdf import content_of
from feedback_service.render.plain_text import digest_text
from feedback_service.reports.model import ChoiceFigure, Digest, Quoted, RegionReport, ThemeFigures

HOSTILE = "=1+1 <script>alert(1)</script>"


@pytest.fixture
def made(digest: Callable[..., Digest], large: RegionReport, small: RegionReport) -> Digest:
    plain = digest(large, small)
    themes = ThemeFigures(
        123,
        (
            ChoiceFigure("Housing", 100, 81, None, name="housing"),
            ChoiceFigure("Work", 4, 3, None, name="work"),
            ChoiceFigure(HOSTILE, 2, None, None, name="other"),
        ),
    )
    quotes = (
        Quoted("First line.\nSecond line.", "en", "clients", "Small", "Freudenstadt"),
        Quoted(HOSTILE, "de", "counsellors", "Small", "Baden-Württemberg"),
    )
    return replace(plain, quotes=quotes, parts=(replace(plain.parts[0], themes=themes),))


def test_plain_text_tells_who_wrote_it_and_what_it_is(made: Digest, english: Interface) -> None:
    text = digest_text(made, english)
    quoted = text.index("In their own words\n------------------\n")
    assert "First line.\nSecond line.\n(Refugees · Freudenstadt)" in text[quoted:]
    assert "(Counsellors · Baden-Württemberg)" in text[quoted:]
    assert text.index("each stands\nfor one person alone") > quoted
    assert "(123 texts)\n- Housing: 100 (81 %)\n- Work: 4 (under 5 %)\n" in text
    # After page one, which stays short.
    assert text.index("named most often") < quoted < text.index("- Housing: 100")


def test_html_and_mail_escape_what_somebody_wrote(made: Digest, english: Interface) -> None:
    mail = digest_mail_html(made, english, "https://example.org")
    for html in (digest_document(made, english), mail):
        assert "<script>" not in html and "&lt;script&gt;" in html
        assert html.count("<blockquote") == 2 and 'lang="de"' in html
        assert "Refugees · Freudenstadt" in html
    assert "What people wrote about" in digest_document(made, english)


def test_the_workbook_has_a_sheet_of_themes_and_formulas_stay_texts(made: Digest, english: Interface) -> None:
    book = openpyxl.load_workbook(io.BytesIO(DOCUMENTS["xlsx"](made, english, "")))
    cover = [str(row[0].value) for row in book["0"].iter_rows() if row[0].value]
    assert any(line.startswith("First line.") and "Freudenstadt" in line for line in cover)
    sheet = book[book.sheetnames[-1]]
    rows = [[cell.value for cell in row[:3]] for row in sheet.iter_rows(min_row=5) if row[0].value]
    assert rows[:3] == [["Theme", "Texts", "Share"], ["Housing", 100, 0.81], ["Work", 4, "under 5 %"]]
    assert rows[3] == [HOSTILE, 2, "–"] and sheet.cell(row=8, column=1).data_type == "s"
    link = next(line for line in cover if "What people wrote about" in line)
    assert link.startswith(f"{book.sheetnames[-1]} ·")


def test_the_pdf_takes_them_as_values(made: Digest, english: Interface) -> None:
    content = json.loads(content_of(made, english, ""))
    assert [one["text"] for one in content["quotes"]["quotes"]] == ["First line.\nSecond line.", HOSTILE]
    assert content["parts"][0]["themes"]["table"][0] == ["Housing", "100", "81 %"]
    assert DOCUMENTS["pdf"](made, english, "").startswith(b"%PDF")


def test_without_any_there_is_no_heading(
    digest: Callable[..., Digest], large: RegionReport, english: Interface
) -> None:
    made = digest(large)
    assert "In their own words" not in digest_document(made, english)
    assert "In their own words" not in digest_text(made, english)
