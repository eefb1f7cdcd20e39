"""A digest as a workbook: a cover, then a question a sheet, its figures as a table with a native chart.

Every text is written as a text: nothing that comes from a survey or a regions file can become a formula or a
link. The same digest gives the same bytes.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import datetime, time
from typing import Any

import xlsxwriter
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from ..i18n import Interface
from ..reports.model import ChoiceFigure, Digest, QuestionFigures, RegionReport
from .words import protection, reasons, what_to_do, why_withheld

_OPTIONS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
_TEXT_WIDTH, _FIGURE_WIDTH = 46, 14
_FIRST_ROW = 5


def digest_workbook(digest: Digest, interface: Interface, operator: str = "") -> bytes:
    """The digest as an .xlsx file."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, _OPTIONS) as book:
        title = interface.plain("Feedback %(round)s: %(name)s", round=digest.round, name=digest.name)
        # The day of the release and not the moment of making: the same digest is the same bytes.
        book.set_properties(
            {"title": title, "author": operator, "created": datetime.combine(digest.issued, time())}
        )
        _Sheets(book, interface).write(digest, title)
    return out.getvalue()


class _Sheets:
    """Writes the sheets of one workbook."""

    def __init__(self, book: Workbook, interface: Interface) -> None:
        self._book = book
        self._interface = interface
        self._say = interface.plain
        self._big = book.add_format({"bold": True, "font_size": 16})
        self._bold = book.add_format({"bold": True, "font_size": 12})
        self._wrapped = book.add_format({"text_wrap": True, "valign": "top"})
        self._head = book.add_format({"bold": True, "bottom": 1})
        self._count = book.add_format({"num_format": "#,##0"})
        self._share = book.add_format({"num_format": "0 %", "align": "right"})
        self._right = book.add_format({"align": "right"})

    def write(self, digest: Digest, title: str) -> None:
        """The cover, then a sheet a question; numbers of sheets make their names short and unlike."""
        cover = self._sheet("0")
        tables = [
            (report, figures)
            for part in digest.parts
            for report in (part.local, part.state)
            if report
            for figures in report.questions
        ]
        self._cover(cover, digest, title, tables)
        for number, (report, figures) in enumerate(tables, start=1):
            self._table(self._sheet(str(number)), report, figures)

    def _sheet(self, name: str) -> Worksheet:
        sheet = self._book.add_worksheet(name)
        sheet.set_column(0, 0, _TEXT_WIDTH)
        sheet.set_column(1, 3, _FIGURE_WIDTH)
        if self._interface.language.direction == "rtl":
            sheet.right_to_left()
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        return sheet

    def _cover(
        self,
        sheet: Worksheet,
        digest: Digest,
        title: str,
        tables: list[tuple[RegionReport, QuestionFigures]],
    ) -> None:
        sheet.set_column(0, 0, 100)
        sheet.write_string(0, 0, title, self._big)
        row = 2
        for line in self._lines(digest):
            sheet.write_string(row, 0, line, self._wrapped)
            row += 1
        row += 1
        sheet.write_string(row, 0, self._say("Questions"), self._bold)
        for number, (report, figures) in enumerate(tables, start=1):
            row += 1
            sheet.write_url(
                row, 0, f"internal:'{number}'!A1", string=f"{number} · {report.name} · {figures.label}"
            )

    def _lines(self, digest: Digest) -> Iterator[str]:
        say = self._say
        if digest.demo:
            yield say("Demonstration: the answers shown here are invented.")
        for report in (one for part in digest.parts for one in (part.local, part.state) if one):
            counted = self._interface.plain_counted
            said = [*reasons(report, say), what_to_do(say)]
            if report.n is not None:
                said = [counted("%(n)s person answered.", "%(n)s people answered.", report.n)]
                said += [f"{', '.join(one.questions)}: {why_withheld(one, say)}" for one in report.withheld]
            yield f"{report.title} · {report.name}: {' '.join(said)}"
        yield protection(say)
        yield say(
            "Whoever wanted to could answer: this is no random sample. In small groups that answer alike, an "
            "answer can be guessed."
        )

    def _table(self, sheet: Worksheet, report: RegionReport, figures: QuestionFigures) -> None:
        say = self._say
        sheet.write_string(0, 0, figures.label, self._bold)
        sheet.write_string(1, 0, f"{report.title} · {report.name} · {report.round}")
        caption = self._interface.plain_counted(
            "Answers of %(n)s person", "Answers of %(n)s people", figures.n
        )
        if figures.multiple:
            caption += f", {say('several answers possible')}"
        if figures.mean is not None:
            caption += f" · {say('mean %(mean)s of 5', mean=self._interface.number(figures.mean))}"
        sheet.write_string(2, 0, caption)
        for column, word in enumerate((say("Answer"), say("People"), say("Share"), say("Change"))):
            sheet.write_string(_FIRST_ROW - 1, column, word, self._head)
        for row, choice in enumerate(figures.choices, start=_FIRST_ROW):
            self._row(sheet, row, choice)
        sheet.freeze_panes(_FIRST_ROW, 1)
        self._chart(sheet, figures)

    def _row(self, sheet: Worksheet, row: int, choice: ChoiceFigure) -> None:
        sheet.write_string(row, 0, choice.label)
        sheet.write_number(row, 1, choice.count, self._count)
        if choice.percent is None:
            sheet.write_string(row, 2, "–", self._right)
        elif choice.percent < 5 or choice.percent > 95:
            # The bands of the other documents: a share at the ends isn't told to the point.
            band = self._say("under 5 %%") if choice.percent < 5 else self._say("over 95 %%")
            sheet.write_string(row, 2, band, self._right)
        else:
            sheet.write_number(row, 2, choice.percent / 100, self._share)
        if choice.arrow:
            word = f"▲ {self._say('rose')}" if choice.arrow == "up" else f"▼ {self._say('fell')}"
            sheet.write_string(row, 3, word)

    def _chart(self, sheet: Worksheet, figures: QuestionFigures) -> None:
        """Bars of the people, without those who gave no answer, who are the last row."""
        last = _FIRST_ROW + sum(not choice.no_answer for choice in figures.choices) - 1
        if last < _FIRST_ROW:
            return
        chart: Any = self._book.add_chart({"type": "bar"})
        chart.add_series(
            {
                "categories": [sheet.name, _FIRST_ROW, 0, last, 0],
                "values": [sheet.name, _FIRST_ROW, 1, last, 1],
                "fill": {"color": "#2B7F8E"},
                "data_labels": {"value": True},
                "gap": 40,
            }
        )
        chart.set_title({"none": True})
        chart.set_legend({"none": True})
        chart.set_y_axis({"reverse": True})
        chart.set_x_axis(
            {"visible": False, "major_gridlines": {"visible": False}, "min": 0, "max": figures.n}
        )
        chart.set_size({"width": 560, "height": 60 + 30 * len(figures.choices)})
        listed = "; ".join(
            f"{choice.label}: {self._interface.number(choice.count)}" for choice in figures.choices
        )
        sheet.insert_chart(_FIRST_ROW - 1, 5, chart, {"description": f"{figures.label} {listed}"})
