"""A release as CSV: one line an answer, for whoever calculates further."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from ..reports.model import RegionReport

_COLUMNS = [
    "survey",
    "round",
    "region",
    "name",
    "question",
    "question_text",
    "answer",
    "n",
    "count",
    "percent",
    "trend",
]

_FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")


def csv_table(reports: Sequence[RegionReport]) -> str:
    """UTF-8 text with a header; texts that a spreadsheet could take for formulas are defused."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(_COLUMNS)
    for report in reports:
        for question in report.questions:
            for choice in question.choices:
                writer.writerow(
                    [
                        report.survey,
                        report.round,
                        report.region,
                        _safe(report.name),
                        question.name,
                        _safe(question.label),
                        _safe(choice.label),
                        question.n,
                        choice.count,
                        "" if choice.percent is None else choice.percent,
                        choice.arrow or "",
                    ]
                )
    return out.getvalue()


def _safe(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA_SIGNS) else text
