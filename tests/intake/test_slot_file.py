"""Slot files: which bytes of the file change, and when."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path

import pytest

from feedback_service.intake import slot_file
from feedback_service.intake.slot import SLOT_BYTES, Pending, unpacked
from feedback_service.intake.slot_file import SlotFile

Make = Callable[..., SlotFile]
Fresh = Callable[..., Pending]
Rows = Callable[[Path], dict[int, tuple[int, bytes]]]
Rho = Callable[[Sequence[int]], float]


def _put(file: SlotFile, *group: Pending) -> None:
    with file.transaction():
        file.put([one.packed() for one in group])


def _places(file: SlotFile) -> dict[bytes, int]:
    return {found.tag: number for number, found in file.read() if found}


def _pragma(path: Path, name: str) -> int:
    with closing(sqlite3.connect(path)) as db:
        return int(db.execute(f"PRAGMA {name}").fetchone()[0])


def test_a_slot_takes_half_a_page_to_the_byte(make_file: Make, rows: Rows) -> None:
    file = make_file(256)
    assert _pragma(file.path, "page_size") == 8192
    assert {len(content) for _, content in rows(file.path).values()} == {SLOT_BYTES}
    with closing(sqlite3.connect(file.path)) as db:
        leaves = (
            "SELECT count(*), min(ncell), max(ncell) FROM dbstat WHERE name = 'slot' AND pagetype = 'leaf'"
        )
        assert db.execute(leaves).fetchone() == (128, 2, 2)
        assert db.execute("SELECT count(*) FROM dbstat WHERE pagetype = 'overflow'").fetchone() == (0,)
    # Besides 4,096 bytes a slot: the schema, the gate, the closed rounds, and the slots' inner page.
    assert file.path.stat().st_size == 256 * 4096 + 4 * 8192


def test_a_used_file_has_the_size_of_an_unused_one(make_file: Make, pending: Fresh) -> None:
    file = make_file(256)
    before = file.path.stat().st_size
    _put(file, *(pending() for _ in range(100)))
    assert file.path.stat().st_size == before


def test_the_file_keeps_no_log_beside_it_and_is_its_owners_alone(make_file: Make, pending: Fresh) -> None:
    file = make_file(64)
    _put(file, pending())
    assert file._db.execute("PRAGMA journal_mode").fetchone() == ("truncate",)
    assert file._db.execute("PRAGMA synchronous").fetchone() == (2,)
    beside = {one.name: one.stat().st_size for one in file.path.parent.iterdir() if one != file.path}
    assert beside == {"a.spool-journal": 0}
    assert file.path.stat().st_mode & 0o777 == 0o600


def test_a_file_is_made_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = 0

    def killed() -> bytes:
        nonlocal made
        made += 1
        if made > 30:
            raise KeyboardInterrupt
        return bytes(SLOT_BYTES)

    path = tmp_path / "a.spool"
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(slot_file, "filler", killed)
        SlotFile.create(path, 64, accepting=True)
    assert not path.exists()
    with closing(SlotFile.create(path, 64, accepting=True)) as file:
        assert (file.capacity(), file.used()) == (64, 0)


def test_what_is_put_is_read_again_from_some_slot(make_file: Make, pending: Fresh) -> None:
    file = make_file(64)
    group = [pending() for _ in range(10)]
    _put(file, *group)
    found = dict(file.read())
    assert sorted(one.tag for one in found.values() if one) == sorted(one.tag for one in group)
    assert set(found.values()) == set(group)
    assert file.used() == 10 and set(found) <= set(range(1, 65))


@pytest.mark.parametrize("group_size", [1, 7, 1000])
def test_the_slot_says_nothing_about_the_order_of_arrival(
    make_file: Make, pending: Fresh, rho: Rho, group_size: int
) -> None:
    file = make_file(4096)
    arrived = [pending() for _ in range(1000)]
    with file.transaction():
        for start in range(0, 1000, group_size):
            file.put([one.packed() for one in arrived[start : start + group_size]])
    places = _places(file)
    assert file.capacity() == 4096
    assert abs(rho([places[one.tag] for one in arrived])) < 1.5 * 3 / 999**0.5


@pytest.mark.parametrize("group_size", [1, 100])
def test_growing_loses_nothing_and_deals_every_used_slot_anew(
    make_file: Make, pending: Fresh, rho: Rho, group_size: int
) -> None:
    file = make_file(64)
    arrived = [pending() for _ in range(1000)]
    with file.transaction():
        for start in range(0, 1000, group_size):
            file.put([one.packed() for one in arrived[start : start + group_size]])
    places = _places(file)
    assert file.capacity() in (1024, 2048, 4096) and file.used() == 1000
    assert abs(rho([places[one.tag] for one in arrived])) < 1.5 * 3 / 999**0.5


def test_growing_keeps_every_slot_number_and_length(make_file: Make, pending: Fresh, rows: Rows) -> None:
    file = make_file(64)
    _put(file, *(pending() for _ in range(200)))
    slots = rows(file.path)
    assert set(slots) == set(range(1, file.capacity() + 1))
    assert {len(content) for _, content in slots.values()} == {SLOT_BYTES}
    for used, content in slots.values():
        assert not used or unpacked(content)


def test_a_grown_file_holds_nothing_where_something_lay_before(make_file: Make, pending: Fresh) -> None:
    file = make_file(64)
    group = [pending() for _ in range(200)]
    _put(file, *group)
    content = file.path.read_bytes()
    assert [content.count(one.id) for one in group] == [1] * 200


def test_a_heartbeat_changes_one_unused_slot_and_never_a_used_one(
    make_file: Make, pending: Fresh, rows: Rows
) -> None:
    file = make_file(64)
    _put(file, *(pending() for _ in range(20)))
    beaten = set()
    before = rows(file.path)
    for _ in range(60):
        file.heartbeat()
        after = rows(file.path)
        changed = {number for number in before if before[number] != after[number]}
        assert len(changed) == 1
        assert {before[number][0] for number in changed} == {after[number][0] for number in changed} == {0}
        beaten |= changed
        before = after
    assert len(beaten) > 10


def test_a_refill_changes_every_slot_used_or_not(make_file: Make, pending: Fresh, rows: Rows) -> None:
    file = make_file(64)
    group = [pending() for _ in range(20)]
    _put(file, *group)
    before = rows(file.path)
    file.refill()
    after = rows(file.path)
    assert [number for number in before if before[number][1] == after[number][1]] == []
    assert {used for used, _ in after.values()} == {0}
    content = file.path.read_bytes()
    assert not any(piece in content for one in group for piece in (one.id, one.tag, one.envelope[:64]))


def test_a_refill_leaves_the_kept_slots_alone(make_file: Make, pending: Fresh, rows: Rows) -> None:
    file = make_file(64)
    _put(file, *(pending() for _ in range(20)))
    kept = frozenset(sorted(_places(file).values())[:3])
    before = rows(file.path)
    file.refill(keep=kept)
    after = rows(file.path)
    assert {number for number in before if before[number] == after[number]} == kept


@pytest.mark.parametrize("position", [0, 4, 100, 4000, 4079])
def test_a_damaged_slot_is_told_and_the_others_are_read(
    make_file: Make, pending: Fresh, rows: Rows, position: int
) -> None:
    file = make_file(64)
    _put(file, *(pending() for _ in range(5)))
    broken = min(_places(file).values())
    content = bytearray(rows(file.path)[broken][1])
    content[position] ^= 0x20
    file._db.execute("UPDATE slot SET content = ? WHERE number = ?", (bytes(content), broken))
    found = dict(file.read())
    assert [number for number, one in found.items() if one is None] == [broken]
    assert len(found) == 5


def test_a_slot_whose_type_was_damaged_is_told_and_the_others_are_read(
    make_file: Make, pending: Fresh
) -> None:
    file = make_file(64)
    _put(file, *(pending() for _ in range(5)))
    broken = min(_places(file).values())
    # On disk it is one bit of the record's header.
    file._db.execute("UPDATE slot SET content = CAST(content AS TEXT) WHERE number = ?", (broken,))
    found = dict(file.read())
    assert len(found) == 5
    assert [number for number, one in found.items() if one is None and number != broken] == []


def test_a_file_with_a_slot_whose_type_was_damaged_can_still_grow(make_file: Make, pending: Fresh) -> None:
    file = make_file(64)
    _put(file, *(pending() for _ in range(5)))
    broken = min(_places(file).values())
    file._db.execute("UPDATE slot SET content = CAST(content AS TEXT) WHERE number = ?", (broken,))
    _put(file, *(pending() for _ in range(200)))
    assert file.used() == 205


def test_a_failed_transaction_leaves_the_file_as_it_was(make_file: Make, pending: Fresh, rows: Rows) -> None:
    file = make_file(64)
    _put(file, pending())
    before = rows(file.path)
    with pytest.raises(KeyboardInterrupt), file.transaction():
        file.put([pending().packed() for _ in range(100)])
        raise KeyboardInterrupt
    assert rows(file.path) == before
    _put(file, pending())
    assert file.used() == 2


def test_a_closed_round_stays_closed_and_closing_twice_is_harmless(make_file: Make) -> None:
    file = make_file(64)
    assert file.gate() == (True, frozenset())
    file.close_rounds([3, 9])
    file.close_rounds([9])
    file.set_accepting(False)
    with closing(SlotFile(file.path)) as opened_again:
        assert opened_again.gate() == (False, frozenset({3, 9}))
        assert not opened_again.accepting
