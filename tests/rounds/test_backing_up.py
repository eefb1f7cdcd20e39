"""A backup is one, whole, opens nothing, and is the same for the same store."""

from __future__ import annotations

import fcntl
import os
import sqlite3
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import IO

import pytest
from sqlalchemy import create_engine

from feedback_service.mixing.mix import mix
from feedback_service.rounds import backing_up
from feedback_service.rounds.backing_up import NotSqlite, UnusableTarget, back_up, noted_target
from feedback_service.sealing.wrapping import unwrap
from feedback_service.secret import Secret
from feedback_service.storage.postgresql import PostgresDatabase
from feedback_service.storage.rounds import Round, mixing_keys
from feedback_service.storage.session import Store

TheRound = Callable[..., Round]
Send = Callable[[Store, Round, int], None]


def _names(backup: Path) -> list[str]:
    with tarfile.open(backup) as archive:
        return archive.getnames()


def test_a_backup_holds_store_settings_and_public_keys_and_nothing_private(
    founded: Store, the_round: TheRound, send: Send, passphrase: Secret, tmp_path: Path
) -> None:
    (founded.folder / "settings.toml").write_text('operator = "Rat"\n')
    one = the_round(founded)
    send(founded, one, 25)
    mix(founded)
    backup = back_up(founded, tmp_path / "b.tar").target
    keys = sorted(f"keys/{path.name}" for path in founded.key_folder.glob("*.pub"))
    assert len(keys) == 9
    assert _names(backup) == ["feedback-backup", "settings.toml", *keys, "feedback.sqlite", "SHA256SUMS"]
    content = backup.read_bytes()
    with founded.read() as connection:
        assert mixing_keys(connection)[one.number].value in content
    private = [path for path in founded.key_folder.glob("*.key") if path.name != "ledger.key"]
    secrets = [unwrap(path.read_text(), path.name, passphrase)[2].private_key.to_bytes() for path in private]
    secrets += [path.read_bytes()[:32] for path in founded.mix_folder.iterdir()]
    secrets += [path.read_bytes()[-64:] for path in private]
    assert len(secrets) == 17 and not any(one in content for one in secrets)
    for path in founded.spool_folder.glob("*/*.spool"):
        assert path.read_bytes()[8192:8292] not in content
    assert backup.stat().st_mode & 0o777 == 0o600


def _unnumbered(backup: bytes) -> bytes:
    """Without SQLite's counters of writes and of rewritings, and the checksums that follow from them."""
    at = backup.index(b"SQLite format 3")
    rest = bytearray(backup[: backup.rindex(b"SHA256SUMS")])
    for start, end in ((92, 100), (40, 44), (24, 28)):
        del rest[at + start : at + end]
    return bytes(rest)


def test_the_same_store_gives_the_same_bytes_and_the_old_ones_are_gone(closed: Store, tmp_path: Path) -> None:
    target = tmp_path / "b.tar"
    assert back_up(closed, target).replaced is False
    first = target.read_bytes()
    # Another name for the old content, as a look at the disk would find it.
    os.link(target, tmp_path / "old")
    assert back_up(closed, target).replaced is True
    again = target.read_bytes()
    assert _unnumbered(first) == _unnumbered(again)
    old = (tmp_path / "old").read_bytes()
    assert len(old) == len(first) and first[:512] not in old
    # Some pieces from between the envelopes are zeros.
    pieces = [first[start : start + 64] for start in range(500_000, 1_000_000, 20_000)]
    pieces = [one for one in pieces if len(set(one)) > 30]
    assert len(pieces) > 10 and not any(one in old for one in pieces)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["b.tar", "data", "old"]


def test_while_it_is_written_no_mix_runs_and_nobody_changes_the_store(
    closed: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried: list[str] = []
    write = backing_up._write

    def watched(store: Store, out: IO[bytes]) -> None:
        other = sqlite3.connect(store.folder / "feedback.sqlite", timeout=0)
        try:
            other.execute("UPDATE round SET mixed = 1")
            other.commit()
        except sqlite3.OperationalError as error:
            tried.append(str(error))
        finally:
            other.close()
        with store.mix_lock.open("wb") as lock, pytest.raises(BlockingIOError):
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        write(store, out)

    monkeypatch.setattr(backing_up, "_write", watched)
    back_up(closed, tmp_path / "b.tar")
    assert tried == ["database is locked"]


def test_one_that_fails_leaves_the_old_one_as_it_was(
    closed: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = back_up(closed, tmp_path / "b.tar").target
    before = target.read_bytes()

    def full(_store: Store, out: IO[bytes]) -> None:
        out.write(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(backing_up, "_write", full)
    with pytest.raises(OSError, match="No space"):
        back_up(closed, target)
    assert target.read_bytes() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["b.tar", "data"]


def test_where_it_lies_is_noted_and_nothing_else(closed: Store, tmp_path: Path) -> None:
    assert noted_target(closed.folder) is None
    (tmp_path / "stick").mkdir()
    done = back_up(closed, tmp_path / "stick")
    assert done.target == tmp_path / "stick" / "feedback-backup.tar" == noted_target(closed.folder)
    assert (closed.folder / "backup.path").read_text() == f"{done.target}\n"


def test_a_place_that_cannot_hold_a_backup_is_refused(closed: Store, tmp_path: Path) -> None:
    other = tmp_path / "other.tar"
    other.write_text("something else")
    for place, reason in (
        (closed.folder / "b.tar", "lies in the data folder"),
        (tmp_path / "nowhere" / "b.tar", "there is no folder"),
        (other, "not overwritten"),
    ):
        with pytest.raises(UnusableTarget, match=reason):
            back_up(closed, place)
    assert other.read_text() == "something else" and noted_target(closed.folder) is None


def test_a_store_that_is_a_server_is_backed_up_by_its_own_tools(tmp_path: Path) -> None:
    store = Store(tmp_path, PostgresDatabase(create_engine("postgresql+psycopg://nowhere/none")))
    with pytest.raises(NotSqlite, match="pg_dump"):
        back_up(store, tmp_path / "b.tar")
