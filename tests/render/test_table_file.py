"""The CSV: every figure as released, no text that a spreadsheet runs."""

from __future__ import annotations

import csv
import io

import pytest

from feedback_service.render.table_file import csv_table
from feedback_service.reports.model import ChoiceFigure, QuestionFigures, RegionReport


def _rows(*reports: RegionReport) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(csv_table(reports), newline="")))


def _report(label: str) -> RegionReport:
    """One line, all of whose texts are `label`."""
    asked = QuestionFigures("q", label, False, 12, None, (ChoiceFigure(label, 5, None, None),))
    return RegionReport("s", "clients", "T", "2026-Q4", "08115", label, 12, 0, (asked,), ())


def test_every_figure_has_a_line(large: RegionReport, small: RegionReport) -> None:
    rows = _rows(large, small)
    expected = [
        (report.region, question.name, choice.label, question.n, choice.count, choice.percent, choice.arrow)
        for report in (large, small)
        for question in report.questions
        for choice in question.choices
    ]
    found = [
        (
            row["region"],
            row["question"],
            row["answer"],
            int(row["n"]),
            int(row["count"]),
            int(row["percent"]) if row["percent"] else None,
            row["trend"] or None,
        )
        for row in rows
    ]
    assert found == expected
    assert len(found) == 11


def test_a_line_says_survey_round_and_texts(large: RegionReport) -> None:
    first = _rows(large)[0]
    assert (first["survey"], first["round"], first["name"]) == ("small", "2026-Q4", "Baden-Württemberg")
    assert first["question_text"] == "Question pressing"


def test_the_file_has_a_header_and_line_ends_as_rfc_4180_wants(small: RegionReport) -> None:
    text = csv_table([small])
    assert text.startswith("survey,round,region,name,question,question_text,answer,n,count,percent,trend\r\n")
    assert text.endswith("\r\n")
    assert "\n" not in text.replace("\r\n", "")
    assert csv_table([]) == text.split("\r\n")[0] + "\r\n"


def test_a_region_without_figures_has_no_line(empty: RegionReport) -> None:
    assert _rows(empty) == []


@pytest.mark.parametrize("label", ["=1+1", "+49 711", "-5", "@SUM(A1)", "\tx", '=HYPERLINK("http://x")'])
def test_a_text_that_looks_like_a_formula_is_defused_everywhere(label: str) -> None:
    report = _report(label)
    [row] = _rows(report)
    assert [row[column] for column in ("name", "question_text", "answer")] == [f"'{label}"] * 3


@pytest.mark.parametrize("label", ["Ja, immer", 'Er sagte "nein"', "a=b", "5 - 6", "line\nline", "'quoted'"])
def test_other_texts_stay_as_they_are(label: str) -> None:
    [row] = _rows(_report(label))
    assert [row[column] for column in ("name", "question_text", "answer")] == [label] * 3


def test_a_carriage_return_before_a_formula_is_defused() -> None:
    [row] = _rows(_report("\r=1+1"))
    assert row["answer"] == "'\r=1+1"


def test_an_empty_text_stays_empty() -> None:
    [row] = _rows(_report(""))
    assert row["answer"] == ""
