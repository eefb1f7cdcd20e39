"""Every version of every questionnaire."""

from __future__ import annotations

import json
from typing import Any

from feedback_service.storage.session import Store
from feedback_service.storage.surveys import (
    add_survey,
    newest_slugs,
    newest_survey,
    survey_by_fingerprint,
    survey_names,
)
from feedback_service.surveys.document import read_document
from feedback_service.surveys.questionnaire import Questionnaire
from feedback_service.surveys.yaml_form import standing_survey


def _with_slug(questionnaire: Questionnaire, slug: str) -> Questionnaire:
    document: dict[str, Any] = json.loads(questionnaire.canonical)
    return read_document({**document, "slug": slug})


def test_versions_are_counted_and_the_same_questionnaire_is_no_new_one(
    store: Store, clients: Questionnaire
) -> None:
    changed = _with_slug(clients, "other")
    with store.begin() as connection:
        assert [add_survey(connection, one) for one in (clients, clients, changed, clients)] == [1, 1, 2, 1]
        assert add_survey(connection, standing_survey("counsellors")) == 1
        assert survey_names(connection) == ["clients", "counsellors"]


def test_the_newest_version_is_asked_next_and_each_is_found_by_its_fingerprint(
    store: Store, clients: Questionnaire
) -> None:
    changed = _with_slug(clients, "other")
    with store.begin() as connection:
        add_survey(connection, clients)
        add_survey(connection, changed)
        assert newest_survey(connection, "clients") == changed
        assert newest_slugs(connection) == ["other"]
        for one in (clients, changed):
            found = survey_by_fingerprint(connection, "clients", one.fingerprint)
            assert found == one and found.fingerprint == one.fingerprint


def test_what_is_not_there_is_none(store: Store, clients: Questionnaire) -> None:
    with store.begin() as connection:
        add_survey(connection, clients)
        assert newest_survey(connection, "nobody") is None
        assert survey_by_fingerprint(connection, "clients", bytes(32)) is None
        assert survey_by_fingerprint(connection, "counsellors", clients.fingerprint) is None


def test_an_empty_database_asks_nothing(store: Store) -> None:
    with store.read() as connection:
        assert (survey_names(connection), newest_slugs(connection)) == ([], [])
