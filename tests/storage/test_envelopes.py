"""Rows of sealed answers: written whole, in the order of their keys, each once."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import inspect, select, text

from feedback_service.storage import rewriting
from feedback_service.storage.envelopes import (
    StoredEnvelope,
    bury,
    count,
    forget_tombstones,
    read_sealed,
)
from feedback_service.storage.rewriting import rewrite_round
from feedback_service.storage.rounds import Round
from feedback_service.storage.schema import envelope, tombstone
from feedback_service.storage.session import Store


def _row(key: bytes, body: bytes = b"body") -> StoredEnvelope:
    return StoredEnvelope(key.ljust(16, b"-"), verified=False, body=body)


def _random(number: int) -> list[StoredEnvelope]:
    return [
        StoredEnvelope(secrets.token_bytes(16), verified=False, body=secrets.token_bytes(3922))
        for _ in range(number)
    ]


@pytest.fixture
def rewrite(store: Store, open_one: Callable[..., Round]) -> Callable[..., int]:
    """Rewrites round 1 in a unit of work of its own."""
    open_one()
    open_one("2027-Q1")

    def run(*rows: StoredEnvelope, number: int = 1) -> int:
        with store.begin() as connection:
            return rewrite_round(connection, number, rows)

    return run


def _stored(store: Store, number: int = 1) -> list[tuple[bytes, bytes]]:
    with store.read() as connection:
        rows = connection.execute(select(envelope).where(envelope.c.round_id == number))
        return [(row.key, row.body) for row in rows]


def test_new_rows_are_counted_and_come_back_in_the_order_of_their_keys(
    store: Store, rewrite: Callable[..., int]
) -> None:
    rows = _random(1200)
    assert rewrite(*rows[:700]) == 700
    assert rewrite(*rows[700:]) == 500
    expected = sorted((row.key, row.body) for row in rows)
    assert _stored(store) == expected
    with store.read() as connection:
        assert list(read_sealed(connection, 1)) == [(False, body) for _, body in expected]
        assert (count(connection, 1), count(connection, 2)) == (1200, 0)


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
def test_rows_are_written_in_the_order_of_their_keys_even_before_the_vacuum(
    store: Store, rewrite: Callable[..., int]
) -> None:
    rewrite(*_random(300))
    pages = "SELECT pageno FROM dbstat WHERE name = 'envelope' AND pagetype = 'leaf' ORDER BY path"
    with store.read() as connection:
        found = list(connection.scalars(text(pages)))
    assert len(found) > 50 and found == sorted(found)


def test_the_same_rows_again_are_nothing_new(store: Store, rewrite: Callable[..., int]) -> None:
    rows = _random(30)
    assert (rewrite(*rows), rewrite(*rows), rewrite()) == (30, 0, 0)
    assert len(_stored(store)) == 30


def test_a_row_that_is_there_stays_as_it_is(store: Store, rewrite: Callable[..., int]) -> None:
    rewrite(_row(b"k", b"middle"))
    assert rewrite(_row(b"k", b"a first"), _row(b"k", b"z last")) == 0
    assert _stored(store) == [(b"k".ljust(16, b"-"), b"middle")]


def test_rewriting_one_round_leaves_the_other_alone(store: Store, rewrite: Callable[..., int]) -> None:
    rewrite(*_random(5))
    before = _stored(store)
    rewrite(*_random(7), number=2)
    assert _stored(store) == before and len(_stored(store, 2)) == 7


def test_whether_a_code_was_spent_is_kept(store: Store, rewrite: Callable[..., int]) -> None:
    rewrite(StoredEnvelope(b"1" * 16, verified=True, body=b"x"), _row(b"2"))
    rewrite()
    with store.read() as connection:
        assert list(connection.scalars(select(envelope.c.verified))) == [True, False]


def test_a_buried_form_is_left_out_now_and_later_and_only_in_its_round(
    store: Store, rewrite: Callable[..., int]
) -> None:
    rewrite(_row(b"form-one1"), _row(b"form-one2"), _row(b"form-two1"))
    rewrite(_row(b"form-one1"), number=2)
    with store.begin() as connection:
        bury(connection, 1, [b"form-one", b"form-one"])
        bury(connection, 1, [b"form-one"])
        bury(connection, 1, [])
        rewrite_round(connection, 1, [_row(b"form-one3")])
        rewrite_round(connection, 2, [])
    assert [key[:9] for key, _ in _stored(store)] == [b"form-two1"]
    assert [key[:9] for key, _ in _stored(store, 2)] == [b"form-one1"]
    with store.read() as connection:
        assert connection.execute(select(tombstone)).all() == [(1, b"form-one")]


def test_forgotten_deletions_are_gone_of_that_round_only(store: Store, rewrite: Callable[..., int]) -> None:
    with store.begin() as connection:
        bury(connection, 1, [b"form-one"])
        bury(connection, 2, [b"form-two"])
        forget_tombstones(connection, 1)
    with store.read() as connection:
        assert connection.execute(select(tombstone)).all() == [(2, b"form-two")]


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
def test_a_forgotten_deletion_is_nowhere_in_the_file(store: Store, rewrite: Callable[..., int]) -> None:
    with store.begin() as connection:
        bury(connection, 1, [b"form-one"])
    assert b"form-one" in (store.folder / "feedback.sqlite").read_bytes()
    with store.begin() as connection:
        forget_tombstones(connection, 1)
    assert b"form-one" not in (store.folder / "feedback.sqlite").read_bytes()


def test_deleted_rows_do_not_make_the_number_of_new_ones_smaller(
    store: Store, rewrite: Callable[..., int]
) -> None:
    rewrite(_row(b"form-one1"), _row(b"form-one2"))
    with store.begin() as connection:
        bury(connection, 1, [b"form-one"])
        assert rewrite_round(connection, 1, [_row(b"form-one3"), _row(b"form-two1")]) == 1


def test_a_rewrite_that_fails_leaves_everything_as_it_was(
    store: Store, rewrite: Callable[..., int], monkeypatch: pytest.MonkeyPatch
) -> None:
    rewrite(*_random(20))
    before = _stored(store)

    def killed(rows: Iterable[StoredEnvelope]) -> Iterator[list[StoredEnvelope]]:
        yield list(rows)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(rewriting, "_groups", killed)
        rewrite(*_random(20))
    assert _stored(store) == before
    assert rewrite(*_random(1)) == 1


def test_no_table_is_left_over(store: Store, rewrite: Callable[..., int]) -> None:
    with store.begin() as connection:
        rewrite_round(connection, 1, _random(3))
        assert inspect(connection).get_temp_table_names() == []


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="sees open files by /proc")
@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
def test_what_a_large_rewrite_holds_for_a_while_stays_in_the_data_folder(
    store: Store, rewrite: Callable[..., int], temporary_files: set[str]
) -> None:
    rewrite(*_random(2000))
    assert temporary_files
    assert [name for name in temporary_files if not name.startswith(str(store.folder))] == []
