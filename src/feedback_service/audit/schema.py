"""Tables, columns and files: only those on the audit's list, nothing finer than a day, no numbered rows."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from .allowed import ABOUT_SUBMISSIONS, DATES, PUBLIC_TEXTS, SLOT_TABLES, TABLES, may_be
from .files import spool_files
from .model import Check, Database, Store, Table, none_of
from .stores import SqliteStore
from .times import TIME_NAME, TIME_TYPE, in_bytes, in_text, is_a_time, strange_dates

_LISTED = "only those on the list"
_SMALL = 64 * 1024


def check_schema(store: Store) -> list[Check]:
    """Lines 2 and 5 about the tables."""
    with store.opened() as database:
        found = database.tables()
        strange = sorted(_strange(found, TABLES))
        counting = [
            f"{table.name} has row numbers"
            for table in found
            if table.has_rowid and table.name in ABOUT_SUBMISSIONS
        ]
        counting += sorted(database.additions())
        times = sorted(_times(database, found))
    return [
        none_of(2, "tables and columns", strange, _LISTED),
        none_of(5, "row numbers, indexes, triggers", counting, "none about submissions"),
        none_of(5, "times finer than a day in tables", times),
    ]


def check_files(folder: Path) -> list[Check]:
    """Lines 2 and 5 about the files of the data folder, spools among them."""
    files = [path for path in sorted(folder.rglob("*")) if path.is_file() or path.is_symlink()]
    unknown = [name for path in files if not may_be(name := str(path.relative_to(folder)))]
    unknown += [f"attributes of {path.name}" for path in files if _attributes(path)]
    strange: list[str] = []
    times = [path.name for path in files if not path.is_symlink() and _tells_a_time(path)]
    for path in spool_files(folder):
        with SqliteStore(path).opened() as spool:
            found = spool.tables()
            strange += [f"{path.name}: {one}" for one in _strange(found, SLOT_TABLES)]
            strange += [f"{path.name}: {one}" for one in spool.additions()]
            times += [f"{path.name}: {one}" for one in _times(spool, found)]
    return [
        none_of(2, "files in the data folder", unknown, _LISTED),
        none_of(2, "tables and columns of spools", strange, _LISTED),
        none_of(5, "times finer than a day in files", times),
    ]


def _attributes(path: Path) -> bool:
    """A file can carry notes beside its content."""
    try:
        return any(name.startswith("user.") for name in os.listxattr(path, follow_symlinks=False))
    except OSError:
        return False


def _tells_a_time(path: Path) -> bool:
    """Whether a small text, as settings and keys are, has a moment in it."""
    try:
        return path.stat().st_size <= _SMALL and in_text(path.read_bytes().decode("utf-8"))
    except (UnicodeDecodeError, FileNotFoundError):
        return False


def _strange(found: list[Table], allowed: dict[str, frozenset[str]]) -> Iterator[str]:
    for table in found:
        if table.name not in allowed:
            yield f"table {table.name}"
            continue
        for column, _ in table.columns:
            if column not in allowed[table.name]:
                yield f"column {table.name}.{column}"


def _times(database: Database, found: list[Table]) -> Iterator[str]:
    for table in found:
        for column, declared in table.columns:
            name = f"{table.name}.{column}"
            if (table.name, column) in DATES:
                if any(strange_dates(value for (value,) in database.select(table.name, [column]))):
                    yield f"{name} is finer than a day"
            elif TIME_TYPE.search(declared) or TIME_NAME.search(column):
                yield name
            elif (table.name, column) not in PUBLIC_TEXTS and _holds_times(database, table.name, column):
                yield f"{name} holds times"


def _holds_times(database: Database, table: str, column: str) -> bool:
    beginnings: list[bytes] = []
    for (value,) in database.select(table, [column]):
        if isinstance(value, bytes):
            beginnings.append(value[:8] + value[-8:])
        elif is_a_time(value):
            return True
    return in_bytes(beginnings)
