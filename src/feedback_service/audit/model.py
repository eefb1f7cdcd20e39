"""What an audit reads and what it says: tables of any database, and one line for each thing looked at."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol

Row = tuple[Any, ...]


class Verdict(StrEnum):
    """How a line ends. Only a finding fails the audit."""

    OK = "ok"
    WARNING = "warning"
    FINDING = "finding"
    NOT_LOOKED_AT = "not looked at"


@dataclass(frozen=True, slots=True)
class Check:
    """One line: the design's number, what was looked at, what was found, and what it may be at most."""

    number: int
    looked_at: str
    found: str
    limit: str
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Table:
    """A table's name, columns with their declared types, and whether its rows are numbered."""

    name: str
    columns: tuple[tuple[str, str], ...]
    has_rowid: bool


class Database(Protocol):
    """An open database of the service, whichever kind."""

    def tables(self) -> list[Table]:
        """Every table; a table's partitions are the table."""

    def select(self, table: str, columns: Sequence[str]) -> Iterator[Row]:
        """All rows in the order in which the database gives them."""

    def additions(self) -> Iterator[str]:
        """Triggers, views, sequences, and indexes on tables about submissions."""


class Store(Protocol):
    """A database that isn't open yet."""

    def opened(self) -> AbstractContextManager[Database]:
        """Open it for reading. Raises `UnreadableFile` or the like."""


def columns_of(database: Database, table: str) -> frozenset[str]:
    """A table's columns; none where there is no such table."""
    return frozenset(
        name for one in database.tables() if one.name == table for name, _declared in one.columns
    )


def held(number: int, looked_at: str, found: object, limit: object, holds: bool) -> Check:
    """A line that is a finding unless it `holds`."""
    return Check(number, looked_at, str(found), str(limit), Verdict.OK if holds else Verdict.FINDING)


def none_of(number: int, looked_at: str, names: Sequence[str], limit: str = "none") -> Check:
    """A line that is a finding if there are any."""
    return held(number, looked_at, listed(names), limit, not names)


def hardened(number: int, looked_at: str, found: object, limit: object, holds: bool) -> Check:
    """A line about the machine, which an installation may fall short of: a warning unless it `holds`."""
    return Check(number, looked_at, str(found), str(limit), Verdict.OK if holds else Verdict.WARNING)


def not_looked_at(number: int, looked_at: str, why: str) -> Check:
    """A line that says honestly that nothing was seen."""
    return Check(number, looked_at, why, "", Verdict.NOT_LOOKED_AT)


def listed(names: Sequence[str], most: int = 4) -> str:
    """The first of them, and how many more."""
    shown = ", ".join(names[:most])
    return f"{shown} and {len(names) - most} more" if len(names) > most else shown or "none"
