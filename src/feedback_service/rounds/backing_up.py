"""Makes the one generation of a backup: the store as the last mix left it, settings, public keys.

One, overwritten: copies of the disk from different days show between which mixes an answer came. Not in it:
private keys (they are kept elsewhere, so that a backup opens nothing), the mix's key, and what waits in the
spools, which is at most what came since the last mix. In it, though secret: the mixing keys and peppers of
open rounds, since they stand in the store's rows. Without them an answer that is sent again after a restore
would be counted twice, no receipt would delete anything, and no printed code would be good. They are
destroyed at the close: so the backup is to be made anew after it.
"""

from __future__ import annotations

import io
import tarfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import IO

from sqlalchemy import text

from ..errors import FeedbackError
from ..files import durable_file, old_content_goes, write_durably
from ..settings import SETTINGS_FILE
from ..storage.session import DATABASE, Store

FORMAT_FILE = "feedback-backup"
FORMAT = b"feedback-backup/1\n"
SUMS = "SHA256SUMS"
NAME = "feedback-backup.tar"
# In the data folder: holds a path and nothing else. That there is a backup says nothing about an answer.
_NOTE = "backup.path"
_SQLITE = "sqlite"


class NotSqlite(FeedbackError):
    """The store is a server of its own."""

    status = 409
    code = "backup-not-sqlite"
    message = (
        "The store is not the data folder's SQLite. Back it up with its own tools (pg_dump for PostgreSQL),"
        " one generation only: see docs/operating.md."
    )


class UnusableTarget(FeedbackError):
    """A place where no backup can or should be written."""

    status = 422
    code = "backup-target-unusable"
    message = "%(target)s can't be used: %(reason)s. Nothing was written."


@dataclass(frozen=True, slots=True)
class BackedUp:
    """What was written."""

    target: Path
    size: int
    replaced: bool


def back_up(store: Store, to: Path, progress: Callable[[str], None] = lambda _stage: None) -> BackedUp:
    """Write the backup; one that was there is gone. Raises `NotSqlite`, `UnusableTarget`."""
    if store.engine.dialect.name != _SQLITE:
        raise NotSqlite
    target = usable_target(store.folder, to)
    replaced = target.exists()
    with store.one_mix():
        # In the order of its keys, and without pages that an unfinished quarter's work left.
        progress("rewriting the store")
        store.vacuum([])
        progress("writing the backup")
        with _nobody_writes(store), old_content_goes(target), durable_file(target) as out:
            _write(store, out)
    write_durably(store.folder / _NOTE, f"{target}\n")
    return BackedUp(target, target.stat().st_size, replaced)


def noted_target(folder: Path) -> Path | None:
    """Where the newest backup of this data folder was written to; `None` where none was."""
    note = folder / _NOTE
    return Path(note.read_text("utf-8").removesuffix("\n")) if note.exists() else None


def usable_target(folder: Path, to: Path) -> Path:
    """The file to write, absolute. Raises `UnusableTarget`."""
    target = (to / NAME if to.is_dir() else to).resolve()
    if target.is_relative_to(folder.resolve()):
        raise UnusableTarget(target=target, reason="it lies in the data folder and would be lost with it")
    if not target.parent.is_dir():
        raise UnusableTarget(target=target, reason=f"there is no folder {target.parent}")
    if target.exists() and not is_backup(target):
        raise UnusableTarget(target=target, reason="a file is there that is no backup; it is not overwritten")
    return target


def is_backup(path: Path) -> bool:
    """Whether a file begins as a backup does."""
    if not path.is_file():
        return False
    with path.open("rb") as file:
        return file.read(len(FORMAT_FILE) + 1) == FORMAT_FILE.encode() + b"\0"


@contextmanager
def _nobody_writes(store: Store) -> Iterator[None]:
    """While the block runs the database's file doesn't change: SQLite's own shared lock is held.

    So its bytes can be copied as they lie, without a second copy in between. Closing the file in this process
    gives the lock up (POSIX): it is closed after the last byte only.
    """
    with store.read() as connection:
        connection.execute(text("SELECT count(*) FROM round"))
        yield


def _write(store: Store, out: IO[bytes]) -> None:
    sums: list[str] = []
    with tarfile.open(fileobj=out, mode="w") as archive:
        _add(archive, FORMAT_FILE, io.BytesIO(FORMAT), len(FORMAT))
        for path in _files(store):
            with path.open("rb") as file:
                hashed = _Hashed(file)
                name = str(path.relative_to(store.folder))
                _add(archive, name, hashed, path.stat().st_size)
                sums.append(f"{hashed.digest}  {name}\n")
        content = "".join(sums).encode()
        _add(archive, SUMS, io.BytesIO(content), len(content))


def _files(store: Store) -> list[Path]:
    settings = [path for path in [store.folder / SETTINGS_FILE] if path.exists()]
    recordings = sorted(store.audio_folder.glob("*/*"))
    return [*settings, *sorted(store.key_folder.glob("*.pub")), *recordings, store.folder / DATABASE]


def _add(archive: tarfile.TarFile, name: str, source: IO[bytes] | _Hashed, size: int) -> None:
    # No owner and no time: the same store gives the same bytes.
    info = tarfile.TarInfo(name)
    info.size, info.mode = size, 0o600
    archive.addfile(info, source)  # type: ignore[arg-type]


class _Hashed:
    """A file that is read once, and what was read."""

    def __init__(self, source: IO[bytes]) -> None:
        self._source = source
        self._hash = sha256()

    def read(self, size: int) -> bytes:
        """Some more of it."""
        content = self._source.read(size)
        self._hash.update(content)
        return content

    @property
    def digest(self) -> str:
        """SHA-256 in hex of all that was read."""
        return self._hash.hexdigest()
