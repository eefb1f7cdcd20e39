"""The values of a survey's document, read with a note of what is wrong: tables, flags, texts by language."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from .questionnaire import Texts

# Half of a character, or one that steers a terminal or a printer; no format carries them all.
_UNPRINTABLE = re.compile("[\\x00-\\x09\\x0b-\\x1f\\x7f-\\x9f\\ud800-\\udfff\\ufffe\\uffff]")


class Values:
    """Reads values and collects problems, each with where it stands."""

    def __init__(self) -> None:
        self.problems: list[str] = []
        self.languages: tuple[str, ...] = ()

    def optional_texts(self, raw: Mapping[str, Any], key: str, where: str) -> Texts | None:
        """The texts of a key that may be missing."""
        return self.texts(raw[key], f"{where}, {key}") if key in raw else None

    def texts(self, raw: object, where: str) -> Texts:
        """A text in each of the languages; one that is missing or can't be shown is noted."""
        texts = self.table(raw, where)
        missing = [code for code in self.languages if not _is_text(texts.get(code))]
        if missing:
            self.problems.append(f"{where}: no text in {', '.join(missing)}")
        for code, text in texts.items():
            if _UNPRINTABLE.search(str(text)):
                self.problems.append(f"{where}: the text in {code} holds a character that can't be shown")
        self.unknown_keys(texts, set(self.languages), where)
        return {code: str(text) for code, text in texts.items()}

    def flag(self, raw: object, where: str) -> bool:
        """True or false."""
        if str(raw).lower() not in ("true", "false"):
            self.problems.append(f"{where} is true or false")
        return str(raw).lower() == "true"

    def table(self, raw: object, where: str) -> dict[str, Any]:
        """A table, or an empty one where there is none."""
        if isinstance(raw, dict):
            return raw
        self.problems.append(f"{where} is missing or not a table of names and values")
        return {}

    def items(self, raw: object, where: str) -> list[Any]:
        """A list, or an empty one where there is none."""
        if isinstance(raw, list):
            return raw
        self.problems.append(f"{where} is missing or not a list")
        return []

    def unknown_keys(self, raw: Mapping[str, Any], known: set[str], where: str) -> None:
        """Notes what a table has beyond what is known."""
        for key in sorted(set(map(str, raw)) - known):
            self.problems.append(f"{where}: “{key}” is not known")


def as_texts(value: object) -> object:
    """Numbers and flags as texts, so that a document from YAML and one from JSON are the same document."""
    if isinstance(value, dict):
        return {str(key): as_texts(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [as_texts(inner) for inner in value]
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, int | float) else value


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())
