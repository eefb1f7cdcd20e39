"""Files are whole or not there, and a replaced secret is gone from where it stood."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from feedback_service.files import replace_secret, write_durably


def test_a_file_is_written_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "new" / "file.counted"
    write_durably(path, "first")

    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch, pytest.raises(OSError, match="No space"):
        patch.setattr("os.fsync", full)
        write_durably(path, "second")
    assert path.read_text("utf-8") == "first"
    write_durably(path, "third ä")
    assert path.read_text("utf-8") == "third ä"
    assert [one.name for one in path.parent.iterdir()] == ["file.counted"]


def test_a_replaced_secret_is_overwritten_where_it_stood(tmp_path: Path) -> None:
    path = tmp_path / "code.key"
    replace_secret(path, b"first secret")
    old = os.open(path, os.O_RDONLY)
    replace_secret(path, b"second secret")
    assert path.read_bytes() == b"second secret"
    assert os.pread(old, 100, 0) != b"first secret" and os.fstat(old).st_nlink == 0
    os.close(old)
    assert path.stat().st_mode & 0o777 == 0o600
