"""Does anything on the disk tell in which order answers came? Every guess an examiner has, measured."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .files import DATABASE, opened, raw, spool_files, tables
from .known import Known
from .matching import Match, match_rows, match_slots, read_rows
from .model import Check, Verdict, held, not_looked_at
from .order import FEWEST, certain_limit, noise_limit, spearman
from .search import places

_PART = 24


@dataclass(frozen=True, slots=True)
class _Found:
    """A row that belongs to a known answer: its place among those, in the table, its number, its values."""

    arrival: int
    position: int
    number: int
    values: tuple[Any, ...]

    @property
    def longest(self) -> bytes:
        """Its longest value."""
        texts = (value if isinstance(value, bytes) else str(value).encode() for value in self.values)
        return max(texts, key=len, default=b"")


def check_order(folder: Path, known: Sequence[Known], texts_of: Mapping[bytes, str]) -> list[Check]:
    """Line 7, a line for each file that may hold known answers."""
    checks = [_sorted(folder)]
    if not known:
        return [*checks, not_looked_at(7, "order of arrival", "needs --markers")]
    store = folder / DATABASE
    checks.append(_measured(store, "envelope", match_rows(folder, known, texts_of)))
    checks += [_measured(path, "slot", match_slots(known)) for path in spool_files(folder)]
    return checks


def _sorted(folder: Path) -> Check:
    """Without known answers too: rows that aren't sorted by their key lie in some other order."""
    with opened(folder / DATABASE) as database:
        names = {table.name: dict(table.columns) for table in tables(database)}
        if not {"round_id", "key"} <= names.get("envelope", {}).keys():
            return held(7, "rows sorted by their keys", "there are no keys", "all", False)
        keys = [tuple(row) for row in database.execute("SELECT round_id, key FROM envelope")]
    return held(7, "rows sorted by their keys", f"{len(keys)} rows", "all", keys == sorted(keys))


def _measured(path: Path, table: str, match: Match) -> Check:
    name = f"order in {path.parent.name}/{path.name}"
    numbered, rows = _matched(path, table, match)
    if len(rows) < FEWEST:
        return not_looked_at(7, name, f"{len(rows)} known answers in it; {FEWEST} are needed")
    guesses = dict(_guesses(path, rows, numbered=numbered))
    worst = max(guesses, key=lambda guess: abs(guesses[guess]))
    size, n = abs(guesses[worst]), len(rows)
    verdict = Verdict.OK
    if size > noise_limit(n):
        # Chance alone does that once in 370 looks; after another mix it is gone, an order is not.
        verdict = Verdict.FINDING if size > certain_limit(n) else Verdict.WARNING
    found = f"max |ρ| {size:.3f} ({worst}) of {len(guesses)} guesses, n = {n}"
    return Check(7, name, found, f"{noise_limit(n):.3f}", verdict)


def _matched(path: Path, table: str, match: Match) -> tuple[bool, list[_Found]]:
    """The rows of known answers in their true order, and whether rows are numbered."""
    with opened(path) as database:
        kinds = {one.name: one.has_rowid for one in tables(database)}
        if table not in kinds:
            return False, []
        found = []
        for position, (number, *values) in enumerate(read_rows(database, table, numbered=kinds[table])):
            arrival = match(tuple(values))
            if arrival is not None:
                found.append(_Found(arrival, position, number, tuple(values)))
    return kinds[table], sorted(found, key=lambda row: row.arrival)


def _guesses(path: Path, rows: Sequence[_Found], *, numbered: bool) -> Iterator[tuple[str, float]]:
    """Each guess an examiner has about the order of these rows, with its ρ."""
    yield "order of SELECT", spearman([row.position for row in rows])
    if numbered:
        yield "row number", spearman([row.number for row in rows])
    for column, values in enumerate(zip(*(row.values for row in rows), strict=True)):
        if len({type(value) for value in values}) == 1 and len(set(values)) > 1:
            yield f"column {column + 1}", spearman(values)
    with raw(path) as content:
        page_bytes = int.from_bytes(content[16:18], "big")
    page = 65536 if page_bytes == 1 else page_bytes
    for part, offsets in _offsets(path, rows).items():
        yield f"{part} in the file", spearman(offsets)
        yield f"page of its {part}", spearman([offset // page for offset in offsets])
        yield f"{part} in its page", spearman([offset % page for offset in offsets])
        yield f"page of its neighbour's {part}", spearman(_neighbours(rows, offsets, page))


def _offsets(path: Path, rows: Sequence[_Found]) -> dict[str, list[int]]:
    """Where each row's longest value begins, and where it ends (on an overflow page, if it has one)."""
    longest = [row.longest for row in rows]
    parts = {
        # From the first random bytes: all envelopes begin alike.
        "beginning": [text[2:][:_PART] if len(text) > 2 * _PART else text for text in longest],
        "end": [text[-_PART:] for text in longest],
    }
    found = places(path, sorted({text for texts in parts.values() for text in texts if text}))
    return {
        part: [found[text][0] for text in texts]
        for part, texts in parts.items()
        if all(found.get(text) for text in texts)
    }


def _neighbours(rows: Sequence[_Found], offsets: Sequence[int], page: int) -> list[int]:
    """For each row the page of the one after it in the table."""
    in_table = sorted(range(len(rows)), key=lambda place: rows[place].position)
    following = dict(zip(in_table, [*in_table[1:], in_table[0]], strict=True))
    return [offsets[following[place]] // page for place in range(len(rows))]
