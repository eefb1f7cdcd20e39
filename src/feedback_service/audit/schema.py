"""Tables and columns: only those on the audit's list, nothing finer than a day, no numbered submissions."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from .allowed import ABOUT_SUBMISSIONS, DATES, SLOT_TABLES, TABLES, may_be
from .files import DATABASE, Table, opened, spool_files, tables
from .model import Check, held

_TIME_TYPE = re.compile(r"TIME|DATE|CLOCK")
_TIME_NAME = re.compile(r"(^|_)(at|time|timestamp|created|updated|received|arrived|submitted|when|date)($|_)")
_EPOCH_UNITS = (1, 1_000, 1_000_000, 1_000_000_000)
_YEARS = timedelta(days=3650)
_LOOKED_AT_ROWS = 1000


def check_schema(folder: Path) -> list[Check]:
    """Lines 2 and 5 about what the tables and files are."""
    with opened(folder / DATABASE) as database:
        found = tables(database)
        strange = sorted(_strange(found, TABLES))
        counting = sorted(_counting(database, found))
        times = sorted(_times(database, found))
    for path in spool_files(folder):
        with opened(path) as spool:
            strange += [f"{path.name}: {one}" for one in _strange(tables(spool), SLOT_TABLES)]
    files = [str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()]
    unknown = sorted(name for name in files if not may_be(name))
    return [
        held(2, "tables and columns", _listed(strange), "only those on the list", not strange),
        held(2, "files in the data folder", _listed(unknown), "only those on the list", not unknown),
        held(5, "row numbers, indexes, triggers", _listed(counting), "none about submissions", not counting),
        held(5, "times finer than a day", _listed(times), "none", not times),
    ]


def _strange(found: list[Table], allowed: dict[str, frozenset[str]]) -> Iterator[str]:
    for table in found:
        if table.name not in allowed:
            yield f"table {table.name}"
            continue
        for column, _ in table.columns:
            if column not in allowed[table.name]:
                yield f"column {table.name}.{column}"


def _counting(database: sqlite3.Connection, found: list[Table]) -> Iterator[str]:
    for table in found:
        if table.has_rowid and table.name in ABOUT_SUBMISSIONS:
            yield f"{table.name} has row numbers"
    query = (
        "SELECT type, name, tbl_name FROM sqlite_master WHERE type IN ('trigger', 'view')"
        " OR name = 'sqlite_sequence'"
        " OR type = 'index' AND tbl_name IN (SELECT value FROM json_each(?)) AND rootpage > 0"
    )
    own = {table.name for table in found if not table.has_rowid}
    names = '["' + '", "'.join(ABOUT_SUBMISSIONS) + '"]'
    for kind, name, table_name in database.execute(query, (names,)):
        # The index of a table without row numbers is the table itself.
        if not (kind == "index" and table_name in own and name.startswith("sqlite_autoindex_")):
            yield f"{kind} {name}"


def _times(database: sqlite3.Connection, found: list[Table]) -> Iterator[str]:
    for table in found:
        for column, declared in table.columns:
            if (table.name, column) in DATES:
                if any(len(str(value)) > 10 for value in _values(database, table.name, column)):
                    yield f"{table.name}.{column} is finer than a day"
            elif _TIME_TYPE.search(declared) or _TIME_NAME.search(column):
                yield f"{table.name}.{column}"
            elif table.name in ABOUT_SUBMISSIONS and any(
                _is_a_time(value) for value in _values(database, table.name, column)
            ):
                yield f"{table.name}.{column} holds times"


def _values(database: sqlite3.Connection, table: str, column: str) -> list[object]:
    query = f'SELECT "{column}" FROM "{table}" LIMIT {_LOOKED_AT_ROWS}'  # noqa: S608  names from the schema
    return [value for (value,) in database.execute(query)]


def _is_a_time(value: object) -> bool:
    """Whether a value reads as a moment within ten years of now."""
    now = datetime.now(UTC)
    if isinstance(value, str):
        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            return False
        return abs(now - moment.replace(tzinfo=moment.tzinfo or UTC)) < _YEARS
    if isinstance(value, int | float) and not isinstance(value, bool):
        return any(abs(value / unit - now.timestamp()) < _YEARS.total_seconds() for unit in _EPOCH_UNITS)
    return False


def _listed(names: list[str]) -> str:
    shown = ", ".join(names[:5])
    return f"{shown} and {len(names) - 5} more" if len(names) > 5 else shown or "nothing else"
