"""Opens a workbook that somebody hands over: bounded in size, without macros, valid by pyxform's rules."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from zipfile import BadZipFile, ZipFile

import openpyxl
from pyxform.errors import PyXFormError
from pyxform.xls2json_backends import xlsx_to_dict
from pyxform.xls2xform import convert

from .words import CHOICES, RECORD, SETTINGS, SURVEY, InvalidXlsForm

_MOST_PARTS = 200
# A survey in twenty languages takes half a megabyte.
_MOST_BYTES = 20_000_000

# A row's cells by their column, as texts; empty ones are left out. The first row below the head comes first.
Rows = Sequence[dict[str, str]]


@dataclass(frozen=True, slots=True)
class Book:
    """The sheets of a workbook that matter here."""

    survey: Rows
    choices: Rows
    settings: Rows
    record: Rows


def open_workbook(content: bytes) -> Book:
    """Read a workbook. Raises `InvalidXlsForm`."""
    _check_parts(content)
    check_convertible(content)
    sheets = xlsx_to_dict(BytesIO(content))
    survey, choices, settings = (sheets.get(name, []) for name in (SURVEY, CHOICES, SETTINGS))
    return Book(survey, choices, settings, _record_rows(content))


def check_convertible(content: bytes) -> None:
    """Whether pyxform makes a form of it. Raises `InvalidXlsForm` with pyxform's own words."""
    try:
        convert(xlsform=BytesIO(content), validate=False, file_type=".xlsx")
    except PyXFormError as error:
        raise InvalidXlsForm([" ".join(str(error).split())]) from None


def _check_parts(content: bytes) -> None:
    try:
        with ZipFile(BytesIO(content)) as parts:
            infos = parts.infolist()
            if len(infos) > _MOST_PARTS or sum(info.file_size for info in infos) > _MOST_BYTES:
                raise InvalidXlsForm(["it is larger than any survey"])
            if any(info.filename.lower().endswith("vbaproject.bin") for info in infos):
                raise InvalidXlsForm(["it holds macros; save it as .xlsx without them"])
            # No spreadsheet writes one, and without it there are no entities that grow or fetch.
            if any(b"<!DOCTYPE" in parts.read(info) for info in infos):
                raise InvalidXlsForm(["it holds a DOCTYPE"])
    except (BadZipFile, OSError, NotImplementedError, RuntimeError):
        raise InvalidXlsForm(["it is no workbook (.xlsx) that can be read"]) from None


def _record_rows(content: bytes) -> Rows:
    book = openpyxl.load_workbook(BytesIO(content), read_only=True, data_only=True)
    try:
        if RECORD not in book.sheetnames:
            return []
        lines = [["" if cell is None else str(cell) for cell in row] for row in book[RECORD].values]
    finally:
        book.close()
    return [dict(zip(lines[0], line, strict=False)) for line in lines[1:]] if lines else []
