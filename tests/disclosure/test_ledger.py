"""The ledger gives back exactly what was frozen, and a changed entry breaks it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from hashlib import sha256

import pytest

from feedback_service.disclosure.ledger import (
    GENESIS,
    BrokenChain,
    LedgerEntry,
    UnreadableCount,
    append,
    entry_hash,
    read_table,
    verify_chain,
)
from feedback_service.disclosure.protect import ProtectedTable

MakeProtected = Callable[..., ProtectedTable]


@pytest.fixture
def table(make_protected: MakeProtected, many_sizes: Mapping[str, int]) -> ProtectedTable:
    return make_protected(many_sizes)


def rehashed(entries: tuple[LedgerEntry, ...]) -> tuple[LedgerEntry, ...]:
    """The entries with fresh hashes: what somebody writes who can change the whole ledger."""
    head, found = entries[0].previous, []
    for entry in entries:
        found.append(replace(entry, previous=head, this=entry_hash(head, entry.body)))
        head = found[-1].this
    return tuple(found)


def with_body(entry: LedgerEntry, change: Callable[[dict[str, object]], object]) -> LedgerEntry:
    body = json.loads(entry.body)
    change(body[entry.kind])
    return replace(entry, body=json.dumps(body))


def test_a_table_comes_back_from_the_ledger_exactly(table: ProtectedTable) -> None:
    again = read_table(append(GENESIS, table, 1))
    assert again == table
    assert [list(atom.noisy) for atom in again.atoms] == [list(atom.noisy) for atom in table.atoms]


def test_an_empty_table_comes_back_too(make_protected: MakeProtected) -> None:
    table = make_protected({})
    assert read_table(append(GENESIS, table, 1)) == table


def test_a_count_is_a_heading_and_one_entry_an_atom(table: ProtectedTable) -> None:
    entries = append(GENESIS, table, 1)
    assert [entry.kind for entry in entries] == ["count", *["atom"] * len(table.atoms)]
    assert [entry.position for entry in entries] == list(range(1, len(entries) + 1))
    assert all(entry.signature is None for entry in entries)


def test_the_hash_is_over_the_previous_hash_a_line_feed_and_the_body(table: ProtectedTable) -> None:
    entry = append(GENESIS, table, 1)[0]
    hashed = sha256(GENESIS.encode() + b"\n" + entry.body.encode()).hexdigest()
    assert GENESIS == "sha256:" + 64 * "0"
    assert entry.this == f"sha256:{hashed}"


def test_no_record_key_and_no_member_stands_in_the_ledger(table: ProtectedTable) -> None:
    bodies = " ".join(entry.body for entry in append(GENESIS, table, 1))
    assert "members" not in bodies and "08111007" not in bodies and "record" not in bodies


def test_two_counts_make_one_chain(table: ProtectedTable, make_protected: MakeProtected) -> None:
    first = append(GENESIS, table, 1)
    later = make_protected({"08115": 30}, round="2027-Q1")
    second = append(first[-1].this, later, len(first) + 1)
    verify_chain((*first, *second))
    verify_chain(second)
    assert read_table(second) == later


@pytest.mark.parametrize(
    "change",
    [
        {"body": "{}"},
        {"round": "2026-Q3"},
        {"survey": "others"},
        {"issue": 2},
        {"kind": "count"},
        {"previous": GENESIS},
        {"this": GENESIS},
        {"position": 9},
    ],
)
def test_a_changed_entry_is_named(table: ProtectedTable, change: dict[str, object]) -> None:
    entries = list(append(GENESIS, table, 1))
    entries[3] = replace(entries[3], **change)  # type: ignore[arg-type]
    with pytest.raises(BrokenChain) as broken:
        verify_chain(entries)
    assert broken.value.facts["position"] == change.get("position", 4)


def test_a_missing_a_doubled_and_a_moved_entry_are_named(table: ProtectedTable) -> None:
    entries = append(GENESIS, table, 1)
    cases = {
        4: (*entries[:2], *entries[3:]),
        3: (*entries[:3], *entries[2:]),
        5: (*entries[:3], entries[4], entries[3], *entries[5:]),
    }
    for position, changed in cases.items():
        with pytest.raises(BrokenChain, match=f"entry {position} "):
            verify_chain(changed)


def test_a_gap_in_the_positions_breaks_a_chain_whose_hashes_hold(table: ProtectedTable) -> None:
    entries = append(GENESIS, table, 1)
    later = append(entries[-1].this, table, len(entries) + 2)
    with pytest.raises(BrokenChain, match=f"entry {len(entries) + 2} "):
        verify_chain((*entries, *later))


def test_a_ledger_begins_at_the_genesis(table: ProtectedTable) -> None:
    for start, head in ((1, "sha256:" + 64 * "1"), (0, GENESIS)):
        with pytest.raises(BrokenChain):
            verify_chain(append(head, table, start))


def test_a_body_that_is_no_object_breaks_the_chain(table: ProtectedTable) -> None:
    for body in ("no json", "[]", "7"):
        entries = (replace(append(GENESIS, table, 1)[0], body=body),)
        with pytest.raises(BrokenChain):
            verify_chain(rehashed(entries))


def test_a_count_without_its_heading_or_its_last_atom_is_not_read(table: ProtectedTable) -> None:
    entries = append(GENESIS, table, 1)
    for part in (entries[1:], entries[:-1], ()):
        with pytest.raises(UnreadableCount):
            read_table(part)


def test_two_counts_at_once_are_not_read(table: ProtectedTable, make_protected: MakeProtected) -> None:
    first = append(GENESIS, table, 1)
    with pytest.raises(UnreadableCount, match="heading"):
        read_table((*first, *append(first[-1].this, make_protected({}), len(first) + 1)))


def test_atoms_of_another_round_are_not_read(table: ProtectedTable) -> None:
    entries = append(GENESIS, table, 1)
    body = json.loads(entries[-1].body) | {"round": "2027-Q1"}
    last = replace(entries[-1], round="2027-Q1", body=json.dumps(body))
    with pytest.raises(UnreadableCount, match="another round"):
        read_table(rehashed((*entries[:-1], last)))


def test_other_parameters_are_not_read(table: ProtectedTable) -> None:
    entries = append(GENESIS, table, 1)
    heading = with_body(entries[0], lambda count: count.update(parameters={"V": 2}))
    with pytest.raises(UnreadableCount, match="parameters"):
        read_table(rehashed((heading, *entries[1:])))


def test_numbers_that_do_not_fit_their_digest_are_not_read(table: ProtectedTable) -> None:
    entries = append(GENESIS, table, 1)
    atom = with_body(entries[1], lambda body: body.update(n=1000))
    with pytest.raises(BrokenChain, match="entry 2 "):
        read_table(rehashed((entries[0], atom, *entries[2:])))


def test_an_atom_with_other_questions_is_not_read(table: ProtectedTable) -> None:
    entries = append(GENESIS, table, 1)
    atom = with_body(entries[1], lambda body: body.update(noisy={}))
    with pytest.raises(UnreadableCount, match="other questions"):
        read_table(rehashed((entries[0], atom, *entries[2:])))
