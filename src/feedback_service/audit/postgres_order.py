"""The order of arrival as PostgreSQL keeps it: places, transactions, chunks put away, the write-ahead log."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from .guesses import judge, neighbours, of_columns, of_places
from .known import Known
from .matching import match_rows
from .model import Check, Row, columns_of, held, not_looked_at
from .order import FEWEST, spearman
from .postgres import PostgresDatabase, PostgresStore
from .search import as_bytes, places

_PART = 24
_PAGE = 8192
_TOAST = """
    SELECT c.reltoastrelid::regclass::text FROM pg_class c
    WHERE c.relkind = 'r' AND c.reltoastrelid <> 0
      AND (c.relname = 'envelope' OR c.relname ~ '^envelope_[0-9]+$')
"""


@dataclass(frozen=True, slots=True)
class _Found:
    """A row of a known answer: its place among those and in the table, where it lies, and its values."""

    arrival: int
    position: int
    where: tuple[int, int]
    transaction: tuple[int, int]
    values: Row

    @property
    def sealed(self) -> bytes:
        """Its longest value, behind what all begin with."""
        return max(map(as_bytes, self.values), key=len)[2:][:_PART]


def check_server_order(
    store: PostgresStore, known: Sequence[Known], texts_of: Mapping[bytes, str], pgdata: Path | None
) -> list[Check]:
    """Line 7 about the tables and, where its files can be read, about the write-ahead log."""
    if not known:
        return [not_looked_at(7, "order of arrival", "needs --markers")]
    with store.opened() as database:
        names = sorted(columns_of(database, "envelope"))
        if not names:
            return [not_looked_at(7, "order in PostgreSQL", "there is no such table")]
        rows = _matched(store, database, names, known, texts_of)
        guesses = dict(_guesses(rows, names, _chunks(database))) if len(rows) >= FEWEST else {}
    checks = [judge(f"order in {store.name}", guesses, len(rows))]
    if pgdata is None:
        return [*checks, not_looked_at(7, "order in the write-ahead log", "needs --pgdata")]
    return [*checks, _in_log(pgdata, rows), *_in_tables(pgdata, rows)]


def _matched(
    store: PostgresStore,
    database: PostgresDatabase,
    names: Sequence[str],
    known: Sequence[Known],
    texts_of: Mapping[bytes, str],
) -> list[_Found]:
    match = match_rows(store, known, texts_of)
    found = []
    for position, row in enumerate(database.select("envelope", ["ctid", "xmin", "cmin", *names])):
        ctid, xmin, cmin, *values = row
        if (arrival := match(tuple(values))) is not None:
            block, _, line = str(ctid).strip("()").partition(",")
            where = (int(block), int(line))
            found.append(_Found(arrival, position, where, (xmin, cmin), tuple(values)))
    return sorted(found, key=lambda row: row.arrival)


def _chunks(database: PostgresDatabase) -> dict[bytes, int]:
    """Numbers of values that were put away, by the beginning of each: they count up."""
    found = {}
    for (table,) in database.rows(_TOAST):
        query = (
            f"SELECT chunk_id::text::bigint, substr(chunk_data, 3, {_PART}) FROM {table} WHERE chunk_seq = 0"  # noqa: S608
        )
        found.update({bytes(beginning): number for number, beginning in database.rows(query)})
    return found


def _guesses(
    rows: Sequence[_Found], names: Sequence[str], chunks: Mapping[bytes, int]
) -> Iterator[tuple[str, float]]:
    yield "order of SELECT", spearman([row.position for row in rows])
    yield "neighbours in SELECT", neighbours([row.position for row in rows])
    yield "ctid", spearman([row.where for row in rows])
    yield "line of ctid", spearman([row.where[1] for row in rows])
    yield "xmin", spearman([row.transaction[0] for row in rows])
    yield "cmin", spearman([row.transaction[1] for row in rows])
    yield from of_columns([row.values for row in rows], [f"column {name}" for name in names]).items()
    offsets = [block * _PAGE + line for block, line in (row.where for row in rows)]
    yield from of_places("ctid", offsets, _PAGE, [row.position for row in rows]).items()
    numbers = [chunks.get(row.sealed) for row in rows]
    if all(number is not None for number in numbers):
        yield "chunk_id", spearman(numbers)


def _in_log(pgdata: Path, rows: Sequence[_Found]) -> Check:
    """Where envelopes stand in the log for the first and the last time: segments are named in its order."""
    name = "order in the write-ahead log"
    segments = sorted(path for path in (pgdata / "pg_wal").glob("*") if path.is_file())
    if not segments:
        return not_looked_at(7, name, f"no segments below {pgdata}")
    first: dict[bytes, int] = {}
    last: dict[bytes, int] = {}
    before = 0
    for segment in segments:
        for text, offsets in places(segment, [row.sealed for row in rows]).items():
            if offsets:
                first.setdefault(text, before + offsets[0])
                last[text] = before + offsets[-1]
        before += segment.stat().st_size
    there = [row for row in rows if row.sealed in first]
    guesses = {
        "first in the log": spearman([first[row.sealed] for row in there]),
        "last in the log": spearman([last[row.sealed] for row in there]),
        "neighbours in the log": neighbours([first[row.sealed] for row in there]),
    }
    return judge(f"{name} ({len(segments)} segments)", guesses, len(there))


def _in_tables(pgdata: Path, rows: Sequence[_Found]) -> list[Check]:
    """Where envelopes stand in the files of tables, those of dropped and rewritten ones among them."""
    checks = []
    for path in sorted((pgdata / "base").glob("*/*")):
        if not path.is_file() or path.stat().st_size < _PAGE:
            continue
        found = places(path, [row.sealed for row in rows])
        there = [row for row in rows if found[row.sealed]]
        if len(there) >= FEWEST:
            offsets = [found[row.sealed][0] for row in there]
            guesses = of_places("place", offsets, _PAGE, [row.position for row in there])
            guesses["neighbours in the file"] = neighbours(offsets)
            twice = sum(len(found[row.sealed]) > 1 for row in there)
            checks.append(judge(f"order in base/{path.parent.name}/{path.name}", guesses, len(there)))
            checks.append(held(9, f"copies of envelopes in {path.name}", twice, "0", twice == 0))
    return checks
