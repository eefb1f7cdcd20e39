"""A destroyed file is overwritten where it lay, and copies of a round's key are found under any name."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from feedback_service.rounds import destroying
from feedback_service.rounds.destroying import (
    destroy_file,
    destroy_round_files,
    named_round,
    private_files_of,
)
from feedback_service.rounds.key_folder import private_path
from feedback_service.sealing.key_file import InvalidKeyFile
from feedback_service.storage.rounds import Round
from feedback_service.storage.session import Store


def test_a_destroyed_file_is_overwritten_before_it_is_gone(tmp_path: Path) -> None:
    path = tmp_path / "a.key"
    path.write_bytes(b"secret" * 100)
    still_open = os.open(path, os.O_RDONLY)
    destroy_file(path)
    assert not path.exists()
    left = os.pread(still_open, 1000, 0)
    os.close(still_open)
    assert len(left) == 600 and b"secret" not in left


def test_it_is_overwritten_and_synced_before_it_loses_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.key"
    path.write_bytes(b"secret" * 100)
    seen: list[bool] = []
    original = os.fsync

    def noted(handle: int) -> None:
        seen.append(path.exists() and b"secret" not in path.read_bytes())
        original(handle)

    monkeypatch.setattr(os, "fsync", noted)
    destroy_file(path)
    assert seen == [True, False]


def test_all_private_files_of_a_round_go_and_nothing_else(tmp_path: Path) -> None:
    gone = [
        "a-2026-Q4.key",
        "a-2026-Q4.cards",
        "a-2026-Q4.counted",
        "a-2026-Q4.key.new",
        "a-2026-Q4.cards.new",
    ]
    kept = ["a-2026-Q4.pub", "a-2027-Q1.key", "b-2026-Q4.key", "ledger.key"]
    for name in [*gone, *kept]:
        (tmp_path / name).write_text("x")
    found = destroy_round_files(tmp_path / "a-2026-Q4.key")
    assert sorted(path.name for path in found) == sorted(gone)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(kept)
    assert destroy_round_files(tmp_path / "a-2026-Q4.key") == []


def test_killed_between_two_files_the_rest_goes_next_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("a-2026-Q4.key", "a-2026-Q4.cards"):
        (tmp_path / name).write_text("x")
    destroyed: list[Path] = []

    def killed(path: Path) -> None:
        if destroyed:
            raise KeyboardInterrupt
        destroyed.append(path)
        path.unlink()

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(destroying, "destroy_file", killed)
        destroy_round_files(tmp_path / "a-2026-Q4.key")
    destroy_round_files(tmp_path / "a-2026-Q4.key")
    assert list(tmp_path.iterdir()) == []


def test_copies_of_a_key_are_found_under_any_name(founded: Store, the_round: object) -> None:
    one: Round = the_round(founded)  # type: ignore[operator]
    key = private_path(founded.key_folder, one.survey, one.round)
    assert private_files_of(one.public_key, founded.folder) == [key]
    copy = founded.folder / "tmp" / "old" / "whatever.txt"
    copy.parent.mkdir(parents=True)
    shutil.copy(key, copy)
    assert private_files_of(one.public_key, founded.folder) == sorted([key, copy])


def test_a_key_file_names_its_round(founded: Store) -> None:
    path = founded.key_folder / "clients-2027-Q1.key"
    assert named_round(path.read_text(), path.name) == ("clients", "2027-Q1")
    with pytest.raises(InvalidKeyFile):
        named_round("{}", "x.key")
