"""A digest as a workbook: a cover, then a question a sheet, its figures as a table with a native chart.

Every text is written as a text: nothing that comes from a survey or a regions file can become a formula or a
link. The same digest gives the same bytes.
"""

from __future__ import annotations

import io
from datetime import datetime, time
from typing import Any

import xlsxwriter
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from ..i18n import Interface
from ..reports.model import Digest
from .digest_words import DigestWords, PartWords, QuestionWords, Row, digest_words
from .own_words import ThemesWords
from .words import percent_or_dash

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
        _Sheets(book, interface).write(digest)
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

    def write(self, digest: Digest) -> None:
        """The cover, then a sheet a question; numbers of sheets make their names short and unlike."""
        words = digest_words(digest, self._interface)
        questions = [(part, question) for part in words.parts for question in part.questions]
        written = [(part, part.themes) for part in words.parts if part.themes]
        contents = [f"{part.title} · {question.label}" for part, question in questions]
        contents += [f"{part.title} · {themes.heading}" for part, themes in written]
        self._cover(self._sheet("0"), words, contents)
        for number, (part, question) in enumerate(questions, start=1):
            self._table(self._sheet(str(number)), part, question, digest.round)
        for number, (part, themes) in enumerate(written, start=1 + len(questions)):
            self._themes(self._sheet(str(number)), part, themes, digest.round)

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

    def _cover(self, sheet: Worksheet, words: DigestWords, contents: list[str]) -> None:
        sheet.set_column(0, 0, 100)
        sheet.write_string(0, 0, words.title, self._big)
        first = words.first
        keys = [f"{key.value} – {key.label}" for key in first.figures]
        answered = words.replies
        replies = (
            [f"{one.title}: {one.state} {one.text} ({one.after})" for one in answered.replies]
            if answered
            else []
        )
        quotes = [f"{one.text} ({one.source})" for one in words.quotes.quotes] if words.quotes else []
        if words.quotes:
            quotes = [words.quotes.heading, *quotes, words.quotes.note]
        lines = [words.demo, *first.warnings, *keys, *first.sentences, *quotes, *replies, *words.how]
        for row, line in enumerate(filter(None, lines), start=2):
            sheet.write_string(row, 0, line, self._wrapped)
        row = 3 + sum(bool(line) for line in lines)
        sheet.write_string(row, 0, self._say("Questions"), self._bold)
        for number, title in enumerate(contents, start=1):
            sheet.write_url(row + number, 0, f"internal:'{number}'!A1", string=f"{number} · {title}")

    def _table(self, sheet: Worksheet, part: PartWords, question: QuestionWords, round_id: str) -> None:
        say = self._say
        sheet.set_column(1, 3 + len(question.beside), _FIGURE_WIDTH)
        sheet.write_string(0, 0, question.label, self._bold)
        sheet.write_string(1, 0, f"{part.title} · {part.region} · {round_id}")
        sheet.write_string(2, 0, " ".join(filter(None, (part.note, question.reason, question.caption))))
        names = (say("Answer"), say("People"), say("Share"), *question.beside, say("Change"))
        for column, name in enumerate(names):
            sheet.write_string(_FIRST_ROW - 1, column, name, self._head)
        for row, answer in enumerate(question.rows, start=_FIRST_ROW):
            self._row(sheet, row, answer)
        sheet.freeze_panes(_FIRST_ROW, 1)
        self._chart(sheet, question)

    def _themes(self, sheet: Worksheet, part: PartWords, themes: ThemesWords, round_id: str) -> None:
        say = self._say
        sheet.write_string(0, 0, themes.heading, self._bold)
        sheet.write_string(1, 0, f"{part.title} · {round_id}")
        sheet.write_string(2, 0, themes.caption)
        for column, name in enumerate((say("Theme"), say("Texts"), say("Share"))):
            sheet.write_string(_FIRST_ROW - 1, column, name, self._head)
        for row, theme in enumerate(themes.rows, start=_FIRST_ROW):
            sheet.write_string(row, 0, theme.label)
            sheet.write_number(row, 1, theme.count, self._count)
            self._percent(sheet, row, 2, theme.percent, percent_or_dash(theme.percent, say))
        sheet.freeze_panes(_FIRST_ROW, 1)

    def _percent(self, sheet: Worksheet, row: int, column: int, percent: int | None, words: str) -> None:
        # The bands of the other documents: a share at the ends isn't told to the point.
        if percent is None or percent < 5 or percent > 95:
            sheet.write_string(row, column, words, self._right)
        else:
            sheet.write_number(row, column, percent / 100, self._share)

    def _row(self, sheet: Worksheet, row: int, answer: Row) -> None:
        sheet.write_string(row, 0, answer.label)
        sheet.write_number(row, 1, answer.figure.count, self._count)
        figures = (answer.figure, *answer.others)
        for column, (figure, words) in enumerate(
            zip(figures, (answer.share, *answer.beside), strict=True), 2
        ):
            self._percent(sheet, row, column, figure.percent if figure else None, words)
        sheet.write_string(row, 2 + len(figures), answer.change)

    def _chart(self, sheet: Worksheet, question: QuestionWords) -> None:
        """Bars of the people, without those who gave no answer, who are the last row."""
        last = _FIRST_ROW + sum(not row.figure.no_answer for row in question.rows) - 1
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
            {"visible": False, "major_gridlines": {"visible": False}, "min": 0, "max": question.n}
        )
        chart.set_size({"width": 560, "height": 60 + 30 * len(question.rows)})
        listed = "; ".join(f"{row.label}: {row.count}" for row in question.rows)
        described = {"description": f"{question.label} {listed}"}
        # Below the table: beside it the columns of other regions would push it out of sight.
        sheet.insert_chart(_FIRST_ROW + len(question.rows) + 1, 0, chart, described)
