"""What goes to translators and comes back: one entry for each text of one language.

The formats (`po`, `xliff`) write and read entries; here they are made from a survey's document
and put back into it, with what each says about whether it follows the source.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ...errors import FeedbackError
from ...i18n import LANGUAGES
from .freshness import compared, confirmed, has_record, marked_outdated, outdated
from .texts import Document, question_of, texts_of, with_texts


class UnusableTranslation(FeedbackError):
    """A file of translations that can't be taken over; nothing of it was."""

    status = 422
    code = "translation-unusable"
    message = "The translations can't be taken over: %(reason)s. Nothing was changed."


@dataclass(frozen=True, slots=True)
class Entry:
    """One text: what it is a translation of, and whether it follows that. Empty while there is none."""

    key: str
    source: str
    text: str
    follows: bool = True
    note: str = ""


@dataclass(frozen=True, slots=True)
class Exchange:
    """A file for or from a translator: a survey's texts in one language."""

    survey: str
    language: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Merged:
    """A document with translations in it. `changed` texts are new, `stale` ones of an older source."""

    document: Mapping[str, Any]
    changed: tuple[str, ...]
    stale: tuple[str, ...]


def exchange_of(document: Document, language: str) -> Exchange:
    """What a translator into `language` gets, also into one that the survey doesn't have yet."""
    if language not in LANGUAGES:
        raise UnusableTranslation(reason=f"the language “{language}” is not known")
    if language == document["source"]:
        raise UnusableTranslation(reason=f"“{language}” is the language that is translated from")
    behind = set(outdated(document).get(language, ()))
    texts = texts_of(document, language)
    return Exchange(
        survey=document["name"],
        language=language,
        entries=tuple(
            Entry(key, source, texts.get(key, ""), key not in behind, _note(document, key))
            for key, source in texts_of(document, document["source"]).items()
        ),
    )


def merged(document: Document, brought: Exchange) -> Merged:
    """Put a translator's file into a document. Raises `UnusableTranslation`.

    An empty text leaves what is there. A text of another source than the present one is taken and noted
    as outdated.
    """
    _check(document, brought)
    if not has_record(document):
        document = compared(document, None)
    source, before = texts_of(document, document["source"]), texts_of(document, brought.language)
    given = [entry for entry in brought.entries if entry.text.strip()]
    missing = [key for key in source if key not in before and key not in {entry.key for entry in given}]
    if missing:
        raise UnusableTranslation(
            reason=f"a new language comes whole, and {brought.language} lacks {_listed(missing)}"
        )
    stale = [entry.key for entry in given if entry.source != source[entry.key]]
    behind = [entry.key for entry in given if not entry.follows or entry.key in stale]
    changed = with_texts(document, brought.language, {entry.key: entry.text for entry in given})
    followed = confirmed(changed, brought.language, {entry.key for entry in given} - set(behind))
    return Merged(
        marked_outdated(followed, brought.language, behind),
        tuple(entry.key for entry in given if before.get(entry.key) != entry.text),
        tuple(stale),
    )


def _check(document: Document, brought: Exchange) -> None:
    if brought.survey != document["name"]:
        raise UnusableTranslation(
            reason=f"they are of the survey “{brought.survey}”, not of “{document['name']}”"
        )
    if brought.language not in LANGUAGES or brought.language == document["source"]:
        raise UnusableTranslation(reason=f"“{brought.language}” is no language to translate into")
    known = texts_of(document, document["source"])
    keys = [entry.key for entry in brought.entries]
    unknown = [key for key in keys if key not in known]
    if unknown:
        raise UnusableTranslation(reason=f"the survey has no text {_listed(unknown)}")
    twice = sorted({key for key in keys if keys.count(key) > 1})
    if twice:
        raise UnusableTranslation(reason=f"they hold {_listed(twice)} twice")


def _note(document: Document, key: str) -> str:
    """What helps a translator: the kind of question, and the English text where that isn't the source."""
    question = next((one for one in document["questions"] if one["name"] == question_of(key)), None)
    kind = f"Question of type {question['type']}." if question else "About the whole survey."
    english = texts_of(document, "en").get(key) if document["source"] != "en" else None
    return f"{kind} English: {english}" if english else kind


def _listed(keys: Iterable[str]) -> str:
    found = list(keys)
    return ", ".join(found[:5]) + (f" and {len(found) - 5} more" if len(found) > 5 else "")
