"""Writes a survey as a workbook that pyxform takes, all its languages side by side.

`read_xlsform` gives the same fingerprint back. Texts stay texts: no formula, no link, no number.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from io import BytesIO
from typing import Any

import xlsxwriter

from ..translating.texts import Document, texts_of
from .words import (
    ABOUT_NAME,
    ABOUT_TYPE,
    AUDIO,
    CHOICES,
    OWN_COLUMNS,
    OWN_SETTINGS,
    RECORD,
    RECORD_COLUMNS,
    REGION_TYPE,
    SCALE_APPEARANCE,
    SETTINGS,
    SURVEY,
    TEXTS,
    language_name,
)
from .workbook import check_convertible

Row = Mapping[str, str]
_WIDTHS = {"type": 32, "name": 18, "list_name": 18}
_TEXT_WIDTH, _OTHER_WIDTH = 44, 16
_OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}


def write_xlsform(document: Document) -> bytes:
    """The workbook. Raises `InvalidXlsForm` where a text can't stand in one."""
    out = BytesIO()
    with xlsxwriter.Workbook(out, {**_OPTIONS, "default_date_format": "@"}) as book:
        for name, rows in _sheets(document).items():
            _write_sheet(book, name, rows)
    content = out.getvalue()
    check_convertible(content)
    return content


def _sheets(document: Document) -> dict[str, list[Row]]:
    languages = document["languages"]
    questions = document["questions"]
    choices: list[Row] = [
        {"list_name": question["name"], "name": choice["name"], **_texts("label", choice["label"], languages)}
        for question in questions
        for choice in question.get("choices", ())
    ]
    sheets: dict[str, list[Row]] = {
        SURVEY: [_about(document), *(_question(question, languages) for question in questions)],
        CHOICES: choices,
        SETTINGS: [_settings(document)],
    }
    if "translated_from" in document:
        sheets[RECORD] = list(_record(document))
    return sheets


def _about(document: Document) -> Row:
    languages = document["languages"]
    title, intro = (
        _texts(column, document[key], languages) for column, key in (("label", "title"), ("hint", "intro"))
    )
    return {"type": ABOUT_TYPE, "name": ABOUT_NAME, **title, **intro}


def _question(question: Mapping[str, Any], languages: Sequence[str]) -> Row:
    row = {"type": _type(question), "name": question["name"]}
    for column, key in TEXTS.items():
        row |= _texts(column, question.get(key, {}), languages)
    row |= _texts(AUDIO, question.get("audio", {}), languages)
    if "required" in question:
        row["required"] = "yes" if question["required"] == "true" else "no"
    if question["type"] == "scale":
        row["appearance"] = SCALE_APPEARANCE
    row |= {key: question[key] for key in ("relevant", *OWN_COLUMNS) if key in question}
    constraint = _constraint(question)
    return {**row, "constraint": constraint} if constraint else row


def _type(question: Mapping[str, Any]) -> str:
    kind = question["type"]
    if kind == "region":
        return REGION_TYPE
    if kind == "text":
        return "text"
    return f"{'select_multiple' if kind == 'select_multiple' else 'select_one'} {question['name']}"


def _constraint(question: Mapping[str, Any]) -> str:
    """The question's own rule and its highest number of picks, as other tools have only rules."""
    own, most = question.get("constraint", ""), question.get("max")
    if most is None:
        return str(own)
    picks = f"count-selected(.) <= {most}"
    return f"({own}) and {picks}" if own else picks


def _texts(column: str, texts: Mapping[str, str], languages: Sequence[str]) -> dict[str, str]:
    return {f"{column}::{language_name(code)}": texts[code] for code in languages if code in texts}


def _settings(document: Document) -> Row:
    source = document["source"]
    return {
        "form_title": document["title"][source],
        "form_id": document["name"],
        "default_language": language_name(source),
        **{key: document[key] for key in OWN_SETTINGS if key in document},
    }


def _record(document: Document) -> Iterator[Row]:
    behind = document.get("outdated", {})
    for key in texts_of(document, document["source"]):
        languages = [code for code in document["languages"] if key in behind.get(code, ())]
        cells = (key, document["translated_from"].get(key, ""), " ".join(languages))
        yield dict(zip(RECORD_COLUMNS, cells, strict=True))


def _write_sheet(book: xlsxwriter.Workbook, name: str, rows: Sequence[Row]) -> None:
    sheet = book.add_worksheet(name)
    text = book.add_format({"num_format": "@", "text_wrap": True, "valign": "top"})
    head = book.add_format({"bold": True, "bottom": 1})
    headers = list(dict.fromkeys(header for row in rows for header in row))
    for column, header in enumerate(headers):
        width = _WIDTHS.get(header, _TEXT_WIDTH if "::" in header else _OTHER_WIDTH)
        sheet.set_column(column, column, width, text)
        sheet.write_string(0, column, header, head)
        for line, row in enumerate(rows, start=1):
            if header in row:
                sheet.write_string(line, column, row[header], text)
    sheet.freeze_panes(1, 2)
