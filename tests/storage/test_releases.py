"""Published files, verbatim and never replaced."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy.exc import IntegrityError

from feedback_service.storage.releases import ReleaseHead, add_release, release_body, release_heads
from feedback_service.storage.session import Store

BODY = '{"name": "Größe", "z": [1, -2]}\n'.encode()


def test_a_release_comes_back_to_the_byte(store: Store) -> None:
    head = ReleaseHead("clients", "2026-Q4", 1, date(2027, 1, 4))
    with store.begin() as connection:
        add_release(connection, head, BODY)
        assert release_body(connection, "clients", "2026-Q4") == (head, BODY)
        assert release_body(connection, "clients", "2027-Q1") is None
        assert release_body(connection, "counsellors", "2026-Q4") is None


def test_the_newest_issue_counts(store: Store) -> None:
    with store.begin() as connection:
        for issue in (2, 1, 3):
            head = ReleaseHead("clients", "2026-Q4", issue, date(2027, 1, issue))
            add_release(connection, head, BODY + bytes([48 + issue]))
        found = release_body(connection, "clients", "2026-Q4")
    assert found and (found[0].issue, found[1][-1:]) == (3, b"3")


def test_a_release_is_never_replaced(store: Store) -> None:
    head = ReleaseHead("clients", "2026-Q4", 1, date(2027, 1, 4))
    with store.begin() as connection:
        add_release(connection, head, BODY)
    with pytest.raises(IntegrityError), store.begin() as connection:
        add_release(connection, head, b"{}")


def test_releases_are_listed_newest_round_first_then_newest_issue(store: Store) -> None:
    heads = [
        ReleaseHead("clients", "2027-Q1", 1, date(2027, 4, 4)),
        ReleaseHead("clients", "2026-Q4", 2, date(2027, 2, 1)),
        ReleaseHead("clients", "2026-Q4", 1, date(2027, 1, 4)),
        ReleaseHead("counsellors", "2026-Q4", 1, date(2027, 1, 4)),
    ]
    with store.begin() as connection:
        for head in (heads[2], heads[0], heads[3], heads[1]):
            add_release(connection, head, BODY)
        assert release_heads(connection) == heads
