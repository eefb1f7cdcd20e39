"""The files that surveys come and go in: which format a file has, and its reader and writer."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any, Literal

from ..errors import FeedbackError
from ..surveys.document import read_document
from ..surveys.questionnaire import Questionnaire
from ..surveys.translating import po, xliff
from ..surveys.translating.exchange import Exchange, exchange_of
from ..surveys.yaml_form import read_yaml, write_yaml
from .common import read_text

Format = Literal["yaml", "xlsx", "po", "xliff"]

_SUFFIXES: Mapping[str, Format] = {
    ".yaml": "yaml",
    ".yml": "yaml",
    ".xlsx": "xlsx",
    ".po": "po",
    ".xlf": "xliff",
    ".xliff": "xliff",
}
_TRANSLATIONS = ("po", "xliff")


class UnknownFormat(FeedbackError):
    """A file whose name doesn't tell a format that is known."""

    status = 422
    code = "survey-format-unknown"
    message = "%(file)s: the format isn't known. Its name ends in one of %(known)s."


class LanguageMissing(FeedbackError):
    """Translations are written for one language."""

    status = 422
    code = "language-missing"
    message = "This format holds one language. Say which: --language uk"


class XlsFormMissing(FeedbackError):
    """Workbooks need libraries that come with an extra."""

    status = 500
    code = "xlsform-missing"
    message = "Workbooks need the extra xlsform: python -m pip install 'feedback-service[xlsform]'"


class FileNeeded(FeedbackError):
    """A workbook is nothing for a terminal."""

    status = 422
    code = "file-needed"
    message = "A workbook is written to a file. Say which: --out survey.xlsx"


def format_of(path: Path) -> Format:
    """The format that a file's name tells. Raises `UnknownFormat`."""
    try:
        return _SUFFIXES[path.suffix.lower()]
    except KeyError:
        raise UnknownFormat(file=path, known=", ".join(_SUFFIXES)) from None


def holds_translations(path: Path) -> bool:
    """Whether a file holds a survey's texts in one language, not a survey."""
    return format_of(path) in _TRANSLATIONS


def read_survey(path: Path) -> tuple[Questionnaire, tuple[str, ...]]:
    """A survey from its file, and what of the file isn't in it."""
    if format_of(path) == "xlsx":
        imported = _xlsform("reading").read_xlsform(path.read_bytes())
        return read_document(imported.document), imported.left_out
    return read_survey_yaml(path), ()


def read_survey_yaml(path: Path) -> Questionnaire:
    """A survey from a file in the format that is written anew in place. Raises `UnknownFormat`."""
    if format_of(path) != "yaml":
        raise UnknownFormat(file=path, known=".yaml, .yml")
    return read_yaml(read_text(path))


def read_translations(path: Path) -> Exchange:
    """A translator's file."""
    content = path.read_bytes()
    return po.read(content) if format_of(path) == "po" else xliff.read(content)


def written(document: Mapping[str, Any], form: Format, language: str | None) -> bytes:
    """A survey's document, or its texts in one language, as a file. Raises `LanguageMissing`."""
    if form == "yaml":
        return write_yaml(document).encode()
    if form == "xlsx":
        return bytes(_xlsform("writing").write_xlsform(document))
    if language is None:
        raise LanguageMissing
    exchange = exchange_of(document, language)
    return po.write(exchange) if form == "po" else xliff.write(exchange, document["source"])


def _xlsform(name: str) -> ModuleType:
    """A module that needs the extra. Raises `XlsFormMissing`."""
    try:
        return import_module(f"..surveys.xlsform.{name}", __package__)
    except ModuleNotFoundError:
        raise XlsFormMissing from None
