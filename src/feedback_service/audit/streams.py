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
from collections.abc import Iterator, Sequence
from typing import Protocol

import zstandard

OVERLAP = 4096
NESTED = 2
_FIRST, _PART = 2048, 64 * 1024
_AT_ONCE = 4 * 1024 * 1024
_BEGINNINGS = {
    b"\x1f\x8b\x08": "gzip",
    b"\x28\xb5\x2f\xfd": "zstd",
    b"\x78\x01": "zlib",
    b"\x78\x5e": "zlib",
    b"\x78\x9c": "zlib",
    b"\x78\xda": "zlib",
    b"BZh": "bz2",
    b"\xfd7zXZ\x00": "xz",
    b"PK\x03\x04": "zip",
}
_ZIP_HEAD = 30
_LETTERS = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz+/_-"
# Letters of base64 and hex, what breaks them into lines, and all the rest.
_CLASSES = bytes(0x61 if one in _LETTERS else 0x6E if one in b"\r\n\t >=" else 0 for one in range(256))
_LONG_RUN = b"a" * 32
# How each of the beginnings looks in base64, as far as it alone decides the letters.
_WRITTEN_BEGINNINGS = {
    base64.b64encode(beginning + bytes([rest]))[: -(-len(beginning) * 8 // 6)]: kind
    for beginning, kind in _BEGINNINGS.items()
    for rest in range(0, 256, 16)
}
# Quoted-printable breaks long lines wherever they are.
_SOFT_BREAK = re.compile(rb"=\r?\n")
_BEFORE_A_BREAK = 16


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
        regions = list(_regions(window))
        found = self._look.in_(window) or any(map(self._look.in_, _joined(window, regions)))
        if not found and self._nested:
            found = self._unpack(window, part) or any(map(self._decode, regions))
        self._kept = window[-OVERLAP:]
        return found

    def _unpack(self, window: bytes, part: bytes) -> bool:
        if any(one.feed(part) for one in self._open):
            return True
        fresh = len(window) - len(part)
        for beginning, kind in _BEGINNINGS.items():
            # What was whole in the part before has been begun already.
            at = window.find(beginning, max(0, fresh - len(beginning) + 1))
            while at >= 0:
                packed = _Packed(kind, Stream(self._look, self._nested - 1))
                if packed.feed(memoryview(window)[at:]):
                    return True
                if packed.alive:
                    self._open.append(packed)
                at = window.find(beginning, at + 1)
        self._open = [one for one in self._open if one.alive]
        return False

    def _decode(self, region: bytes) -> bool:
        """What is packed and then written in base64."""
        region = region.translate(bytes.maketrans(b"-_", b"+/"))
        for beginning, kind in _WRITTEN_BEGINNINGS.items():
            at = region.find(beginning)
            while at >= 0:
                packed, begin, length = _Packed(kind, Stream(self._look, self._nested - 1)), at, _FIRST
                while packed.alive and begin < len(region):
                    if packed.feed(_base64(region[begin : begin + length])):
                        return True
                    begin, length = begin + length, _AT_ONCE
                at = region.find(beginning, at + 1)
        return False


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


def _joined(window: bytes, regions: Sequence[bytes]) -> Iterator[bytes]:
    """What was broken into lines, in one piece again."""
    for region in regions:
        if b"\n" in region or b" " in region:
            yield re.sub(rb"[\s>]+", b"", region)
    breaks = [one.start() for one in _SOFT_BREAK.finditer(window)]
    if any(_is_text(window[max(0, at - _BEFORE_A_BREAK) : at]) for at in breaks):
        yield _SOFT_BREAK.sub(b"", window)


def _is_text(content: bytes) -> bool:
    return len(content) == _BEFORE_A_BREAK and content.isascii() and content.decode().isprintable()


def _regions(window: bytes) -> Iterator[bytes]:
    """Stretches of letters and breaks with a long run of letters in them."""
    classes = window.translate(_CLASSES)
    at = classes.find(_LONG_RUN)
    while at >= 0:
        begin = classes.rfind(b"\0", 0, at) + 1
        end = classes.find(b"\0", at)
        end = len(window) if end < 0 else end
        yield window[begin:end]
        at = classes.find(_LONG_RUN, end)


def _base64(text: bytes) -> bytes:
    letters = re.sub(rb"[\s>=]+", b"", text).translate(bytes.maketrans(b"-_", b"+/"))
    return base64.b64decode(letters[: len(letters) // 4 * 4])
