"""Deliveries: entered once, claimed by one, and every change from the right state only."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from feedback_service.storage.deliveries import (
    DeliveryKey,
    back_to_waiting,
    by_state,
    claim,
    deliveries_about,
    deliveries_of,
    drop,
    enqueue,
    fail,
    finish,
    forget_deliveries,
    interrupted,
    revive,
    waiting,
    with_message_id,
)
from feedback_service.storage.session import Store, make_store

DAY, LATER = date(2027, 1, 20), date(2027, 1, 22)
KEY = DeliveryKey("a" * 32, "digest", "2026-Q4")


@pytest.fixture
def entered(tmp_path: Any) -> Store:
    store = make_store(tmp_path / "data")
    with store.begin() as connection:
        assert enqueue(connection, *(KEY.recipient_id, KEY.kind, KEY.about), "<1@x>", DAY)
    return store


def test_entering_twice_is_entering_once(entered: Store) -> None:
    with entered.begin() as connection:
        assert not enqueue(connection, KEY.recipient_id, "digest", "2026-Q4", "<other@x>", LATER)
        (one,) = waiting(connection)
    assert (one.message_id, one.day, one.tries, one.state) == ("<1@x>", DAY, 0, "waiting")


def test_only_one_claims_it(entered: Store) -> None:
    with entered.begin() as connection:
        assert [claim(connection, KEY), claim(connection, KEY)] == [True, False]
        (one,) = interrupted(connection)
        assert (one.tries, one.day) == (1, DAY) and waiting(connection) == []


def test_sent_is_sent_for_ever(entered: Store) -> None:
    with entered.begin() as connection:
        assert not finish(connection, KEY, LATER)
        claim(connection, KEY)
        assert finish(connection, KEY, LATER)
        assert not finish(connection, KEY, LATER)
        assert not claim(connection, KEY)
        assert not back_to_waiting(connection, KEY, "x")
        assert not revive(connection, KEY, LATER)
        (one,) = deliveries_of(connection, KEY.recipient_id)
    assert (one.state, one.day) == ("sent", LATER)


def test_what_goes_back_waits_since_the_day_it_was_entered(entered: Store) -> None:
    with entered.begin() as connection:
        claim(connection, KEY)
        assert back_to_waiting(connection, KEY, "450 " + "x" * 500)
        (one,) = waiting(connection)
        assert claim(connection, KEY)
    assert (one.day, one.tries, len(one.reason)) == (DAY, 1, 300)


def test_what_failed_can_be_revived_and_nothing_else(entered: Store) -> None:
    with entered.begin() as connection:
        assert not revive(connection, KEY, LATER)
        fail(connection, KEY, "550 no", LATER)
        assert deliveries_about(connection, "digest", "2026-Q4")[KEY.recipient_id].reason == "550 no"
        assert revive(connection, KEY, LATER)
        assert waiting(connection)[0].reason == ""


def test_counts_are_by_kind_and_what_it_is_about(entered: Store) -> None:
    with entered.begin() as connection:
        enqueue(connection, "b" * 32, "digest", "2026-Q4", "<2@x>", DAY)
        enqueue(connection, "b" * 32, "confirm", "", "<3@x>", DAY)
        claim(connection, KEY)
        assert by_state(connection) == {
            ("digest", "2026-Q4"): {"sending": 1, "waiting": 1},
            ("confirm", ""): {"waiting": 1},
        }


def test_a_mail_is_found_by_its_message_id(entered: Store) -> None:
    with entered.read() as connection:
        found = with_message_id(connection, "<1@x>")
        assert found and found.key == KEY
        assert with_message_id(connection, "<2@x>") is None


def test_one_that_is_being_sent_is_not_dropped(entered: Store) -> None:
    with entered.begin() as connection:
        claim(connection, KEY)
        drop(connection, KEY)
        assert len(interrupted(connection)) == 1
        forget_deliveries(connection, KEY.recipient_id)
        assert interrupted(connection) == []
