"""The model: what is found by name, and a fingerprint that changes with every word that is asked."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from typing import Any

from feedback_service.surveys.document import read_document
from feedback_service.surveys.questionnaire import Questionnaire

Make = Callable[..., dict[str, Any]]


def test_a_question_is_found_by_its_name(question: Make, document: Make) -> None:
    survey = read_document(document(question("access")))
    found = survey.question("access")
    assert found is survey.questions[1]
    assert survey.question("nothing") is None
    assert survey.region_question is survey.questions[0]


def test_a_language_that_is_not_spoken_falls_back_to_the_source(document: Make) -> None:
    survey = read_document(document())
    assert [survey.language_or_source(code) for code in ("en", "de", "uk", "")] == ["en", "de", "de", "de"]


def test_the_fingerprint_is_the_sha256_of_the_canonical_document(standing: dict[str, Questionnaire]) -> None:
    survey = standing["clients"]
    assert survey.fingerprint == hashlib.sha256(survey.canonical).digest()
    assert json.loads(survey.canonical) == survey.document
    assert survey.canonical.startswith(b'{"audience":"clients","intro":{"am":')


def test_the_fingerprint_survives_the_canonical_form(standing: dict[str, Questionnaire]) -> None:
    for survey in standing.values():
        again = read_document(json.loads(survey.canonical))
        assert again.fingerprint == survey.fingerprint
        assert again.questions[0] == survey.questions[0]


def test_the_order_of_a_documents_keys_does_not_change_the_fingerprint(document: Make) -> None:
    one = document()
    backwards = dict(reversed(one.items()))
    assert read_document(backwards).fingerprint == read_document(one).fingerprint


def test_every_changed_word_changes_the_fingerprint(question: Make, document: Make) -> None:
    first = document(question("a"), question("b"))
    variants = [first, document(question("b"), question("a")), document(question("a"))]
    for path in (("title", "de"), ("intro", "en")):
        changed = document(question("a"), question("b"))
        changed[path[0]][path[1]] += "!"
        variants.append(changed)
    changed = document(question("a"), question("b"))
    changed["questions"][1]["choices"][0]["label"]["en"] += "!"
    variants.append(changed)
    assert len({read_document(one).fingerprint for one in variants}) == len(variants)
