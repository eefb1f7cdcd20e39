"""Searches files for texts in the shapes in which programs leave them, compressed ones included.

Streamed: a window of a file at a time. Compressed streams are unpacked wherever they begin in a file, up
to a limit, and searched in turn, twice nested.
"""

from __future__ import annotations

import base64
import re
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote_from_bytes, quote_plus

import zstandard
from ahocorasick_rs import BytesAhoCorasick

WINDOW = 4 * 1024 * 1024
# So many bytes of anything that was typed are enough to know it again; an address is no longer.
NEEDLE = 24
_LETTERS = 6
_OVERLAP = 4096
_NESTED = 2
_UNPACKED_AT_MOST = 64 * 1024 * 1024
_PACKED = re.compile(rb"\x1f\x8b\x08|\x28\xb5\x2f\xfd|\x78[\x01\x5e\x9c\xda]")
_ZSTD = b"\x28\xb5\x2f\xfd"


@dataclass(frozen=True, slots=True)
class Searched:
    """What a search came to. `hits` name files, never what was found in them."""

    files: int
    bytes: int
    hits: tuple[str, ...]
    unread: tuple[str, ...]


def shapes_of(text: bytes) -> set[bytes]:
    """The shapes in which a text may lie: as it is, UTF-16, hex, base64 in three alignments, URL-encoded."""
    shapes = {text, text.hex().encode(), text.hex().upper().encode()}
    quoted = quote_from_bytes(text).encode()
    shapes |= {quoted, re.sub(rb"%[0-9A-F]{2}", lambda found: found[0].lower(), quoted)}
    # Cut within a letter, the rest of it is left out.
    decoded = text.decode("utf-8", "ignore")
    if len(decoded) >= _LETTERS:
        shapes |= {decoded.encode("utf-16-le"), decoded.encode("utf-16-be"), quote_plus(decoded).encode()}
    for shift in range(3):
        start = -(-shift * 4 // 3)
        whole = (len(text) + shift) // 3 * 4
        coded = base64.b64encode(bytes(shift) + text)[start:whole]
        shapes |= {coded, coded.translate(bytes.maketrans(b"+/", b"-_"))}
    return shapes


class Needles:
    """Many texts in all their shapes, searched for in one pass (Aho and Corasick)."""

    def __init__(self, texts: Iterable[bytes]) -> None:
        # A program may have cut a long text off: its beginning is enough.
        shapes = {shape for text in texts for shape in shapes_of(text[:NEEDLE])}
        self._automaton = BytesAhoCorasick(sorted(shapes)) if shapes else None

    def __bool__(self) -> bool:
        return self._automaton is not None

    def in_(self, content: bytes) -> bool:
        """Whether any of them is in `content`."""
        return self._automaton is not None and bool(self._automaton.find_matches_as_indexes(content))


def places(path: Path, texts: Sequence[bytes]) -> dict[bytes, list[int]]:
    """Where each of `texts` stands in a file: offsets in bytes, ascending. One pass."""
    found: dict[bytes, list[int]] = {text: [] for text in texts}
    if not texts:
        return found
    listed = list(found)
    automaton = BytesAhoCorasick(listed)
    at = 0
    for window in _windows(path):
        for number, start, _ in automaton.find_matches_as_indexes(window, overlapping=True):
            offsets = found[listed[number]]
            # Windows overlap: what lies in both is one place.
            if not offsets or at + start > offsets[-1]:
                offsets.append(at + start)
        at += len(window) - min(len(window), _OVERLAP)
    return found


def search(
    folders: Sequence[Path], needles: Needles, progress: Callable[[int, int], None] = lambda _done, _all: None
) -> Searched:
    """Look into every file below the folders. What can't be read is named, never passed over."""
    files = [path for folder in folders for path in _files(folder)]
    sizes = {path: size for path in files if (size := _size(path)) is not None}
    done, hits, unread = 0, [], [str(path) for path in files if path not in sizes]
    for path, size in sizes.items():
        try:
            if any(_holds(window, needles, _NESTED) for window in _windows(path)):
                hits.append(str(path))
        except OSError:
            unread.append(str(path))
        done += size
        progress(done, sum(sizes.values()))
    return Searched(len(files), done, tuple(hits), tuple(unread))


def _files(folder: Path) -> Iterator[Path]:
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


def _windows(path: Path) -> Iterator[bytes]:
    """The content in pieces that overlap, so that nothing is cut in two."""
    with path.open("rb") as source:
        kept = b""
        while part := source.read(WINDOW):
            window = kept + part
            yield window
            kept = window[-_OVERLAP:]


def _holds(content: bytes, needles: Needles, nested: int) -> bool:
    if needles.in_(content):
        return True
    if not nested:
        return False
    return any(_holds(unpacked, needles, nested - 1) for unpacked in _unpacked(content))


def _unpacked(content: bytes) -> Iterator[bytes]:
    for found in _PACKED.finditer(content):
        packed = content[found.start() :]
        try:
            if found[0] == _ZSTD:
                reader = zstandard.ZstdDecompressor().decompressobj()
                unpacked = reader.decompress(packed)[:_UNPACKED_AT_MOST]
            else:
                # 47: zlib or gzip, whichever the beginning says.
                unpacked = zlib.decompressobj(47).decompress(packed, _UNPACKED_AT_MOST)
        except (zlib.error, zstandard.ZstdError, MemoryError):
            continue
        if unpacked:
            yield unpacked
