"""A changed source text makes its translations outdated, until somebody brings new ones or confirms them."""

from __future__ import annotations

import copy
import unicodedata
from collections.abc import Callable
from typing import Any

import pytest

from feedback_service.surveys.document import InvalidQuestionnaire, read_document
from feedback_service.surveys.translating.freshness import (
    compared,
    confirmed,
    digest,
    marked_outdated,
    outdated,
    spoken,
)
from feedback_service.surveys.translating.texts import question_of, texts_of, with_texts
from feedback_service.surveys.yaml_form import STANDING, standing_survey

Make = Callable[..., dict[str, Any]]


@pytest.fixture
def recorded(question: Make, document: Make) -> dict[str, Any]:
    """A survey in three languages whose translations are fresh."""
    made = document(question("a", hint={"de": "Hinweis", "en": "Hint"}))
    return compared(with_texts(made, "uk", texts_of(made, "en")), None)


def _changed(document: dict[str, Any], language: str, key: str, text: str) -> dict[str, Any]:
    return with_texts(document, language, {key: text})


def test_every_text_has_a_key_that_says_where_it_stands(recorded: dict[str, Any]) -> None:
    assert list(texts_of(recorded, "de")) == [
        "title", "intro", "region.label", "a.label", "a.hint", "a.choice.yes", "a.choice.no",
    ]  # fmt: skip
    assert texts_of(recorded, "en")["a.hint"] == "Hint"
    assert (question_of("a.choice.no"), question_of("title")) == ("a", "title")
    with pytest.raises(KeyError):
        with_texts(recorded, "en", {"b.label": "x"})


def test_a_changed_source_text_outdates_all_its_translations_and_nothing_else(
    recorded: dict[str, Any],
) -> None:
    assert outdated(recorded) == {}
    before = copy.deepcopy(recorded)
    changed = _changed(recorded, "de", "a.label", "Eine andere Frage?")
    assert outdated(changed) == {"en": ["a.label"], "uk": ["a.label"]}
    assert recorded == before, "the document that came in stays as it was"
    assert outdated(_changed(recorded, "en", "a.label", "A better wording?")) == {}
    added = copy.deepcopy(recorded)
    added["questions"].append({"name": "b", "type": "text", "label": {"de": "B", "en": "B", "uk": "B"}})
    assert outdated(added) == {"en": ["b.label"], "uk": ["b.label"]}


def test_confirming_one_language_leaves_the_others_and_survives_the_next_change(
    recorded: dict[str, Any],
) -> None:
    changed = _changed(_changed(recorded, "de", "a.label", "Neu?"), "de", "title", "Neuer Titel")
    one = confirmed(changed, "uk", ["a.label"])
    assert outdated(one) == {"en": ["title", "a.label"], "uk": ["title"]}
    again = confirmed(_changed(one, "de", "a.choice.yes", "Jawohl"), "en")
    assert outdated(again) == {"uk": ["title", "a.choice.yes"]}
    assert outdated(confirmed(again, "uk")) == {}
    assert "outdated" not in confirmed(again, "uk")
    assert outdated(marked_outdated(recorded, "en", ["a.hint"])) == {"en": ["a.hint"]}
    assert read_document(again).document == read_document(again).document


def test_without_a_record_the_earlier_version_tells(recorded: dict[str, Any]) -> None:
    plain = {key: value for key, value in recorded.items() if key != "translated_from"}
    assert outdated(plain) == {}
    assert outdated(compared(plain, None)) == {}
    changed = _changed(_changed(plain, "de", "a.label", "Neu?"), "en", "a.label", "New?")
    assert outdated(compared(changed, plain)) == {"uk": ["a.label"]}
    published_all_the_same = compared(changed, plain)
    untouched = {key: changed[key] for key in changed}
    assert outdated(compared(untouched, published_all_the_same)) == {"uk": ["a.label"]}, "not forgotten"
    brought = _changed(untouched, "uk", "a.label", "Нове?")
    assert outdated(compared(brought, published_all_the_same)) == {}


def test_the_same_letters_written_in_two_ways_are_one_text() -> None:
    assert digest("Wie läuft’s?") == digest(unicodedata.normalize("NFD", "Wie läuft’s?"))
    assert digest("a") != digest("a ") and len(digest("a")) == 8


def test_what_is_outdated_is_said_with_languages_together(recorded: dict[str, Any]) -> None:
    changed = marked_outdated(_changed(recorded, "de", "title", "Neu"), "uk", ["a.hint"])
    assert spoken(outdated(changed)) == "en in title; uk in title, a.hint"
    assert spoken(outdated(_changed(recorded, "de", "title", "Neu"))) == "en, uk in title"


@pytest.mark.parametrize(
    ("record", "complaint"),
    [
        ({"translated_from": {"title": "xyz"}}, "translated_from, title: it is no digest"),
        ({"translated_from": []}, "translated_from is missing or not a table"),
        ({"outdated": {"fr": []}}, "outdated: “fr” is not known"),
        ({"outdated": {"en": "title"}}, "outdated, en is missing or not a list"),
    ],
)
def test_a_broken_record_is_refused(document: Make, record: dict[str, Any], complaint: str) -> None:
    with pytest.raises(InvalidQuestionnaire) as refused:
        read_document(document(**record))
    assert complaint in str(refused.value)


@pytest.mark.parametrize("name", STANDING)
def test_the_standing_surveys_translations_follow_their_source(name: str) -> None:
    document = standing_survey(name).document
    assert outdated(document) == {}
    assert set(document["translated_from"]) == set(texts_of(document, "de"))
