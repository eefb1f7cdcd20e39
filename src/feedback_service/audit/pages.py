"""A SQLite file's pages (sqlite.org/fileformat2.html): which of its bytes hold something that is alive.

Everything else must be zeros: what was deleted and still stands there is what an examiner reads first.
"""

from __future__ import annotations

import mmap
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

_INDEX_INTERIOR, _TABLE_INTERIOR, _INDEX_LEAF, _TABLE_LEAF = 2, 5, 10, 13
_KINDS = (_INDEX_INTERIOR, _TABLE_INTERIOR, _INDEX_LEAF, _TABLE_LEAF)
_HEADER = 100
_SMALLEST_CELL = 4
# Bytes of pointers that a page may have had beside those that it has.
_STALE = 512


class DamagedFile(ValueError):
    """Pages that don't fit together."""


@dataclass(slots=True)
class Pages:
    """Reads the pages of one file that nobody writes meanwhile."""

    content: bytes | mmap.mmap
    size: int = 0
    count: int = 0
    reached: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        if len(self.content) < _HEADER:
            raise DamagedFile("no header")
        size = int.from_bytes(self.content[16:18], "big")
        self.size = 65536 if size == 1 else size
        if self.size < 512:
            raise DamagedFile("page size")
        self.count = len(self.content) // self.size

    def dead(self, roots: list[int]) -> Iterator[tuple[str, int, int]]:
        """Where nothing alive stands: what kind of place, its beginning and its end in the file.

        `roots` are the first pages of all tables and indexes. Raises `DamagedFile`.
        """
        self.reached = set()
        for root in roots:
            yield from self._tree(root)
        yield from self._free_list()
        for number in range(1, self.count + 1):
            if number not in self.reached:
                yield "page of nothing", self._at(number), self._at(number) + self.size

    def _at(self, number: int) -> int:
        if not 1 <= number <= self.count:
            raise DamagedFile("page number")
        return (number - 1) * self.size

    def _reach(self, number: int) -> int:
        at = self._at(number)
        if number in self.reached:
            raise DamagedFile("a page in two places")
        self.reached.add(number)
        return at

    def _tree(self, root: int) -> Iterator[tuple[str, int, int]]:
        waiting = [root]
        while waiting:
            number = waiting.pop()
            at = self._reach(number)
            begin = at + (_HEADER if number == 1 else 0)
            kind, first_free, cells, _, _ = struct.unpack_from(">BHHHB", self.content, begin)
            if kind not in _KINDS:
                raise DamagedFile("kind of page")
            interior = kind in (_INDEX_INTERIOR, _TABLE_INTERIOR)
            pointers = begin + (12 if interior else 8)
            if interior:
                waiting.append(int.from_bytes(self.content[begin + 8 : begin + 12], "big"))
            alive = [(pointers, self._stale(at, pointers + 2 * cells)), *self._free_heads(at, first_free)]
            for place in struct.unpack_from(f">{cells}H", self.content, pointers):
                cell = at + place
                if interior:
                    waiting.append(int.from_bytes(self.content[cell : cell + 4], "big"))
                end, overflow, left = self._cell(kind, cell)
                alive.append((cell, end))
                if overflow:
                    yield from self._overflow(overflow, left)
            yield from _gaps(
                "unused part of a page", sorted(alive), pointers, at + self.size - self._reserved
            )

    @property
    def _reserved(self) -> int:
        return self.content[20]

    def _stale(self, page: int, at: int) -> int:
        """Where pointers to cells end that the page doesn't have any more: places in it, no content."""
        for behind in range(at, min(at + _STALE, page + self.size), 2):
            value = int.from_bytes(self.content[behind : behind + 2], "big")
            if value and not behind - page < value < self.size:
                return behind
        return min(at + _STALE, page + self.size)

    def _free_heads(self, at: int, first: int) -> Iterator[tuple[int, int]]:
        """The links between the free blocks of a page, which are numbers only."""
        while first:
            yield at + first, at + first + 4
            following = int.from_bytes(self.content[at + first : at + first + 2], "big")
            if following and following <= first:
                raise DamagedFile("free blocks")
            first = following

    def _cell(self, kind: int, at: int) -> tuple[int, int, int]:
        """Where a cell ends, the page on which it goes on, and how many bytes stand there."""
        begin = at + (4 if kind in (_INDEX_INTERIOR, _TABLE_INTERIOR) else 0)
        length, begin = self._varint(begin)
        if kind == _TABLE_INTERIOR:
            return begin, 0, 0
        if kind == _TABLE_LEAF:
            _, begin = self._varint(begin)
        usable = self.size - self._reserved
        most = usable - 35 if kind == _TABLE_LEAF else (usable - 12) * 64 // 255 - 23
        if length <= most:
            return max(begin + length, at + _SMALLEST_CELL), 0, 0
        least = (usable - 12) * 32 // 255 - 23
        local = least + (length - least) % (usable - 4)
        local = local if local <= most else least
        following = int.from_bytes(self.content[begin + local : begin + local + 4], "big")
        return begin + local + 4, following, length - local

    def _overflow(self, number: int, left: int) -> Iterator[tuple[str, int, int]]:
        usable = self.size - self._reserved - 4
        while number:
            at = self._reach(number)
            number = int.from_bytes(self.content[at : at + 4], "big")
            if left < usable:
                yield "end of a long value", at + 4 + max(left, 0), at + self.size
            left -= usable

    def _free_list(self) -> Iterator[tuple[str, int, int]]:
        trunk = int.from_bytes(self.content[32:36], "big")
        while trunk:
            at = self._reach(trunk)
            trunk, leaves = struct.unpack_from(">II", self.content, at)
            if leaves > self.size // 4:
                raise DamagedFile("free list")
            for leaf in struct.unpack_from(f">{leaves}I", self.content, at + 8):
                begin = self._reach(leaf)
                yield "free page", begin, begin + self.size
            yield "free page", at + 8 + 4 * leaves, at + self.size

    def _varint(self, at: int) -> tuple[int, int]:
        value = 0
        for place in range(at, at + 8):
            value = value << 7 | self.content[place] & 0x7F
            if self.content[place] < 0x80:
                return value, place + 1
        return value << 8 | self.content[at + 8], at + 9


def _gaps(name: str, alive: list[tuple[int, int]], begin: int, end: int) -> Iterator[tuple[str, int, int]]:
    for start, stop in alive:
        if start > begin:
            yield name, begin, start
        begin = max(begin, stop)
    if begin < end:
        yield name, begin, end
