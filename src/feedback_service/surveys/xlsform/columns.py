"""A sheet's rows by what their columns mean: plain ones, and texts by language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from .words import AUDIO, OWN_COLUMNS, TEXTS, language_code
from .workbook import Rows

_PLAIN = {
    "survey": ("type", "name", "required", "relevant", "constraint", "appearance", *OWN_COLUMNS),
    "choices": ("list_name", "list name", "name"),
}
# The first row below the head, as spreadsheets count.
_FIRST = 2


@dataclass(frozen=True, slots=True)
class Row:
    """One row: `plain` cells by column, texts by column and language."""

    plain: Mapping[str, str]
    _texts: Mapping[str, Mapping[str, str]]

    def texts(self, column: str) -> dict[str, str]:
        """The texts of a column by language."""
        return dict(self._texts.get(column, {}))


@dataclass(frozen=True, slots=True)
class Columns:
    """A sheet's rows with their numbers, and the languages of its texts in order."""

    rows: tuple[tuple[int, Row], ...]
    languages: list[str]

    @classmethod
    def of(cls, sheet: str, rows: Rows, default_language: str, problems: list[str]) -> Columns:
        """Sort the cells of a sheet; what has no meaning here is added to `problems`."""
        headers = list(dict.fromkeys(header for row in rows for header in row))
        meanings = {header: _meaning(sheet, header, default_language) for header in headers}
        for header, meaning in meanings.items():
            if meaning is None:
                problems.append(f"{sheet}: the column “{header}” has no counterpart here")
        languages = [meaning[1] for meaning in meanings.values() if meaning and meaning[1]]
        made = tuple((number, _row(row, meanings)) for number, row in enumerate(rows, start=_FIRST) if row)
        return cls(made, list(dict.fromkeys(languages)))


# A column and, for a text, its language.
_Meaning = tuple[str, str] | None


def _row(cells: Mapping[str, str], meanings: Mapping[str, _Meaning]) -> Row:
    plain: dict[str, str] = {}
    texts: dict[str, dict[str, str]] = {}
    for header, cell in cells.items():
        column, language = meanings[header] or ("", "")
        if language:
            texts.setdefault(column, {})[language] = cell
        elif column:
            plain[column] = cell
    return Row(plain, texts)


def _meaning(sheet: str, header: str, default_language: str) -> _Meaning:
    column, _, name = header.rpartition("::")
    if header.lower() in _PLAIN[sheet]:
        return header.lower(), ""
    if header.lower() in (*TEXTS, AUDIO):
        column, name = header, default_language
    column = column.lower().strip()
    code = language_code(name)
    if code is None or column not in ((*TEXTS, AUDIO) if sheet == "survey" else ("label",)):
        return None
    return column, code
