"""The service's database in the data folder, read without a byte being changed."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from .allowed import ABOUT_SUBMISSIONS, SLOT_TABLES
from .files import opened, read_rows, tables
from .model import Database, Row, Table

_ABOUT = (*ABOUT_SUBMISSIONS, *SLOT_TABLES)


@dataclass(frozen=True, slots=True)
class SqliteStore:
    """A file."""

    path: Path

    @contextmanager
    def opened(self) -> Iterator[Database]:
        """Open it. Raises `UnreadableFile`."""
        with opened(self.path) as database:
            yield SqliteDatabase(database)


@dataclass(frozen=True, slots=True)
class SqliteDatabase:
    """An open file."""

    connection: sqlite3.Connection

    def tables(self) -> list[Table]:
        """Every table."""
        return tables(self.connection)

    def select(self, table: str, columns: Sequence[str]) -> Iterator[Row]:
        """All rows in the order in which the database gives them."""
        yield from read_rows(self.connection, table, columns)

    def additions(self) -> Iterator[str]:
        """Triggers, views, counters, and indexes on tables about submissions."""
        own = {table.name for table in self.tables() if not table.has_rowid}
        query = "SELECT type, name, tbl_name, rootpage FROM sqlite_master"
        for kind, name, table, page in self.connection.execute(query).fetchall():
            # The index of a table without row numbers is the table itself.
            is_table = table in own and name.startswith("sqlite_autoindex_")
            is_index = kind == "index" and table in _ABOUT and page and not is_table
            if kind in ("trigger", "view") or is_index or name == "sqlite_sequence":
                yield f"{kind} {name}"
            elif kind == "table" and page == 0:
                yield f"virtual table {name}"
