"""The files that surveys come and go in: which format a file has, and its reader and writer."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from ..errors import FeedbackError
from ..surveys.questionnaire import Questionnaire
from ..surveys.translating import po, xliff
from ..surveys.translating.exchange import Exchange, exchange_of
from ..surveys.yaml_form import read_yaml, write_yaml
from .common import read_text

Format = Literal["yaml", "po", "xliff"]

_SUFFIXES: Mapping[str, Format] = {
    ".yaml": "yaml",
    ".yml": "yaml",
    ".po": "po",
    ".xlf": "xliff",
    ".xliff": "xliff",
}
_TRANSLATIONS = ("po", "xliff")


class UnknownFormat(FeedbackError):
    """A file whose name doesn't tell a format that is known."""

    status = 422
    code = "format-unknown"
    message = "%(file)s: the format isn't known. Its name ends in one of %(known)s."


class LanguageMissing(FeedbackError):
    """Translations are written for one language."""

    status = 422
    code = "language-missing"
    message = "This format holds one language. Say which: --language uk"


def format_of(path: Path) -> Format:
    """The format that a file's name tells. Raises `UnknownFormat`."""
    try:
        return _SUFFIXES[path.suffix.lower()]
    except KeyError:
        raise UnknownFormat(file=path, known=", ".join(_SUFFIXES)) from None


def holds_translations(path: Path) -> bool:
    """Whether a file holds a survey's texts in one language, not a survey."""
    return format_of(path) in _TRANSLATIONS


def read_survey(path: Path) -> Questionnaire:
    """A survey from its file."""
    return read_yaml(read_text(path))


def read_translations(path: Path) -> Exchange:
    """A translator's file."""
    content = path.read_bytes()
    return po.read(content) if format_of(path) == "po" else xliff.read(content)


def written(document: Mapping[str, Any], form: Format, language: str | None) -> bytes:
    """A survey's document, or its texts in one language, as a file. Raises `LanguageMissing`."""
    if form == "yaml":
        return write_yaml(document).encode()
    if language is None:
        raise LanguageMissing
    exchange = exchange_of(document, language)
    return po.write(exchange) if form == "po" else xliff.write(exchange, document["source"])
