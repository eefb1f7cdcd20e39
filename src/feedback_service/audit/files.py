"""SQLite files as an examiner opens them: without changing a byte, tables and raw content alike."""

from __future__ import annotations

import mmap
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from ..errors import FeedbackError
from .model import Table

DATABASE = "feedback.sqlite"
MAGIC = b"SQLite format 3\0"
_WAL_MODE = 2
_SECONDS_TO_WAIT = 60


class UnreadableFile(FeedbackError):
    """A file that is no database, or that can't be opened."""

    status = 500
    code = "audit-file-unreadable"
    message = "%(file)s can't be read as a database: %(reason)s. Run the audit as its owner or as root."


@contextmanager
def opened(path: Path) -> Iterator[sqlite3.Connection]:
    """A database for reading. Raises `UnreadableFile`, also for what goes wrong while it is read."""
    database = _opened(path)
    try:
        yield database
    except sqlite3.Error as error:
        raise UnreadableFile(file=path, reason=error) from None
    finally:
        database.close()


def _opened(path: Path) -> sqlite3.Connection:
    try:
        # Reading a write-ahead log would make a file beside it.
        return _open(path, "immutable=1" if writes_ahead(path) else "mode=ro")
    except sqlite3.Error:
        try:
            # Beside the journal of a crash SQLite refuses to read, since it may not mend; as it lies it can.
            return _open(path, "immutable=1")
        except sqlite3.Error as error:
            raise UnreadableFile(file=path, reason=error) from None


def _open(path: Path, how: str) -> sqlite3.Connection:
    database = sqlite3.connect(
        f"file:{quote(str(path.resolve()))}?{how}", uri=True, timeout=_SECONDS_TO_WAIT, isolation_level=None
    )
    database.text_factory = _text
    try:
        database.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except sqlite3.Error:
        database.close()
        raise
    return database


def _text(content: bytes) -> str:
    # A flipped bit may call a sealed body a text.
    return content.decode("utf-8", "surrogateescape")


def writes_ahead(path: Path) -> bool:
    """Whether a database's header asks for a write-ahead log, which keeps the order of writes."""
    try:
        with path.open("rb") as source:
            return _WAL_MODE in source.read(20)[18:20]
    except OSError as error:
        raise UnreadableFile(file=path, reason=error.strerror) from None


def tables(database: sqlite3.Connection) -> list[Table]:
    """All tables, SQLite's own left out."""
    listed = database.execute(
        "SELECT name, wr FROM pragma_table_list WHERE type = 'table' AND schema = 'main'"
    )
    return [
        Table(name, tuple(_columns(database, name)), has_rowid=not without)
        for name, without in sorted(listed)
        if not name.startswith("sqlite_")
    ]


def _columns(database: sqlite3.Connection, table: str) -> Iterator[tuple[str, str]]:
    for _, name, declared, *_ in database.execute("SELECT * FROM pragma_table_info(?)", (table,)):
        yield name, declared.upper()


def spool_files(folder: Path) -> list[Path]:
    """Every spool file of a data folder."""
    return sorted((folder / "spool").glob("*/*.spool"))


@contextmanager
def raw(path: Path) -> Iterator[bytes | mmap.mmap]:
    """A file's bytes."""
    with path.open("rb") as source:
        if not path.stat().st_size:
            yield b""
            return
        with mmap.mmap(source.fileno(), 0, access=mmap.ACCESS_READ) as content:
            yield content


def read_rows(database: sqlite3.Connection, table: str, columns: Sequence[str]) -> sqlite3.Cursor:
    """All rows as the database gives them without being asked for an order."""
    listed = ", ".join(one if one == "rowid" else f'"{one}"' for one in columns)
    return database.execute(f'SELECT {listed} FROM "{table}"')  # noqa: S608  names from the schema
