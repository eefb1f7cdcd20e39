"""Which stored row belongs to which known answer, by everything that an examiner with root may have."""

from __future__ import annotations

import hashlib
import hmac
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from .files import DATABASE, opened, tables
from .known import Known

Row = tuple[Any, ...]
# Gives the place of the known answer in the order of arrival, or `None`.
Match = Callable[[Row], int | None]

_HALF = 8


def match_rows(folder: Path, known: Sequence[Known], texts_of: Mapping[bytes, str]) -> Match:
    """Match rows of the store: by their own bytes, by the mixing keys of open rounds, by opened envelopes.

    `texts_of` gives what came out of an envelope, for those that were opened.
    """
    by_key = _keys(folder, known)
    needles = [(place, text) for place, one in enumerate(known) for text in _texts(one)]
    markers = {marker: place for place, one in enumerate(known) for marker in one.markers}

    def match(row: Row) -> int | None:
        for value in row:
            if isinstance(value, bytes) and value in by_key:
                return by_key[value]
            if isinstance(value, bytes) and value in texts_of:
                content = texts_of[value]
                return next((place for marker, place in markers.items() if marker in content), None)
        whole = b"\0".join(_as_bytes(value) for value in row)
        # Sealed rows of one length hold nothing to be found; this is for stores that hold more.
        if len(needles) > 0 and not _looks_sealed(row):
            return next((place for place, text in needles if text in whole), None)
        return None

    return match


def match_slots(known: Sequence[Known]) -> Match:
    """Match slots of a spool, in which the form's tag stands readable until the mix."""
    by_tag = {one.tag: place for place, one in enumerate(known) if one.tag}

    def match(row: Row) -> int | None:
        _number, used, content = row
        return by_tag.get(bytes(content)[5:21]) if used and isinstance(content, bytes) else None

    return match


def _keys(folder: Path, known: Sequence[Known]) -> dict[bytes, int]:
    """The key that each known answer has in each round whose mixing key still lies in the database."""
    found: dict[bytes, int] = {}
    for secret in _mixing_keys(folder):
        for place, one in enumerate(known):
            if one.tag and one.id:
                found[_half(secret, one.tag) + _half(secret, one.tag + one.id)] = place
    return found


def _mixing_keys(folder: Path) -> list[bytes]:
    with opened(folder / DATABASE) as database:
        columns = {table.name: dict(table.columns) for table in tables(database)}
        if "mixing_key" not in columns.get("round", {}):
            return []
        found = database.execute("SELECT CAST(mixing_key AS BLOB) FROM round").fetchall()
    return [key for (key,) in found if any(key)]


def _half(secret: bytes, message: bytes) -> bytes:
    return hmac.new(secret, message, hashlib.sha256).digest()[:_HALF]


def _texts(one: Known) -> list[bytes]:
    return [*(marker.encode() for marker in one.markers), *([one.tag] if one.tag else [])]


def _looks_sealed(row: Row) -> bool:
    return any(isinstance(value, bytes) and len(value) > 1000 and value[:2] == b"\x01\x04" for value in row)


def _as_bytes(value: Any) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode("utf-8", "surrogateescape")


def read_rows(database: sqlite3.Connection, table: str, *, numbered: bool) -> sqlite3.Cursor:
    """All rows as the database gives them without being asked for an order; the row number first."""
    first = "rowid" if numbered else "0"
    return database.execute(f'SELECT {first}, * FROM "{table}"')  # noqa: S608  a name from the schema
