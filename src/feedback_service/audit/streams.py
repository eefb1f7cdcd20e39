"""Content that arrives in pieces, with everything that is packed in it unpacked on the way.

Nothing is written to a disk and nothing is held but a window: a log of any size is read to its end. A
packed stream may begin anywhere, and in it another.
"""

from __future__ import annotations

import base64
import bz2
import lzma
import re
import struct
import zlib
from collections.abc import Iterator
from typing import Protocol

import zstandard

OVERLAP = 4096
NESTED = 2
_FIRST, _PART = 2048, 64 * 1024
_AT_ONCE = 4 * 1024 * 1024
_PACKED = re.compile(
    rb"(?P<gzip>\x1f\x8b\x08)|(?P<zstd>\x28\xb5\x2f\xfd)|(?P<zlib>\x78[\x01\x5e\x9c\xda])"
    rb"|(?P<bz2>BZh[1-9]\x31\x41\x59)|(?P<xz>\xfd7zXZ\x00)|(?P<zip>PK\x03\x04..[\x00-\xff]{2}\x08\x00)",
    re.DOTALL,
)
_ZIP_HEAD = 30
_LETTER = rb"[0-9A-Za-z+/_-]"
# Runs of base64, hex or the like, over several lines too; a run begins only where no other goes on.
_RUN = re.compile(rb"(?<!%b)(?:%b{8,}+={0,2}[ \t]*(?:\r?\n[ \t>]*)?)+" % (_LETTER, _LETTER))
_LONG_RUN = 32
# Quoted-printable breaks long lines wherever they are.
_SOFT_BREAK = re.compile(rb"(?<=[\x20-\x7e]{16})=\r?\n")


class Look(Protocol):
    """Something that is looked for."""

    def in_(self, content: bytes) -> bool:
        """Whether it is in `content`."""


class _Unpacker(Protocol):
    """What zlib, bz2, lzma and zstandard have in common."""

    def decompress(self, data: bytes, /) -> bytes:
        """The next part."""


class Stream:
    """Looks into content that is fed to it, and into what is packed in it."""

    def __init__(self, look: Look, nested: int = NESTED) -> None:
        self._look = look
        self._nested = nested
        self._kept = b""
        self._open: list[_Packed] = []

    def feed(self, part: bytes) -> bool:
        """The next part. Whether something was found."""
        window = self._kept + part
        found = self._look.in_(window) or any(self._look.in_(one) for one in _joined(window))
        if not found and self._nested:
            found = self._unpack(window, part)
        self._kept = window[-OVERLAP:]
        return found

    def _unpack(self, window: bytes, part: bytes) -> bool:
        if any(one.feed(part) for one in self._open):
            return True
        fresh = len(window) - len(part)
        for match in _PACKED.finditer(window, max(0, fresh - 16)):
            if match.end() > fresh:
                packed = _Packed(str(match.lastgroup), Stream(self._look, self._nested - 1))
                if packed.feed(memoryview(window)[match.start() :]):
                    return True
                self._open.append(packed)
        self._open = [one for one in self._open if one.alive]
        return any(Stream(self._look, self._nested - 1).feed(one) for one in _decoded(window))


class _Packed:
    """A packed stream that has begun: unpacks until it ends or turns out to be none."""

    def __init__(self, kind: str, inner: Stream) -> None:
        self.alive = True
        self._kind = kind
        self._inner = inner
        self._head = b""
        self._unpacker: _Unpacker | None = None if kind == "zip" else _unpacker(kind)

    def feed(self, content: bytes | memoryview) -> bool:
        """The next part. Whether something was found in what came out."""
        start, length = 0, _FIRST
        while self.alive and start < len(content):
            # A short part first: most beginnings are none.
            if self._feed(bytes(content[start : start + length])):
                return True
            start, length = start + length, _PART
        return False

    def _feed(self, part: bytes) -> bool:
        if self._unpacker is None:
            self._head += part
            if len(self._head) < _ZIP_HEAD:
                return False
            name, extra = struct.unpack_from("<HH", self._head, 26)
            if len(self._head) < (begin := _ZIP_HEAD + name + extra):
                return False
            self._unpacker, part = _unpacker("zip"), self._head[begin:]
        try:
            return any(self._inner.feed(one) for one in self._unpacked(part) if one)
        except (zlib.error, zstandard.ZstdError, lzma.LZMAError, OSError, EOFError, ValueError):
            self.alive = False
            return False

    def _unpacked(self, part: bytes) -> Iterator[bytes]:
        unpacker = self._unpacker
        if isinstance(unpacker, bz2.BZ2Decompressor | lzma.LZMADecompressor):
            yield unpacker.decompress(part, _AT_ONCE)
            while not unpacker.eof and not unpacker.needs_input:
                yield unpacker.decompress(b"", _AT_ONCE)
            self.alive = not unpacker.eof
        elif self._kind == "zstd" and unpacker is not None:
            # It gives all that a part holds at once, so the parts are small.
            for start in range(0, len(part), _FIRST):
                yield unpacker.decompress(part[start : start + _FIRST])
        else:
            yield from self._inflated(part)

    def _inflated(self, part: bytes) -> Iterator[bytes]:
        unpacker = self._unpacker
        while part:
            yield unpacker.decompress(part, _AT_ONCE)  # type: ignore[union-attr, call-arg]
            part = unpacker.unconsumed_tail  # type: ignore[union-attr]
        self.alive = not unpacker.eof  # type: ignore[union-attr]


def _unpacker(kind: str) -> _Unpacker:
    if kind == "bz2":
        return bz2.BZ2Decompressor()
    if kind == "xz":
        return lzma.LZMADecompressor()
    if kind == "zstd":
        return zstandard.ZstdDecompressor().decompressobj()
    # Negative: a bare stream. 47: zlib or gzip, whichever the beginning says.
    return zlib.decompressobj(-15 if kind == "zip" else 47)


def _joined(window: bytes) -> Iterator[bytes]:
    """What was broken into lines, in one piece again."""
    for run in _RUN.finditer(window):
        if b"\n" in run[0] and len(run[0]) >= _LONG_RUN:
            yield re.sub(rb"[\s>]+", b"", run[0])
    if _SOFT_BREAK.search(window):
        yield _SOFT_BREAK.sub(b"", window)


def _decoded(window: bytes) -> Iterator[bytes]:
    """What is packed and then written in base64."""
    for run in _RUN.finditer(window):
        if len(run[0]) < _LONG_RUN:
            continue
        text = re.sub(rb"[\s>=]+", b"", run[0]).translate(bytes.maketrans(b"-_", b"+/"))
        content = base64.b64decode(text[: len(text) // 4 * 4])
        if _PACKED.match(content):
            yield content
