"""Looks into a spool file beside its writer: changes nothing, and never keeps a commit waiting for long.

A part at a time: while one is read a commit waits, and reading a large file whole would take seconds. What is
dealt anew between two parts may be met twice or not at all: good enough for a look, never for a mix.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

from .slot import DamagedSlot, Head, unpacked

# 4 MB, some milliseconds.
_PART = 1024
_SECONDS_TO_WAIT = 10.0
_WAITING = "SELECT CAST(content AS BLOB) FROM slot WHERE used = 1 AND number BETWEEN ? AND ?"


def look(path: Path) -> Iterator[Head | None]:
    """What waits in a file; `None` for a damaged slot. Raises `sqlite3.Error`.

    So it does, too, where a crash left a journal: only a writer may mend that.
    """
    address = f"file:{quote(str(path.resolve()))}?mode=ro"
    with closing(sqlite3.connect(address, uri=True, timeout=_SECONDS_TO_WAIT)) as database:
        highest = database.execute("SELECT coalesce(max(number), 0) FROM slot").fetchone()[0]
        for start in range(1, highest + 1, _PART):
            for (content,) in database.execute(_WAITING, (start, start + _PART - 1)).fetchall():
                try:
                    yield unpacked(content).head
                except DamagedSlot:
                    yield None
