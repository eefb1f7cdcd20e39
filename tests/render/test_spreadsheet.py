"""Digests as workbooks: the model's figures, texts that stay texts, charts that can be read aloud."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from dataclasses import replace

from openpyxl import load_workbook
from python_calamine import CalamineWorkbook

from feedback_service.i18n import Interface
from feedback_service.render.spreadsheet import digest_workbook
from feedback_service.reports.model import Digest, RegionReport

from .conftest import HOSTILE


def _parts(content: bytes) -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        return {name: packed.read(name).decode() for name in packed.namelist()}


def test_each_question_has_a_sheet_with_the_models_figures(
    large: RegionReport, small: RegionReport, digest: Callable[..., Digest], english: Interface
) -> None:
    book = CalamineWorkbook.from_filelike(io.BytesIO(digest_workbook(digest(large, small), english)))
    # The cover, a sheet a question.
    assert book.sheet_names == ["0", "1", "2"]
    rows = book.get_sheet_by_name("1").to_python()
    assert rows[0][0] == "Question pressing" and "Freudenstadt" in str(rows[1][0])
    assert rows[4][:5] == ["Answer", "People", "Share", "Baden-Württemberg", "Change"]
    # In a small group there are people and no shares.
    assert [row[:5] for row in rows[5:8]] == [
        ["Work", 9, "–", "over 95 %", ""],
        ["Housing", 3, "–", 0.49, ""],
        ["No answer", 2, "–", "under 5 %", ""],
    ]  # fmt: skip
    withheld = book.get_sheet_by_name("2").to_python()
    assert "Fewer than 20 people" in str(withheld[2][0]) and "Baden-Württemberg: Answers" in str(
        withheld[2][0]
    )
    assert [row[:4] for row in withheld[4:7]] == [
        ["Answer", "People", "Share", "Change"], ["Never", 7000, 0.57, ""], ["Always", 5000, 0.41, ""],
    ]  # fmt: skip
    state = CalamineWorkbook.from_filelike(io.BytesIO(digest_workbook(digest(large), english)))
    assert [row[:4] for row in state.get_sheet_by_name("1").to_python()[5:10]] == [
        ["Work", 12222, "over 95 %", "▲ rose"],
        ["Housing", 6000, 0.49, ""],
        ["Papers", 400, "under 5 %", "▼ fell"],
        ["Nobody said this", 0, "under 5 %", ""],
        ["No answer", 100, "under 5 %", ""],
    ]


def test_the_cover_says_what_it_is_who_answered_and_what_is_withheld(
    large: RegionReport,
    small: RegionReport,
    empty: RegionReport,
    digest: Callable[..., Digest],
    english: Interface,
) -> None:
    def cover(local: RegionReport, demo: bool) -> str:
        book = CalamineWorkbook.from_filelike(
            io.BytesIO(digest_workbook(digest(large, local, demo=demo), english))
        )
        return "\n".join(str(row[0]) for row in book.get_sheet_by_name("0").to_python() if row)

    shown = cover(small, demo=True)
    assert "Demonstration" in shown and "14 – people answered (Refugees 14)" in shown
    assert "9 people – Refugees" in shown and "As in the census" in shown
    withheld = cover(empty, demo=False)
    assert "Demonstration" not in withheld and "put up posters" in withheld


def test_no_text_becomes_a_formula_or_a_link(
    large: RegionReport, hostile: RegionReport, digest: Callable[..., Digest], english: Interface
) -> None:
    formula = '=HYPERLINK("https://example.org";"x")'
    labels = (formula, "@SUM(1)", "https://example.org")
    choices = tuple(
        replace(one, label=label) for one, label in zip(hostile.questions[0].choices, labels, strict=True)
    )
    asked = replace(hostile.questions[0], label=formula, choices=choices)
    content = digest_workbook(digest(large, replace(hostile, questions=(asked,), title=formula)), english)
    parts = _parts(content)
    assert not any("<f>" in text for name, text in parts.items() if name.startswith("xl/worksheets/"))
    assert not any('TargetMode="External"' in text for text in parts.values())
    sheet = load_workbook(io.BytesIO(content))["1"]
    assert sheet["A1"].value == formula and sheet["A1"].data_type == "s"
    assert [sheet.cell(row, 1).data_type for row in (6, 7, 8)] == ["s", "s", "s"]
    assert HOSTILE in str(load_workbook(io.BytesIO(content))["1"]["A2"].value)


def test_charts_are_native_and_say_in_words_what_they_show(
    large: RegionReport, digest: Callable[..., Digest], english: Interface
) -> None:
    parts = _parts(digest_workbook(digest(large), english))
    assert sum(name.startswith("xl/charts/chart") for name in parts) == 2
    drawing = parts["xl/drawings/drawing1.xml"]
    described = re.search(r'descr="([^"]*)"', drawing)
    assert described and "Question pressing Work: 12,222; Housing: 6,000" in described[1]
    # Who gave no answer is in the table and not in the chart.
    assert "$A$6:$A$9" in parts["xl/charts/chart1.xml"] and "$A$10" not in parts["xl/charts/chart1.xml"]


def test_the_same_digest_is_the_same_bytes(
    large: RegionReport, digest: Callable[..., Digest], english: Interface
) -> None:
    assert digest_workbook(digest(large), english) == digest_workbook(digest(large), english)
    assert "2027-01-04" in _parts(digest_workbook(digest(large), english))["docProps/core.xml"]
