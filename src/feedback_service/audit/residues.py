"""What SQLite may leave behind: journals, write-ahead logs, what was deleted, tags of known answers."""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from .files import DATABASE, MAGIC, opened, raw, spool_files, writes_ahead
from .known import Known
from .model import Check, Verdict, held, listed, none_of, not_looked_at
from .pages import DamagedFile, Pages
from .search import Needles, files_below, places, search
from .slots import used_slots

_TRIES = 20
_PAUSE_SECONDS = 0.1
_LOOKED_AT_ENVELOPES = 2000
_BEGINNING = 24
# Where a free block was, its place and size may stand, four bytes; whatever somebody wrote is longer.
_CONTENT = re.compile(rb"[^\0]{5}")


def check_residues(folder: Path, known: Sequence[Known], also: Sequence[Path]) -> list[Check]:
    """Line 9."""
    databases = [path for path in (folder / DATABASE, *spool_files(folder)) if path.exists()]
    logs = [path.name for path in databases if writes_ahead(path) or Path(f"{path}-wal").exists()]
    return [
        none_of(9, "journals at rest", _journals(databases), "0 bytes"),
        none_of(9, "write-ahead logging", logs, "off"),
        *(_dead(folder, path) for path in databases),
        *_second_copies(folder / DATABASE),
        *_tags(folder, known, also),
    ]


def _journals(databases: Sequence[Path]) -> list[str]:
    """Journals that stay longer than a transaction: a living service opens and cuts them all the time."""
    left: list[str] = []
    for _ in range(_TRIES):
        left = [f"{path.name}{end}" for path in databases for end in ("-journal", "-wal") if _size(path, end)]
        if not left:
            break
        time.sleep(_PAUSE_SECONDS)
    return left


def _size(path: Path, end: str) -> int:
    try:
        return Path(f"{path}{end}").stat().st_size
    except FileNotFoundError:
        return 0


def _dead(folder: Path, path: Path) -> Check:
    """Whatever isn't alive in a file is zeros."""
    name = f"what was deleted, {path.relative_to(folder)}"
    with opened(path) as database, raw(path) as content:
        # A reader's lock: nothing is written while the pages are followed.
        database.execute("BEGIN")
        roots = [
            page for (page,) in database.execute("SELECT rootpage FROM sqlite_master WHERE rootpage > 0")
        ]
        if not content.startswith(MAGIC) if isinstance(content, bytes) else content[:16] != MAGIC:
            return not_looked_at(9, name, "an empty file")
        found: Counter[str] = Counter()
        try:
            for kind, begin, end in Pages(content).dead([1, *roots]):
                found[kind] += bool(_CONTENT.search(content[begin:end]))
        except (DamagedFile, IndexError) as error:
            return Check(9, name, f"its pages don't fit together: {error}", "zeros", Verdict.FINDING)
    left = [f"{number} × {kind}" for kind, number in found.items() if number]
    return held(9, name, listed(left) if left else "zeros", "zeros", not left)


def _second_copies(path: Path) -> list[Check]:
    """Envelopes that lie more than once in the file."""
    if not path.exists():
        return []
    with opened(path) as database:
        query = "SELECT CAST(body AS BLOB) FROM envelope ORDER BY random() LIMIT ?"
        bodies = [body for (body,) in database.execute(query, (_LOOKED_AT_ENVELOPES,))]
    # From its middle: the first bytes of every envelope are alike.
    parts = {body[len(body) // 2 :][:_BEGINNING] for body in bodies}
    found = places(path, sorted(part for part in parts if len(part) == _BEGINNING))
    copies = sum(len(offsets) > 1 for offsets in found.values())
    return [held(9, f"copies of {len(bodies)} envelopes in free space", copies, "0", copies == 0)]


def _tags(folder: Path, known: Sequence[Known], also: Sequence[Path]) -> list[Check]:
    """A form's tag and id stand in its slot until the mix, and nowhere else, in no shape."""
    names = {name for one in known for name in (one.tag, one.id) if name}
    if not names:
        return [not_looked_at(9, "tags of known answers outside their slots", "--markers tells none")]
    astray, spools = [], spool_files(folder)
    for path in spools:
        alive = Counter(name for slot in used_slots(path) for name in (slot.tag, slot.id) if name in names)
        found = places(path, sorted(names))
        # Read after the file: what came or went in between is no residue.
        alive |= Counter(name for slot in used_slots(path) for name in (slot.tag, slot.id) if name in names)
        if any(len(offsets) > alive[name] for name, offsets in found.items()):
            astray.append(path.name)
    needles = Needles(names)
    elsewhere = [path for one in (folder, *also) for path in files_below(one) if path not in spools]
    found_elsewhere = search([path for path in elsewhere if path.exists()], needles)
    astray += [Path(hit).name for hit in found_elsewhere.hits]
    return [none_of(9, f"{len(names):,} tags and ids outside their slots", astray)]
