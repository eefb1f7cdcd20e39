"""A release together with the questionnaire it was asked with."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date

import pytest

from feedback_service.secret import Secret
from feedback_service.storage.published import (
    find_source,
    newest_complete_round,
    read_source,
    sources_of_round,
)
from feedback_service.storage.releases import ReleaseHead, add_release
from feedback_service.storage.rounds import Round, add_round, move
from feedback_service.storage.session import Store
from feedback_service.storage.surveys import add_survey
from feedback_service.surveys.document import read_document
from feedback_service.surveys.questionnaire import Questionnaire
from feedback_service.surveys.yaml_form import standing_survey


@pytest.fixture
def release(store: Store) -> Callable[..., bytes]:
    """Publishes a round of a survey; the file says only which."""

    def publish(survey: str, round_id: str, number: int) -> bytes:
        body = json.dumps({"survey": survey, "round": round_id}).encode()
        with store.begin() as connection:
            add_release(connection, ReleaseHead(survey, round_id, 1, date(2027, 1, 4)), body)
            move(connection, number, ["open"], "released")
        return body

    return publish


@pytest.fixture
def counsellors(store: Store, open_one: Callable[..., Round]) -> Round:
    """The counsellors' round 2026-Q4, after the clients' 2026-Q3 and 2026-Q4."""
    open_one("2026-Q3", date(2026, 9, 30))
    clients = open_one()
    questionnaire = standing_survey("counsellors")
    with store.begin() as connection:
        add_survey(connection, questionnaire)
        return add_round(
            connection,
            survey="counsellors",
            round_id="2026-Q4",
            closes=clients.closes,
            fingerprint=questionnaire.fingerprint,
            public_key=clients.public_key,
            mixing_key=Secret(bytes(32)),
            pepper=clients.pepper,
        )


def test_a_release_comes_with_the_questions_of_its_round_and_not_with_newer_ones(
    store: Store, open_one: Callable[..., Round], release: Callable[..., bytes], clients: Questionnaire
) -> None:
    open_one()
    body = release("clients", "2026-Q4", 1)
    with store.begin() as connection:
        add_survey(connection, read_document({**json.loads(clients.canonical), "slug": "newer"}))
    found = read_source(store, "clients", "2026-Q4")
    assert found and found[1] == body
    assert found[0].release == {"survey": "clients", "round": "2026-Q4"}
    assert found[0].questionnaire == clients


def test_what_is_not_released_is_none(store: Store, open_one: Callable[..., Round]) -> None:
    open_one()
    assert read_source(store, "clients", "2026-Q4") is None
    assert read_source(store, "nobody", "2026-Q4") is None


def test_a_release_whose_round_is_gone_is_none(store: Store, release: Callable[..., bytes]) -> None:
    release("clients", "2026-Q4", 1)
    with store.read() as connection:
        assert find_source(connection, "clients", "2026-Q4") is None


def test_a_round_is_complete_when_every_survey_that_had_it_is_released(
    store: Store, counsellors: Round, release: Callable[..., bytes]
) -> None:
    def newest() -> str | None:
        with store.read() as connection:
            return newest_complete_round(connection)

    assert newest() is None
    release("clients", "2026-Q4", 2)
    assert newest() is None
    release("clients", "2026-Q3", 1)
    assert newest() == "2026-Q3"
    release("counsellors", "2026-Q4", counsellors.number)
    assert newest() == "2026-Q4"


def test_both_surveys_releases_of_a_round_are_found(
    store: Store, counsellors: Round, release: Callable[..., bytes]
) -> None:
    release("counsellors", "2026-Q4", counsellors.number)
    with store.read() as connection:
        assert [one.questionnaire.name for one in sources_of_round(connection, "2026-Q4")] == ["counsellors"]
    release("clients", "2026-Q4", 2)
    with store.read() as connection:
        found = sources_of_round(connection, "2026-Q4")
        assert [one.questionnaire.name for one in found] == ["clients", "counsellors"]
        assert sources_of_round(connection, "2026-Q3") == []
