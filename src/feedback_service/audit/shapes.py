"""The shapes in which programs leave a text: encodings, escapes, digits, digests of what is short.

Whatever is listed here is searched for in every file; what isn't can't be found.
"""

from __future__ import annotations

import base64
import hashlib
import html
import json
import re
import unicodedata
from collections.abc import Iterator, Sequence
from urllib.parse import quote, quote_plus

# So many letters of anything that was typed are enough to know it again.
PIECE = 16
_ENCODINGS = ("utf-8", "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be")
# What older programs write for the languages of the forms.
_OLD_ENCODINGS = ("cp1252", "cp1251", "cp1256", "cp1254")
DIGESTS = ("md5", "sha1", "sha224", "sha256", "sha384", "sha512", "sha3_256", "blake2b", "blake2s")
# A digest that was cut off is still an identifier; eight bytes don't come up by chance.
_DIGEST_PIECE = 8
_SHORTEST = 8


def shapes_of(text: bytes) -> set[bytes]:
    """Every shape of a text, or of bytes that are none."""
    shapes = {text, *_digits(text)}
    try:
        decoded = text.decode()
    except UnicodeDecodeError:
        decoded = ""
    if decoded:
        shapes |= {shape for variant in _variants(decoded) for shape in _written(variant)}
    # Shorter ones come up by chance.
    return {shape for shape in shapes if len(shape) >= min(_SHORTEST, len(text))}


def pieces(text: bytes, length: int = PIECE) -> Iterator[bytes]:
    """A text in pieces of so many letters, from the beginning and one from the end.

    A program may keep any part of a text: of every part of twice the length one piece is whole.
    """
    try:
        whole: str | bytes = text.decode()
    except UnicodeDecodeError:
        whole = text
    starts = {*range(0, max(len(whole) - length, 0) + 1, length), max(len(whole) - length, 0)}
    for start in sorted(starts):
        part = whole[start : start + length]
        yield part.encode() if isinstance(part, str) else part


def digests(content: bytes, names: Sequence[str] = DIGESTS) -> set[bytes]:
    """Its unsalted digests as they are written, cut off: of an address or an account they are that one."""
    found = {hashlib.new(name, content, usedforsecurity=False).digest() for name in names}
    if "blake2b" in names:
        # Each length is another digest.
        found |= {hashlib.blake2b(content, digest_size=size).digest() for size in (8, 16, 20, 32)}
    shapes = set()
    for digest in {one[:_DIGEST_PIECE] for one in found}:
        coded = base64.b64encode(digest)[:10]
        shapes |= {digest, digest.hex().encode(), digest.hex().upper().encode(), coded}
        shapes.add(coded.translate(bytes.maketrans(b"+/", b"-_")))
    return shapes


def _digits(content: bytes) -> Iterator[bytes]:
    """Hex in both cases, base64 in both alphabets and three alignments, escapes of bytes."""
    yield content.hex().encode()
    yield content.hex().upper().encode()
    for shift in range(3):
        start = -(-shift * 4 // 3)
        coded = base64.b64encode(bytes(shift) + content)[start : (len(content) + shift) // 3 * 4]
        yield coded
        yield coded.translate(bytes.maketrans(b"+/", b"-_"))
    yield repr(content)[2:-1].encode()
    yield "".join(chr(one) if 32 <= one < 127 else f"\\{one:03o}" for one in content).encode()


def _variants(text: str) -> set[str]:
    """As it is, in small and capital letters, with accents apart and together."""
    forms = {unicodedata.normalize(form, text) for form in ("NFC", "NFD", "NFKC")}
    return {text, text.lower(), text.upper(), *forms}


def _written(text: str) -> Iterator[bytes]:
    """A text as programs write it."""
    for encoding in _ENCODINGS:
        yield text.encode(encoding)
    for encoding in _OLD_ENCODINGS:
        try:
            yield text.encode(encoding)
        except UnicodeEncodeError:
            continue
    # Read as Latin-1 and written again.
    yield text.encode().decode("latin-1").encode()
    yield from _escaped(text)


def _escaped(text: str) -> Iterator[bytes]:
    in_json = json.dumps(text)[1:-1]
    yield in_json.encode()
    yield json.dumps(in_json)[1:-1].encode()
    yield json.dumps(text, ensure_ascii=False)[1:-1].encode()
    yield re.sub(r"\\u[0-9a-f]{4}", lambda found: "\\u" + found[0][2:].upper(), in_json).encode()
    yield text.encode("unicode_escape")
    yield html.escape(text).encode()
    yield text.encode("ascii", "xmlcharrefreplace")
    for form in ("&#x{:x};", "&#x{:X};"):
        yield "".join(one if one.isascii() else form.format(ord(one)) for one in text).encode()
    for quoted in {quote(text), quote(text, safe=""), quote_plus(text), quote(quote(text))}:
        yield quoted.encode()
        yield re.sub(r"%[0-9A-F]{2}", lambda found: found[0].lower(), quoted).encode()
    # Quoted-printable and MIME's words, where a space is an underscore.
    printable = "".join(chr(one) if 32 <= one < 127 and one != 61 else f"={one:02X}" for one in text.encode())
    yield printable.encode()
    yield printable.replace(" ", "_").encode()
    yield text.replace("'", "''").encode()
