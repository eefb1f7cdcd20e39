"""Rounds in the database, and the changes of their states."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from sqlalchemy.exc import IntegrityError

from feedback_service.storage.rounds import (
    DESTROYED,
    Round,
    RoundState,
    all_rounds,
    destroy_hashing_keys,
    mixing_keys,
    move,
)
from feedback_service.storage.session import Store

OpenOne = Callable[..., Round]
KEY = b"mixing key of thirty-two bytes.."


def test_a_round_is_read_as_it_was_added_and_rounds_are_numbered(store: Store, open_one: OpenOne) -> None:
    first, second = open_one(), open_one("2027-Q1", date(2027, 3, 31))
    with store.read() as connection:
        assert all_rounds(connection) == [first, second]
    assert (first.number, second.number) == (1, 2)
    assert (first.state, first.round, first.closes) == ("open", "2026-Q4", date(2026, 12, 31))
    with store.read() as connection:
        assert {number: key.value for number, key in mixing_keys(connection).items()} == {1: KEY, 2: KEY}


def test_rounds_are_listed_oldest_first_and_by_survey(store: Store, open_one: OpenOne) -> None:
    late, early = open_one("2027-Q1", date(2027, 3, 31)), open_one("2026-Q3", date(2026, 9, 30))
    with store.read() as connection:
        assert all_rounds(connection) == all_rounds(connection, "clients") == [early, late]
        assert all_rounds(connection, "counsellors") == []


def test_a_round_is_there_once(open_one: OpenOne) -> None:
    open_one()
    with pytest.raises(IntegrityError):
        open_one()


@pytest.mark.parametrize(
    ("origin", "moves"), [(["open"], True), (["closing", "open"], True), (["closing"], False), ([], False)]
)
def test_a_round_moves_only_from_a_state_that_was_named(
    store: Store, open_one: OpenOne, origin: list[RoundState], moves: bool
) -> None:
    other = open_one("2026-Q3")
    one = open_one()
    with store.begin() as connection:
        assert move(connection, one.number, origin, "closing") is moves
    with store.read() as connection:
        states = {found.number: found.state for found in all_rounds(connection)}
    assert states == {other.number: "open", one.number: "closing" if moves else "open"}


def test_a_state_that_there_is_not_is_refused(store: Store, open_one: OpenOne) -> None:
    open_one()
    with pytest.raises(IntegrityError), store.begin() as connection:
        move(connection, 1, ["open"], "gone")  # type: ignore[arg-type]


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
def test_a_destroyed_mixing_key_is_nowhere_in_the_file(store: Store, open_one: OpenOne) -> None:
    open_one()
    file = store.folder / "feedback.sqlite"
    assert KEY in file.read_bytes()
    with store.begin() as connection:
        destroy_hashing_keys(connection, 1)
    assert KEY not in file.read_bytes()
    with store.read() as connection:
        assert mixing_keys(connection)[1].value == DESTROYED == bytes(32)


def test_only_the_named_rounds_key_is_destroyed(store: Store, open_one: OpenOne) -> None:
    open_one()
    open_one("2027-Q1")
    with store.begin() as connection:
        destroy_hashing_keys(connection, 2)
    with store.read() as connection:
        assert [key.value for _, key in sorted(mixing_keys(connection).items())] == [KEY, bytes(32)]


def test_neither_pepper_nor_mixing_key_prints(store: Store, open_one: OpenOne) -> None:
    assert "pepper" not in repr(open_one())
    with store.read() as connection:
        assert "mixing key" not in repr(mixing_keys(connection))
