"""A look into a spool file: all that waits is seen, and the writer beside it goes on."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from feedback_service.intake import slot_reader
from feedback_service.intake.slot import Pending
from feedback_service.intake.slot_file import SlotFile
from feedback_service.intake.slot_reader import look

MakeFile = Callable[..., SlotFile]
MakePending = Callable[..., Pending]


def _put(file: SlotFile, *pending: Pending) -> None:
    with file.transaction():
        file.put([one.packed() for one in pending])


def test_every_part_of_a_file_is_looked_at(
    make_file: MakeFile, pending: MakePending, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(slot_reader, "_PART", 7)
    file = make_file(64)
    group = [pending(number) for number in range(1, 31)]
    _put(file, *group)
    found = [head for head in look(file.path) if head]
    assert sorted(head.tag for head in found) == sorted(one.tag for one in group)
    assert {head.round_number for head in found} == set(range(1, 31))


def test_a_damaged_slot_is_seen_as_such(make_file: MakeFile, pending: MakePending) -> None:
    file = make_file(8)
    _put(file, pending())
    file._db.execute("UPDATE slot SET used = 1 WHERE number = (SELECT min(number) FROM slot WHERE used = 0)")
    assert sorted(head is None for head in look(file.path)) == [False, True]


def test_the_writer_goes_on_between_two_parts(
    make_file: MakeFile, pending: MakePending, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(slot_reader, "_PART", 16)
    file = make_file(32)
    _put(file, *(pending() for _ in range(20)))
    # A writer that found the file locked would fail at once instead of after a minute.
    file._db.execute("PRAGMA busy_timeout = 0")
    looking = look(file.path)
    assert next(looking)
    _put(file, pending())
    list(looking)


def test_looking_changes_nothing_and_a_file_that_is_none_is_an_error(
    make_file: MakeFile, tmp_path: Path
) -> None:
    file = make_file(8)
    before = file.path.read_bytes(), file.path.stat().st_mtime_ns
    assert list(look(file.path)) == []
    assert (file.path.read_bytes(), file.path.stat().st_mtime_ns) == before
    rubbish = tmp_path / "rubbish.spool"
    rubbish.write_bytes(b"rubbish" * 4000)
    with pytest.raises(sqlite3.Error):
        list(look(rubbish))
    with pytest.raises(sqlite3.Error):
        list(look(tmp_path / "nothing.spool"))
    assert not (tmp_path / "nothing.spool").exists()
