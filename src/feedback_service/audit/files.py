"""SQLite files as an examiner opens them: without changing a byte, tables and raw content alike."""

from __future__ import annotations

import mmap
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from ..errors import FeedbackError

DATABASE = "feedback.sqlite"


class UnreadableFile(FeedbackError):
    """A file that is no database, or that can't be opened."""

    status = 500
    code = "audit-file-unreadable"
    message = "%(file)s can't be read as a database: %(reason)s. Run the audit as its owner or as root."


@dataclass(frozen=True, slots=True)
class Table:
    """A table's name, columns with their declared types, and whether its rows are numbered."""

    name: str
    columns: tuple[tuple[str, str], ...]
    has_rowid: bool


@contextmanager
def opened(path: Path) -> Iterator[sqlite3.Connection]:
    """A database for reading. Raises `UnreadableFile`."""
    try:
        database = _open(path, "mode=ro")
    except sqlite3.Error:
        try:
            # Beside the journal of a crash SQLite refuses to read, since it may not mend; as it lies it can.
            database = _open(path, "immutable=1")
        except sqlite3.Error as error:
            raise UnreadableFile(file=path, reason=error) from None
    try:
        yield database
    finally:
        database.close()


def _open(path: Path, how: str) -> sqlite3.Connection:
    database = sqlite3.connect(f"file:{quote(str(path.resolve()))}?{how}", uri=True, timeout=60)
    try:
        database.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except sqlite3.Error:
        database.close()
        raise
    return database


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
def raw(path: Path) -> Iterator[mmap.mmap]:
    """A file's bytes."""
    with path.open("rb") as source, mmap.mmap(source.fileno(), 0, access=mmap.ACCESS_READ) as content:
        yield content
