"""Files that must be whole or not be there, and files whose old content must go."""

from __future__ import annotations

import os
from pathlib import Path


def write_durably(path: Path, content: str | bytes) -> None:
    """Write a file whole or not at all, readable by its owner only, on disk when this returns."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    unfinished = path.with_name(path.name + ".new")
    handle = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as out:
        out.write(content.encode() if isinstance(content, str) else content)
        out.flush()
        os.fsync(out.fileno())
    unfinished.rename(path)
    _sync_folder(path.parent)


def replace_secret(path: Path, content: bytes) -> None:
    """The same, and what stood there before is overwritten.

    A disk may keep copies of its own (flash, copy on write): this takes away what lies in the open.
    """
    old = os.open(path, os.O_WRONLY) if path.exists() else None
    try:
        write_durably(path, content)
        if old is not None:
            os.pwrite(old, os.urandom(os.fstat(old).st_size), 0)
            os.fsync(old)
    finally:
        if old is not None:
            os.close(old)


def _sync_folder(path: Path) -> None:
    folder = os.open(path, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
