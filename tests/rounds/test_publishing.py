"""The gate: what asks an older question in some language is published only on an explicit word."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from feedback_service.rounds.publishing import OutdatedTranslations, published, with_record
from feedback_service.storage.session import Store
from feedback_service.storage.surveys import newest_survey
from feedback_service.surveys.document import read_document
from feedback_service.surveys.questionnaire import Questionnaire
from feedback_service.surveys.translating.freshness import outdated
from feedback_service.surveys.translating.texts import with_texts
from feedback_service.surveys.yaml_form import standing_survey


@pytest.fixture
def changed() -> Questionnaire:
    """The clients' survey with another question about waiting, in German only."""
    document: dict[str, Any] = json.loads(standing_survey("clients").canonical)
    return read_document(with_texts(document, "de", {"waiting.label": "Warten Sie lange?"}))


def test_an_outdated_language_wants_a_word_of_its_own(
    founded: Store, changed: Questionnaire, tmp_path: Path
) -> None:
    others = set(changed.languages) - {"de", "ti"}
    with pytest.raises(OutdatedTranslations, match=r"en, uk, .* in waiting\.label") as refused:
        published(founded, changed, tmp_path)
    assert "--with-outdated en --with-outdated uk" in str(refused.value)
    with pytest.raises(OutdatedTranslations, match=r"more: ti in waiting\.label\."):
        published(founded, changed, tmp_path, others)
    with founded.read() as connection:
        before = newest_survey(connection, "clients")
    assert before is not None and before.title == standing_survey("clients").title
    assert before.fingerprint != changed.fingerprint, "nothing was published"
    assert published(founded, changed, tmp_path, {*others, "ti"}) == (2, 0)


def test_a_file_without_a_record_is_judged_by_the_version_before(
    founded: Store, changed: Questionnaire, tmp_path: Path
) -> None:
    plain = {key: value for key, value in changed.document.items() if key != "translated_from"}
    bare = with_record(founded, read_document(plain))
    assert set(outdated(bare.document)) == set(changed.languages) - {"de"}
    with pytest.raises(OutdatedTranslations):
        published(founded, bare, tmp_path)
    assert with_record(founded, changed) is changed
    other = read_document({**plain, "name": "other", "slug": "o"})
    assert published(founded, with_record(founded, other), tmp_path) == (1, 0)
