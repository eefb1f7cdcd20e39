"""A round is opened once, with the newest questionnaire, its own key and a fresh mixing key."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date

import pytest

from feedback_service.rounds.calendar import Quarter
from feedback_service.rounds.choosing import UnknownSurvey
from feedback_service.rounds.key_folder import KeyMissing, load_public
from feedback_service.rounds.opening import RoundExists, RoundIsOpen, next_quarter, open_round
from feedback_service.storage.rounds import Round, all_rounds, mixing_keys, move
from feedback_service.storage.session import Store
from feedback_service.storage.surveys import add_survey
from feedback_service.surveys.document import read_document
from feedback_service.surveys.yaml_form import standing_survey

NEXT = Quarter(2027, 1)


def _open(store: Store, quarter: Quarter, survey: str = "clients") -> Round:
    with store.begin() as connection:
        return open_round(connection, store.key_folder, survey, quarter)


def test_a_round_takes_the_newest_questionnaire_its_own_key_and_a_fresh_mixing_key(
    closed: Store, founded_folder: object
) -> None:
    newer = read_document({**json.loads(standing_survey("clients").canonical), "slug": "newer"})
    with closed.begin() as connection:
        add_survey(connection, newer)
        move(connection, 3, ["open"], "closed")
    opened = _open(closed, Quarter(2027, 2))
    assert (opened.state, opened.round, opened.closes) == ("open", "2027-Q2", date(2027, 6, 30))
    assert opened.fingerprint == newer.fingerprint
    assert opened.public_key == load_public(closed.key_folder, "clients", "2027-Q2").to_bytes()
    with closed.read() as connection:
        keys = {number: key.value for number, key in mixing_keys(connection).items()}
    assert opened.number in keys and {len(key) for key in keys.values()} == {32}
    # The closed rounds' keys are zeros, each open one's is its own.
    assert len({key for key in keys.values() if any(key)}) == sum(any(key) for key in keys.values()) > 1


def test_a_survey_has_one_open_round_at_a_time(founded: Store) -> None:
    with pytest.raises(RoundIsOpen, match="2026-Q4"):
        _open(founded, NEXT)


@pytest.mark.parametrize("state", ["closing", "closed", "counted", "released", "shredded"])
def test_a_round_is_never_opened_twice(founded: Store, execute: Callable[..., int], state: str) -> None:
    execute(founded, "UPDATE round SET state = :state WHERE number = 1", state=state)
    with pytest.raises(RoundExists, match="2026-Q4"):
        _open(founded, Quarter(2026, 4))
    assert _open(founded, NEXT).round == "2027-Q1"


def test_without_a_key_nothing_is_opened(founded: Store, execute: Callable[..., int]) -> None:
    execute(founded, "UPDATE round SET state = 'closed'")
    with pytest.raises(KeyMissing):
        _open(founded, Quarter(2030, 1))
    with founded.read() as connection:
        assert len(all_rounds(connection)) == 2


def test_a_survey_that_is_unknown_is_told(founded: Store) -> None:
    with pytest.raises(UnknownSurvey):
        _open(founded, NEXT, "nobody")


@pytest.mark.parametrize(
    ("today", "expected"),
    [
        (date(2026, 11, 1), "2027-Q1"),
        (date(2027, 1, 1), "2027-Q1"),
        (date(2027, 3, 31), "2027-Q1"),
        (date(2027, 8, 1), "2027-Q3"),
        (date(2025, 1, 1), "2027-Q1"),
    ],
)
def test_the_next_quarter_is_this_one_or_the_one_after_the_newest_round(
    founded: Store, today: date, expected: str
) -> None:
    with founded.read() as connection:
        assert str(next_quarter(connection, "clients", today)) == expected


def test_a_survey_without_rounds_begins_in_this_quarter(founded: Store) -> None:
    with founded.read() as connection:
        assert str(next_quarter(connection, "new", date(2026, 11, 1))) == "2026-Q4"
