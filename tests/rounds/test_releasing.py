"""A release follows from the ledger, and from nothing else, to the byte."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from sqlalchemy import text

from feedback_service.disclosure.ledger import GENESIS, BrokenChain, UnsignedEntry, append, read_table
from feedback_service.rounds.closing import close_round
from feedback_service.rounds.key_folder import load_ledger_key
from feedback_service.rounds.releasing import ReleaseDiffers, release_round
from feedback_service.storage.ledger import all_entries, append_entries
from feedback_service.storage.releases import release_body
from feedback_service.storage.rounds import Round
from feedback_service.storage.session import Store

DAY = date(2027, 1, 4)
TheRound = Callable[..., Round]
Execute = Callable[..., int]
Contents = Callable[[Store], dict[str, bytes]]


def test_a_counted_round_is_released_and_kept_verbatim(counted: Store, the_round: TheRound) -> None:
    done = release_round(counted, the_round(counted), DAY)
    assert not done.again and the_round(counted).state == "released"
    with counted.read() as connection:
        assert release_body(connection, "clients", "2026-Q4") == (done.head, done.body)
    document = json.loads(done.body)
    assert (document["format"], document["issued"], document["issue"]) == (
        "feedback-release/1",
        "2027-01-04",
        1,
    )


def test_every_row_is_the_sum_of_its_atoms_and_no_row_goes_below_ten(
    counted: Store, the_round: TheRound
) -> None:
    document: dict[str, Any] = json.loads(release_round(counted, the_round(counted), DAY).body)
    atoms = {(one["class"], one["id"]): one for one in document["atoms"]}
    assert len(document["rows"]) > 10
    for row in document["rows"]:
        mine = [atoms[row["class"], name] for name in row["atoms"]]
        assert row["n"] == sum(one["n"] for one in mine) >= 10
        for name, question in row["questions"].items():
            columns = zip(*(one["questions"][name]["noisy"] for one in mine), strict=True)
            assert question["noisy"] == [sum(column) for column in columns]


def test_releasing_again_gives_the_same_bytes_and_the_first_date(
    counted: Store, the_round: TheRound, contents: Contents
) -> None:
    first = release_round(counted, the_round(counted), DAY)
    before = contents(counted)
    again = release_round(counted, the_round(counted), date(2027, 9, 9))
    assert (again.body, again.head, again.again) == (first.body, first.head, True)
    assert contents(counted) == before


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ledger SET body = replace(body, 'audience', 'audiencf') WHERE position = 3",
        "UPDATE ledger SET round = '2026-Q3' WHERE position = 3",
        "DELETE FROM ledger WHERE position = 3",
        "UPDATE ledger SET this = previous WHERE position = 2",
    ],
)
@pytest.mark.parametrize("released_before", [False, True])
def test_a_tampered_ledger_is_never_released(
    counted: Store,
    the_round: TheRound,
    execute: Execute,
    contents: Contents,
    statement: str,
    released_before: bool,
) -> None:
    if released_before:
        release_round(counted, the_round(counted), DAY)
    assert execute(counted, statement) == 1
    before = contents(counted)
    with pytest.raises(BrokenChain):
        release_round(counted, the_round(counted), DAY)
    assert contents(counted) == before


def _rechained(store: Store, signature: str | None) -> None:
    """The whole ledger as somebody writes it who has the database and not the ledger's key."""
    with store.begin() as connection:
        table = read_table(all_entries(connection))
        connection.execute(text("DELETE FROM ledger"))
        invented = replace(table, invalid=table.invalid + 1)
        append_entries(connection, append(GENESIS, invented, 1, lambda _this: signature or ""))


@pytest.mark.parametrize("signature", [None, "A" * 86])
def test_a_ledger_that_was_written_anew_without_its_key_is_never_released(
    counted: Store, the_round: TheRound, contents: Contents, signature: str | None
) -> None:
    _rechained(counted, signature)
    before = contents(counted)
    with pytest.raises(UnsignedEntry, match="Entry 1 "):
        release_round(counted, the_round(counted), DAY)
    assert contents(counted) == before


def test_a_release_carries_the_signature_of_its_last_entry(counted: Store, the_round: TheRound) -> None:
    chain = json.loads(release_round(counted, the_round(counted), DAY).body)["chain"]
    key = load_ledger_key(counted.key_folder)
    assert key and key.signed(chain["this"], chain["signature"])


def test_nothing_is_released_from_a_ledger_that_was_changed_elsewhere(
    counted: Store, the_round: TheRound, count_it: Callable[..., object], execute: Execute
) -> None:
    other = the_round(counted, survey="counsellors")
    close_round(counted, counted.key_folder, other, date(2027, 1, 1))
    count_it(counted, other)
    execute(counted, "UPDATE ledger SET body = replace(body, 'audience', 'audiencf') WHERE position = 3")
    with pytest.raises(BrokenChain):
        release_round(counted, other, DAY)


def test_a_tampered_release_is_found(
    counted: Store, the_round: TheRound, execute: Execute, contents: Contents
) -> None:
    release_round(counted, the_round(counted), DAY)
    assert execute(counted, "UPDATE release SET body = replace(body, '2027-01-04', '2027-01-05')") == 1
    before = contents(counted)
    with pytest.raises(ReleaseDiffers, match="Nothing was changed"):
        release_round(counted, the_round(counted), DAY)
    assert contents(counted) == before


def _next_round(store: Store, the_round: TheRound, send: Callable[..., None]) -> Round:
    one = the_round(store, "2027-Q1")
    send(store, one, 200)
    close_round(store, store.key_folder, one, date(2027, 4, 1))
    return one


def _has_arrows(body: bytes) -> bool:
    rows = json.loads(body)["rows"]
    return any(question["trend"] is not None for row in rows for question in row["questions"].values())


def test_a_round_is_compared_with_the_one_before(
    counted: Store, the_round: TheRound, send: Callable[..., None], count_it: Callable[..., object]
) -> None:
    assert not _has_arrows(release_round(counted, the_round(counted), DAY).body)
    one = _next_round(counted, the_round, send)
    count_it(counted, one)
    assert _has_arrows(release_round(counted, one, date(2027, 4, 4)).body)


def test_a_later_round_changes_nothing_about_an_earlier_release(
    counted: Store, the_round: TheRound, send: Callable[..., None], count_it: Callable[..., object]
) -> None:
    first = release_round(counted, the_round(counted), DAY)
    one = _next_round(counted, the_round, send)
    count_it(counted, one)
    release_round(counted, one, date(2027, 4, 4))
    assert release_round(counted, the_round(counted), DAY).body == first.body


def test_an_earlier_round_that_is_counted_later_changes_nothing_about_a_release(
    closed: Store, the_round: TheRound, send: Callable[..., None], count_it: Callable[..., object]
) -> None:
    one = _next_round(closed, the_round, send)
    count_it(closed, one)
    first = release_round(closed, one, date(2027, 4, 4))
    count_it(closed, the_round(closed, "2026-Q4"))
    assert release_round(closed, one, date(2027, 4, 5)).body == first.body


def test_a_round_that_is_not_counted_releases_nothing(
    closed: Store, the_round: TheRound, contents: Contents
) -> None:
    before = contents(closed)
    with pytest.raises(Exception) as refused:
        release_round(closed, the_round(closed), DAY)
    assert contents(closed) == before
    assert type(refused.value).__name__ == "UnreadableCount"
