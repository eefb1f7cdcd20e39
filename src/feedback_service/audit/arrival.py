"""Does anything on the disk tell in which order answers came? Every guess an examiner has, measured."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .files import opened, raw, read_rows, spool_files, tables
from .guesses import judge, neighbours, of_columns, of_places
from .known import Known
from .matching import Match, match_rows, match_slots
from .model import Check, Store, columns_of, held, not_looked_at
from .order import spearman
from .search import as_bytes, places
from .stores import SqliteStore

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
        return max(map(as_bytes, self.values), key=len, default=b"")


def check_sorted(store: Store) -> Check:
    """Line 7 without known answers: rows that aren't sorted by their key lie in some other order."""
    with store.opened() as database:
        if not {"round_id", "key"} <= columns_of(database, "envelope"):
            return held(7, "rows sorted by their keys", "there are no keys", "all", False)
        keys = [(number, as_bytes(key)) for number, key in database.select("envelope", ["round_id", "key"])]
    # In a partitioned table each round is sorted; in which order rounds come tells nothing.
    runs = list(dict.fromkeys(number for number, _ in keys))
    wanted = sorted(keys, key=lambda row: (runs.index(row[0]), row[1]))
    return held(7, "rows sorted by their keys", f"{len(keys)} rows", "all", keys == wanted)


def check_file_order(
    store: SqliteStore, known: Sequence[Known], texts_of: Mapping[bytes, str]
) -> list[Check]:
    """Line 7 about the database's file."""
    if not known:
        return [not_looked_at(7, "order of arrival", "needs --markers")]
    return [_measured(store.path, "envelope", match_rows(store, known, texts_of))]


def check_spool_order(folder: Path, known: Sequence[Known]) -> list[Check]:
    """Line 7 about the spools, a line for each file."""
    return [_measured(path, "slot", match_slots(known)) for path in spool_files(folder) if known]


def _measured(path: Path, table: str, match: Match) -> Check:
    names, rows = _matched(path, table, match)
    guesses = dict(_guesses(path, rows, names)) if rows else {}
    return judge(f"order in {path.parent.name}/{path.name}", guesses, len(rows))


def _matched(path: Path, table: str, match: Match) -> tuple[list[str], list[_Found]]:
    """The columns, and the rows of known answers in their true order."""
    with opened(path) as database:
        kinds = {one.name: one for one in tables(database)}
        if table not in kinds:
            return [], []
        names = [name for name, _declared in kinds[table].columns]
        numbered = kinds[table].has_rowid
        rows = read_rows(database, table, [*(["rowid"] if numbered else []), *names])
        found = []
        for position, row in enumerate(rows):
            number, values = (row[0], row[1:]) if numbered else (0, row)
            if (arrival := match(tuple(values))) is not None:
                found.append(_Found(arrival, position, number, tuple(values)))
    return names, sorted(found, key=lambda row: row.arrival)


def _guesses(path: Path, rows: Sequence[_Found], names: Sequence[str]) -> Iterator[tuple[str, float]]:
    """Each guess an examiner has about the order of these rows, with its ρ."""
    positions = [row.position for row in rows]
    yield "order of SELECT", spearman(positions)
    yield "neighbours in SELECT", neighbours(positions)
    yield "row number", spearman([row.number for row in rows])
    yield from of_columns([row.values for row in rows], [f"column {name}" for name in names]).items()
    with raw(path) as content:
        page_bytes = int.from_bytes(content[16:18], "big")
    page = 65536 if page_bytes == 1 else page_bytes
    for part, offsets in _offsets(path, rows).items():
        yield from of_places(part, offsets, page, positions).items()
        yield f"neighbours by {part}", neighbours(offsets)
        with raw(path) as content:
            # Rows that stand in the inner pages of the tree were there first, or they weren't.
            kinds = [content[max(offset // page * page, 100 if offset < page else 0)] for offset in offsets]
        yield f"kind of page of its {part}", spearman(kinds)


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
