"""The texts of a survey's document by key: what translators get, and what they bring back.

A key says where a text stands: `title`, `intro`, `access.label`, `access.hint`, `access.choice.yes`,
`access.constraint_message`. Documents are the nested dicts that `read_document` takes; none is changed.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from typing import Any

Document = Mapping[str, Any]

_OF_A_QUESTION = ("label", "hint", "constraint_message")


def texts_of(document: Document, language: str) -> dict[str, str]:
    """All texts in a language by key, in the order in which people read them."""
    return {key: str(texts[language]) for key, texts in _by_key(document) if language in texts}


def question_of(key: str) -> str:
    """The question that a text belongs to; the key itself for the title and the introduction."""
    return key.partition(".")[0]


def with_texts(document: Document, language: str, texts: Mapping[str, str]) -> dict[str, Any]:
    """The document with those texts in `language`, which is added to its languages if it is new.

    Raises `KeyError` for a key that the document doesn't have.
    """
    changed = copy.deepcopy(dict(document))
    if language not in changed["languages"]:
        changed["languages"] = [*changed["languages"], language]
    places = dict(_by_key(changed))
    for key, text in texts.items():
        places[key][language] = text
    return changed


def _by_key(document: Document) -> Iterator[tuple[str, dict[str, str]]]:
    """Each text's key with its place in the document, a dict from language to text."""
    yield "title", document["title"]
    yield "intro", document["intro"]
    for question in document["questions"]:
        name = question["name"]
        yield from ((f"{name}.{part}", question[part]) for part in _OF_A_QUESTION if part in question)
        for choice in question.get("choices", ()):
            yield f"{name}.choice.{choice['name']}", choice["label"]
