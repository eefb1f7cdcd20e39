"""Files that must be whole or not be there, and files whose old content must go."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

_PART = 1 << 20


@contextmanager
def durable_file(path: Path) -> Iterator[BinaryIO]:
    """A file to write to: whole, on disk and its owner's only when the block ends, or not there at all."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    unfinished = path.with_name(path.name + ".new")
    handle = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(handle, "wb") as out:
            yield out
            out.flush()
            os.fsync(out.fileno())
    except BaseException:
        unfinished.unlink()
        raise
    unfinished.rename(path)
    sync_folder(path.parent)


def write_durably(path: Path, content: str | bytes) -> None:
    """Write a file whole or not at all, readable by its owner only, on disk when this returns."""
    with durable_file(path) as out:
        out.write(content.encode() if isinstance(content, str) else content)


@contextmanager
def old_content_goes(path: Path) -> Iterator[None]:
    """What stood in a file before the block, which puts another in its place, is overwritten after it.

    A disk may keep copies of its own (flash, copy on write): this takes away what lies in the open.
    """
    old = os.open(path, os.O_WRONLY) if path.exists() else None
    try:
        yield
        if old is not None:
            _overwrite(old)
    finally:
        if old is not None:
            os.close(old)


def replace_secret(path: Path, content: bytes) -> None:
    """Write a file durably, and what stood there before is overwritten."""
    with old_content_goes(path):
        write_durably(path, content)


def _overwrite(handle: int) -> None:
    size = os.fstat(handle).st_size
    for start in range(0, size, _PART):
        os.pwrite(handle, os.urandom(min(_PART, size - start)), start)
    os.fsync(handle)


def sync_folder(path: Path) -> None:
    """Make what was renamed or removed in a folder durable."""
    folder = os.open(path, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
