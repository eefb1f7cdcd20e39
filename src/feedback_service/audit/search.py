"""Searches files for texts in all their shapes (`shapes.py`), packed ones included (`streams.py`).

A file is read a window at a time. Of a database its values are read too: a long one lies over several
pages, and a number in as many bytes as it needs.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from ahocorasick_rs import BytesAhoCorasick

from .files import MAGIC, UnreadableFile, opened, tables
from .shapes import PIECE, pieces, shapes_of
from .streams import OVERLAP, Look, Stream

WINDOW = 4 * 1024 * 1024
_ROWS = 500


@dataclass(frozen=True, slots=True)
class Searched:
    """What a search came to. `hits` name files, never what was found in them."""

    files: int
    bytes: int
    hits: tuple[str, ...]
    unread: tuple[str, ...]


class Needles:
    """Many texts in all their shapes, searched for in one pass (Aho and Corasick).

    `exact` are values that would come up by chance in a sealed megabyte and tell only where a column has
    just them: the four bytes of an address, the number of an account. `digests` are written out already.
    """

    def __init__(
        self,
        texts: Iterable[bytes],
        *,
        piece: int = PIECE,
        exact: Iterable[bytes | int] = (),
        digests: Iterable[bytes] = (),
    ) -> None:
        parts = {part for text in texts for part in pieces(text, piece)}
        shapes = {shape for part in parts for shape in shapes_of(part)} | set(digests)
        self._automaton = BytesAhoCorasick(sorted(shapes)) if shapes else None
        self._exact = frozenset(exact)

    def __bool__(self) -> bool:
        return self._automaton is not None

    def in_(self, content: bytes) -> bool:
        """Whether any of them is in `content`."""
        return self._automaton is not None and bool(self._automaton.find_matches_as_indexes(content))

    def is_(self, value: object) -> bool:
        """Whether a column's value is one of them."""
        return isinstance(value, bytes | int) and not isinstance(value, bool) and value in self._exact


def places(path: Path, texts: Sequence[bytes]) -> dict[bytes, list[int]]:
    """Where each of `texts` stands in a file: offsets in bytes, ascending. One pass."""
    found: dict[bytes, list[int]] = {text: [] for text in texts}
    if not texts:
        return found
    listed = list(found)
    automaton = BytesAhoCorasick(listed)
    at, kept = 0, b""
    for part in _parts(path):
        window = kept + part
        for number, start, _ in automaton.find_matches_as_indexes(window, overlapping=True):
            offsets = found[listed[number]]
            # Windows overlap: what lies in both is one place.
            if not offsets or at + start > offsets[-1]:
                offsets.append(at + start)
        kept = window[-OVERLAP:]
        at += len(window) - len(kept)
    return found


def search(
    folders: Sequence[Path], look: Look, progress: Callable[[int, int], None] = lambda _done, _all: None
) -> Searched:
    """Look into every file below the folders. What can't be read is named, never passed over."""
    files = list(dict.fromkeys(path for folder in folders for path in files_below(folder)))
    sizes = {path: size for path in files if (size := _size(path)) is not None}
    done, hits, unread = 0, [], [str(path) for path in files if path not in sizes]
    for path, size in sizes.items():
        try:
            if _holds(path, look):
                hits.append(str(path))
        except OSError as error:
            # A journal comes and goes.
            if not isinstance(error, FileNotFoundError):
                unread.append(str(path))
        done += size
        progress(done, sum(sizes.values()))
    unread += [str(folder) for folder in folders if not folder.exists()]
    return Searched(len(files), done, tuple(hits), tuple(unread))


def files_below(folder: Path) -> Iterator[Path]:
    """Every file of a folder, or the file itself. A link's text is a name; what it leads to isn't ours."""
    if folder.is_file():
        yield folder
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.is_symlink():
            yield path


def _size(path: Path) -> int | None:
    try:
        return path.stat().st_size
    except OSError:
        return None


def _parts(path: Path) -> Iterator[bytes]:
    with path.open("rb") as source:
        while part := source.read(WINDOW):
            yield part


def _holds(path: Path, look: Look) -> bool:
    stream, first = Stream(look), True
    if look.in_(str(path.name).encode()):
        return True
    for part in _parts(path):
        if first and part.startswith(MAGIC) and _in_values(path, look):
            return True
        first = False
        if stream.feed(part):
            return True
    return False


def _in_values(path: Path, look: Look) -> bool:
    """Whether it is in a database's values, each in one piece."""
    is_ = look.is_ if isinstance(look, Needles) else lambda _value: False
    stream = Stream(look)
    try:
        with opened(path) as database:
            for table in tables(database):
                cursor = database.execute(f'SELECT * FROM "{table.name}"')  # noqa: S608  from the schema
                while rows := cursor.fetchmany(_ROWS):
                    values = [value for row in rows for value in row if value is not None]
                    if any(map(is_, values)) or stream.feed(b"\0".join(map(as_bytes, values))):
                        return True
    except (UnreadableFile, sqlite3.Error):
        # Damaged, or not of SQLite at all: its bytes are searched as those of any file.
        return False
    return False


def as_bytes(value: object) -> bytes:
    """A value of a column as bytes."""
    return value if isinstance(value, bytes) else str(value).encode("utf-8", "surrogateescape")
