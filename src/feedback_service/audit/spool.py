"""The spools: what waits in them, that unused slots look like used ones, and that nothing stale is there."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from .files import DATABASE, opened, spool_files, tables
from .model import Check, Verdict, held, not_looked_at

_LOOKED_AT_SLOTS = 200
# χ² with 255 degrees of freedom: mean 255, deviation 22.6. Random bytes pass six of them once in a billion.
_CHI_SQUARE = 255 + 6 * 22.6


def check_spool(folder: Path) -> list[Check]:
    """Line 11."""
    files = spool_files(folder)
    if not files:
        return [not_looked_at(11, "spools", "there are none yet")]
    waiting: Counter[int] = Counter()
    standing_by, chi = 0, 0.0
    for path in files:
        with opened(path) as spool:
            accepting = bool(spool.execute("SELECT accepting FROM gate").fetchone()[0])
            used = spool.execute("SELECT CAST(content AS BLOB) FROM slot WHERE used = 1").fetchall()
            query = "SELECT CAST(content AS BLOB) FROM slot WHERE used = 0 ORDER BY random() LIMIT ?"
            unused = b"".join(one for (one,) in spool.execute(query, (_LOOKED_AT_SLOTS,)))
        waiting.update(int.from_bytes(content[:4], "big") for (content,) in used)
        standing_by += 0 if accepting else len(used)
        chi = max(chi, _chi_square(unused)) if unused else chi
    late = sum(number for one, number in waiting.items() if one in _over(folder))
    return [
        Check(
            11,
            "answers that wait in the spools",
            str(waiting.total()),
            "≤ 10 of each kind after a mix",
            Verdict.OK,
        ),
        held(11, "used slots in files that stand by", standing_by, "0", standing_by == 0),
        held(11, "used slots of rounds that are over", late, "0", late == 0),
        held(
            11, "unused slots are random (largest χ²)", f"{chi:.0f}", f"{_CHI_SQUARE:.0f}", chi < _CHI_SQUARE
        ),
    ]


def _over(folder: Path) -> set[int]:
    """The numbers of rounds that are closed for good."""
    with opened(folder / DATABASE) as database:
        columns = {table.name: dict(table.columns) for table in tables(database)}.get("round", {})
        if not {"number", "state"} <= columns.keys():
            return set()
        query = "SELECT number FROM round WHERE state NOT IN ('open', 'ending', 'closing')"
        return {number for (number,) in database.execute(query)}


def _chi_square(content: bytes) -> float:
    expected = len(content) / 256
    counts = Counter(content)
    return sum((counts[byte] - expected) ** 2 / expected for byte in range(256))
