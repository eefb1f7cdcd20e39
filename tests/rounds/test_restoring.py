"""What is restored counts to the same figures, keeps its promises, and is whole or not there."""

from __future__ import annotations

import io
import shutil
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest

from feedback_service.audit.model import Verdict
from feedback_service.audit.run import Asked, audit_storage
from feedback_service.intake.slot import tombstone
from feedback_service.intake.slot_reader import look
from feedback_service.intake.spool import Spool
from feedback_service.mixing.mix import mix
from feedback_service.rounds.backing_up import back_up
from feedback_service.rounds.closing import close_round
from feedback_service.rounds.restoring import FolderNotEmpty, InvalidBackup, restore
from feedback_service.storage.envelopes import count
from feedback_service.storage.ledger import all_entries
from feedback_service.storage.migrating import migrate
from feedback_service.storage.rounds import Round, all_rounds
from feedback_service.storage.session import NewerDatabase, Store

TheRound = Callable[..., Round]
Send = Callable[[Store, Round, int], None]
CountIt = Callable[[Store, Round], object]


def _restored(store: Store, tmp_path: Path) -> Store:
    back_up(store, tmp_path / "b.tar")
    return restore(tmp_path / "b.tar", tmp_path / "again").store


def _entries(store: Store) -> list[object]:
    with store.read() as connection:
        return list(all_entries(connection))


def test_a_restored_installation_counts_to_the_same_figures(
    closed: Store, the_round: TheRound, count_it: CountIt, tmp_path: Path
) -> None:
    again = _restored(closed, tmp_path)
    with closed.read() as old, again.read() as new:
        assert all_rounds(old) == all_rounds(new)
    for path in closed.key_folder.glob("*.key"):
        shutil.copy(path, again.key_folder)
    for store in (closed, again):
        count_it(store, the_round(store))
    assert _entries(again) == _entries(closed) != []


def test_the_audit_finds_nothing_in_a_backup(
    founded: Store, the_round: TheRound, send: Send, tmp_path: Path
) -> None:
    send(founded, the_round(founded), 40)
    mix(founded)
    (tmp_path / "stick").mkdir()
    back_up(founded, tmp_path / "stick")
    again = restore(tmp_path / "stick" / "feedback-backup.tar", tmp_path / "again").store
    for folder in (founded.folder, again.folder):
        checks = audit_storage(Asked(folder, also=[tmp_path / "stick"]))
        assert [one for one in checks if one.verdict is Verdict.FINDING] == []


def test_answers_that_come_again_are_not_doubled_and_a_receipt_still_deletes(
    founded: Store, the_round: TheRound, send: Send, tmp_path: Path
) -> None:
    one = the_round(founded)
    send(founded, one, 30)
    waiting = [head for head in look(founded.spool_folder / "web-0" / "a.spool") if head]
    mix(founded)
    again = _restored(founded, tmp_path)
    send(again, the_round(again), 30)
    spool = Spool(again.spool_folder, 64)
    spool.store([tombstone(one.number, waiting[0].tag).packed()])
    spool.close()
    close_round(again, again.key_folder, the_round(again), one.closes)
    with again.read() as connection:
        assert count(connection, one.number) == 29


def test_a_folder_that_is_in_use_is_never_touched(closed: Store, tmp_path: Path) -> None:
    back_up(closed, tmp_path / "b.tar")
    with pytest.raises(FolderNotEmpty, match="another folder with --data"):
        restore(tmp_path / "b.tar", closed.folder)
    # An empty one will do.
    (tmp_path / "empty").mkdir()
    assert restore(tmp_path / "b.tar", tmp_path / "empty").store.folder == tmp_path / "empty"


def _changed(content: bytes) -> bytes:
    at = content.index(b"SQLite format 3") + 60_000
    return content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :]


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (_changed, "checksums are wrong"),
        (lambda content: content[:200_000], "damaged|checksums"),
        (lambda content: content.replace(b"feedback-backup/1", b"feedback-backup/2"), "newer version"),
        (lambda content: b"x" + content[1:], "no file that"),
        (lambda content: content[: content.index(b"SHA256SUMS")], "checksums are wrong"),
    ],
    ids=["a bit", "cut", "newer", "other", "no sums"],
)
def test_a_backup_that_is_not_whole_leaves_nothing(
    founded: Store, tmp_path: Path, spoil: Callable[[bytes], bytes], reason: str
) -> None:
    file = back_up(founded, tmp_path / "b.tar").target
    file.write_bytes(spoil(file.read_bytes()))
    with pytest.raises(InvalidBackup, match=reason):
        restore(file, tmp_path / "again")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["b.tar", "data"]


@pytest.mark.parametrize("name", ["../outside", "keys/../../outside", "keys/evil.key", "/tmp/outside"])
def test_a_crafted_file_writes_nothing_elsewhere(founded: Store, tmp_path: Path, name: str) -> None:
    file = back_up(founded, tmp_path / "b.tar").target
    with tarfile.open(file, "a") as archive:
        info = tarfile.TarInfo(name)
        info.size = 4
        archive.addfile(info, io.BytesIO(b"evil"))
    with pytest.raises(InvalidBackup, match="no backup has"):
        restore(file, tmp_path / "again")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["b.tar", "data"]


def test_a_backup_of_an_older_version_is_brought_up_to_date(
    founded: Store, the_round: TheRound, send: Send, tmp_path: Path
) -> None:
    send(founded, the_round(founded), 25)
    mix(founded)
    migrate(founded.engine, "0002")
    again = _restored(founded, tmp_path)
    one = the_round(again)
    assert (one.state, one.mixed) == ("open", 10)


def test_a_backup_of_a_newer_version_is_refused_and_leaves_nothing(
    founded: Store, execute: Callable[..., int], tmp_path: Path
) -> None:
    execute(founded, "UPDATE alembic_version SET version_num = 'later'")
    file = back_up(founded, tmp_path / "b.tar").target
    with pytest.raises(NewerDatabase, match="newer version"):
        restore(file, tmp_path / "again")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["b.tar", "data"]


def test_what_a_killed_restore_left_is_no_hindrance(closed: Store, tmp_path: Path) -> None:
    left = tmp_path / "again.restoring"
    left.mkdir()
    (left / "feedback.sqlite.new").write_text("half")
    again = _restored(closed, tmp_path)
    assert not left.exists() and sorted(path.name for path in again.folder.iterdir()) == [
        "feedback.sqlite", "keys", "mix", "spool", "tmp",
    ]  # fmt: skip
    assert (again.folder / "feedback.sqlite").stat().st_mode & 0o777 == 0o600
