"""Reads a workbook into a survey's document, and says at once everything in it that couldn't be asked here.

What has no counterpart is refused by its name, sheet and row; what only changes looks is left out and named.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from .columns import Columns
from .rules import joined, without_picks
from .words import (
    ABOUT_NAME,
    ABOUT_TYPE,
    AUDIO,
    OWN_COLUMNS,
    OWN_SETTINGS,
    REGION_TYPE,
    SCALE_APPEARANCE,
    TEXTS,
    InvalidXlsForm,
    language_code,
)
from .workbook import Book, Rows, open_workbook

_SCALE = ["1", "2", "3", "4", "5"]
_YES, _NO = ("yes", "true", "true()", "1"), ("no", "false", "false()", "0")
_SELECTS = ("select_one", "select_multiple")
_METADATA = (
    "start", "end", "today", "deviceid", "phonenumber", "username", "email", "audit", "start-geopoint",
    "simserial", "subscriberid",
)  # fmt: skip
_PLAIN_APPEARANCES = {"text": ("multiline",), "select_one": (SCALE_APPEARANCE,)}
_SETTINGS = ("form_title", "form_id", "default_language", *OWN_SETTINGS)


@dataclass(frozen=True, slots=True)
class Imported:
    """A survey's document from a workbook, and what of the workbook isn't in it."""

    document: Mapping[str, Any]
    left_out: tuple[str, ...]


def read_xlsform(content: bytes) -> Imported:
    """Read a workbook. Raises `InvalidXlsForm`; whether it can be asked, `read_document` then says."""
    reader = _Reader(open_workbook(content))
    document = reader.document()
    if reader.problems:
        raise InvalidXlsForm(reader.problems)
    return Imported(document, tuple(reader.left_out))


@dataclass(slots=True)
class _Reader:
    """Walks the sheets once and collects what is wrong."""

    book: Book
    problems: list[str] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)

    def document(self) -> dict[str, Any]:
        settings = self.book.settings[0] if self.book.settings else {}
        default = settings.get("default_language", "")
        survey = Columns.of("survey", self.book.survey, default, self.problems)
        choices = Columns.of("choices", self.book.choices, default, self.problems)
        self._check_settings(settings)
        lists = self._lists(choices)
        about: dict[str, Any] = {"title": {}, "intro": {}}
        questions = []
        for number, row, relevant in self._asked(survey):
            if row.plain.get("type") == ABOUT_TYPE and row.plain.get("name") == ABOUT_NAME:
                about = {"title": row.texts("label"), "intro": row.texts("hint")}
            else:
                questions.append(self._question(number, row, relevant, lists))
        if not about["title"]:
            self.problems.append(
                f"survey: a row of type {ABOUT_TYPE} named {ABOUT_NAME} is needed,"
                " its label the title, its hint the introduction"
            )
        return {
            "name": settings.get("form_id", ""),
            **{key: settings[key] for key in OWN_SETTINGS if settings.get(key)},
            "source": language_code(default) or (survey.languages or [""])[0],
            "languages": survey.languages,
            **about,
            "questions": [question for question in questions if question],
            **self._record(),
        }

    def _asked(self, survey: Columns) -> Iterator[tuple[int, Any, str]]:
        """The rows that ask, each with its number and the rules of the groups around it."""
        groups: list[str] = []
        for number, row in survey.rows:
            kind = (
                row.plain.get("type", "")
                .replace("begin group", "begin_group")
                .replace("end group", "end_group")
            )
            if kind == "begin_group":
                groups.append(row.plain.get("relevant", ""))
                if row.texts("label"):
                    self.left_out.append(f"survey, row {number}: the label of the group")
            elif kind == "end_group" and groups:
                groups.pop()
            else:
                yield number, row, joined(*groups, row.plain.get("relevant", ""))

    def _question(
        self, number: int, row: Any, relevant: str, lists: Mapping[str, list[dict[str, Any]]]
    ) -> dict[str, Any] | None:
        where = f"survey, row {number}"
        written = " ".join(row.plain.get("type", "").split())
        kind, _, given = written.partition(" ")
        kind = REGION_TYPE if written == REGION_TYPE else kind
        if kind not in (*_SELECTS, "text", REGION_TYPE) or given.endswith(" or_other"):
            reason = "it tells who answered or when" if kind in _METADATA else "nothing here is like it"
            self.problems.append(f"{where}: the type “{written}” is not taken over, {reason}")
            return None
        question: dict[str, Any] = {"name": row.plain.get("name", ""), "type": kind}
        for key in TEXTS:
            if found := row.texts(key):
                question[key] = found
        if recordings := row.texts(AUDIO):
            question["audio"] = recordings
        if kind in _SELECTS:
            question["choices"] = lists.get(given, [])
        question["type"] = self._kind(where, kind, row, question)
        if required := self._required(where, row.plain.get("required", "")):
            question["required"] = required
        if relevant:
            question["relevant"] = relevant
        question |= without_picks(row.plain.get("constraint", ""), question["type"])
        return question | {key: row.plain[key].lower() for key in OWN_COLUMNS if key in row.plain}

    def _kind(self, where: str, kind: str, row: Any, question: Mapping[str, Any]) -> str:
        appearance = row.plain.get("appearance", "")
        if appearance and appearance not in _PLAIN_APPEARANCES.get(kind, ()):
            self.left_out.append(f"{where}: the appearance “{appearance}”")
        if kind == REGION_TYPE:
            return "region"
        names = [choice["name"] for choice in question.get("choices", ())]
        return "scale" if (appearance, names) == (SCALE_APPEARANCE, _SCALE) else kind

    def _required(self, where: str, given: str) -> str:
        if given.lower() in _YES:
            return "true"
        if given and given.lower() not in _NO:
            self.problems.append(f"{where}: required is yes or no, not the rule “{given}”")
        return "false" if given else ""

    def _lists(self, choices: Columns) -> dict[str, list[dict[str, Any]]]:
        found: dict[str, list[dict[str, Any]]] = {}
        for _, row in choices.rows:
            name = row.plain.get("list_name") or row.plain.get("list name", "")
            choice = {"name": row.plain.get("name", ""), "label": row.texts("label")}
            found.setdefault(name, []).append(choice)
        return found

    def _check_settings(self, settings: Mapping[str, str]) -> None:
        for name in sorted(set(settings) - set(_SETTINGS)):
            self.left_out.append(f"settings: {name}")

    def _record(self) -> dict[str, Any]:
        rows: Rows = self.book.record
        if not rows:
            return {}
        behind: dict[str, list[str]] = {}
        for row in rows:
            for code in row.get("outdated", "").split():
                behind.setdefault(code, []).append(row.get("text", ""))
        noted = {row.get("text", ""): row.get("source digest", "") for row in rows}
        return {"translated_from": noted, **({"outdated": behind} if behind else {})}
