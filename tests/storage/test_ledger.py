"""The ledger's entries: appended, read back as they were."""

from __future__ import annotations

import pytest
from sqlalchemy.exc import IntegrityError

from feedback_service.disclosure.ledger import GENESIS, LedgerEntry
from feedback_service.storage.ledger import all_entries, append_entries, entries_of, head
from feedback_service.storage.session import Store


def _entry(position: int, round_id: str = "2026-Q4", survey: str = "clients") -> LedgerEntry:
    return LedgerEntry(
        position=position,
        survey=survey,
        round=round_id,
        issue=1,
        kind="count" if position % 3 == 1 else "atom",
        body=f"body {position} ä",
        previous=f"sha256:{position - 1:064x}",
        this=f"sha256:{position:064x}",
        signature="signed" if position == 3 else None,
    )


def test_an_empty_ledger_begins_at_one(store: Store) -> None:
    with store.read() as connection:
        assert head(connection) == (GENESIS, 1)
        assert (all_entries(connection), entries_of(connection, "clients", "2026-Q4")) == ([], [])


def test_entries_come_back_as_they_were_in_their_order(store: Store) -> None:
    first, second = [_entry(one) for one in (1, 2, 3)], [_entry(one, "2027-Q1") for one in (4, 5)]
    other = [_entry(6, "2026-Q4", "counsellors")]
    with store.begin() as connection:
        append_entries(connection, first)
        assert head(connection) == (first[-1].this, 4)
        append_entries(connection, [*reversed(second), *other])
        assert head(connection) == (other[-1].this, 7)
    with store.read() as connection:
        assert all_entries(connection) == first + second + other
        assert entries_of(connection, "clients", "2026-Q4") == first
        assert entries_of(connection, "clients", "2027-Q1") == second
        assert entries_of(connection, "counsellors", "2026-Q4") == other
        assert entries_of(connection, "counsellors", "2027-Q1") == []


def test_a_position_is_written_once(store: Store) -> None:
    with store.begin() as connection:
        append_entries(connection, [_entry(1)])
    with pytest.raises(IntegrityError), store.begin() as connection:
        append_entries(connection, [_entry(1, "2027-Q1")])
