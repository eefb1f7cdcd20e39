"""What SQLite may leave behind: journals, write-ahead logs, free pages, second copies of an envelope."""

from __future__ import annotations

import time
from pathlib import Path

from .files import DATABASE, opened, raw, spool_files
from .model import Check, held
from .search import places

_WAL_MODE = 2
_TRIES = 20
_PAUSE_SECONDS = 0.1
_LOOKED_AT_ENVELOPES = 2000
_BEGINNING = 24


def check_residues(folder: Path) -> list[Check]:
    """Line 9."""
    databases = [folder / DATABASE, *spool_files(folder)]
    logs = [path.name for path in databases if _writes_ahead(path)]
    left = _journals(databases)
    copies, looked_at = _second_copies(folder / DATABASE)
    return [
        held(9, "journals at rest", ", ".join(left) or "0 bytes", "0 bytes", not left),
        held(9, "write-ahead logging", ", ".join(logs) or "off", "off", not logs),
        held(9, f"copies of {looked_at} envelopes in free space", copies, "0", not copies),
    ]


def _writes_ahead(path: Path) -> bool:
    with raw(path) as content:
        return _WAL_MODE in (content[18], content[19]) or Path(f"{path}-wal").exists()


def _journals(databases: list[Path]) -> list[str]:
    """Journals that stay longer than a transaction: a living service opens and cuts them all the time."""
    for _ in range(_TRIES):
        left = [
            f"{path.name}{end}"
            for path in databases
            for end in ("-journal", "-wal")
            if (file := Path(f"{path}{end}")).exists() and file.stat().st_size
        ]
        if not left:
            break
        time.sleep(_PAUSE_SECONDS)
    return left


def _second_copies(path: Path) -> tuple[int, int]:
    """How many of the looked-at envelopes lie more than once in the file, and how many were looked at."""
    with opened(path) as database:
        query = "SELECT CAST(body AS BLOB) FROM envelope ORDER BY random() LIMIT ?"
        bodies = [body for (body,) in database.execute(query, (_LOOKED_AT_ENVELOPES,))]
    # From its middle: the first bytes of every envelope are alike.
    parts = {body[len(body) // 2 :][:_BEGINNING] for body in bodies}
    found = places(path, sorted(part for part in parts if len(part) == _BEGINNING))
    return sum(len(offsets) > 1 for offsets in found.values()), len(bodies)
