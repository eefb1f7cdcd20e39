"""Whether translations still follow the text that they were made from.

A document notes for each text a digest of the source text that its translations are of (`translated_from`),
and which languages are behind it (`outdated`). A source text that was changed since no longer has that
digest: then all its translations are outdated, until a person confirms them or brings new ones.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any

from .texts import Document, texts_of

_DIGITS = 8

# Language to the keys of its texts that don't follow the source.
Outdated = dict[str, list[str]]


def digest(text: str) -> str:
    """What is noted of a source text: eight hexadecimal digits, enough to see that it was changed."""
    return hashlib.sha256(unicodedata.normalize("NFC", text).encode()).hexdigest()[:_DIGITS]


def has_record(document: Document) -> bool:
    """Whether anything is noted."""
    return "translated_from" in document


def outdated(document: Document) -> Outdated:
    """The texts that don't follow the source, by language. A document without a record has none."""
    if not has_record(document):
        return {}
    made_from, behind = document["translated_from"], document.get("outdated", {})
    source = texts_of(document, document["source"])
    changed = {key for key, text in source.items() if made_from.get(key) != digest(text)}
    found = {
        language: [key for key in source if key in changed or key in behind.get(language, ())]
        for language in _translations(document)
    }
    return {language: keys for language, keys in found.items() if keys}


def spoken(behind: Outdated) -> str:
    """What is outdated, as a sentence's part: languages with the same texts together."""
    languages: dict[str, list[str]] = {}
    for language, keys in behind.items():
        languages.setdefault(", ".join(keys), []).append(language)
    return "; ".join(f"{', '.join(codes)} in {keys}" for keys, codes in languages.items())


def confirmed(document: Document, language: str, keys: Iterable[str] | None = None) -> dict[str, Any]:
    """The document with a note that these texts (all without `keys`) follow the present source."""
    wanted = set(texts_of(document, language) if keys is None else keys)
    left = {one: set(behind) for one, behind in outdated(document).items()}
    left[language] = left.get(language, set()) - wanted
    return _noted(document, left)


def marked_outdated(document: Document, language: str, keys: Iterable[str]) -> dict[str, Any]:
    """The document with a note that these texts don't follow the source."""
    left = {one: set(behind) for one, behind in outdated(document).items()}
    left[language] = left.get(language, set()) | set(keys)
    return _noted(document, left)


def compared(document: Document, earlier: Document | None) -> dict[str, Any]:
    """A document that brings no record, with the one that follows from an `earlier` version.

    A text whose source was changed while it stayed as it was is outdated, and what was outdated and
    stayed is so still. Without an earlier version all texts count as made together.
    """
    if earlier is None or earlier["source"] != document["source"]:
        return _noted(document, {})
    source, source_then = (texts_of(one, document["source"]) for one in (document, earlier))
    behind_then = outdated(earlier)
    left = {}
    for language in _translations(document):
        now, then = texts_of(document, language), texts_of(earlier, language)
        left[language] = {
            key
            for key in source
            if now.get(key) == then.get(key)
            and (source[key] != source_then.get(key) or key in behind_then.get(language, ()))
        }
    return _noted(document, left)


def _noted(document: Document, behind: Mapping[str, set[str]]) -> dict[str, Any]:
    source = texts_of(document, document["source"])
    kept = {key: value for key, value in document.items() if key not in ("translated_from", "outdated")}
    kept["translated_from"] = {key: digest(text) for key, text in source.items()}
    listed = {
        language: [key for key in source if key in behind.get(language, ())]
        for language in _translations(document)
    }
    if any(listed.values()):
        kept["outdated"] = {language: keys for language, keys in listed.items() if keys}
    return kept


def _translations(document: Document) -> list[str]:
    return [language for language in document["languages"] if language != document["source"]]
