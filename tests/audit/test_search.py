"""The search finds a text in every shape in which a program may have left it, and nothing else."""

from __future__ import annotations

import base64
import bz2
import gzip
import io
import json
import lzma
import quopri
import random
import re
import secrets
import unicodedata
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote, quote_plus

import pytest
import zstandard

from feedback_service.audit import search as module
from feedback_service.audit.search import Needles, places, search
from feedback_service.audit.shapes import shapes_of

MARKER = "Größe ሰላም 12345"
RAW = MARKER.encode()


def _shapes() -> dict[str, bytes]:
    """Made with other means than the search's own."""
    shapes = {
        "plain": RAW,
        "utf-16-le": MARKER.encode("utf-16-le"),
        "utf-16-be": MARKER.encode("utf-16-be"),
        "hex": RAW.hex().encode(),
        "HEX": RAW.hex().upper().encode(),
        "percent": quote(MARKER).encode(),
        "lower percent": re.sub("%..", lambda one: one[0].lower(), quote(MARKER)).encode(),
        "form": quote_plus(MARKER).encode(),
        "gzip": gzip.compress(b"log line " + RAW),
        "zlib": zlib.compress(RAW * 2),
        "zstd": zstandard.ZstdCompressor().compress(b"frame " + RAW),
        "gzip in gzip": gzip.compress(gzip.compress(RAW)),
        "base64 in gzip": gzip.compress(base64.b64encode(b"ab" + RAW)),
    }
    for shift in range(3):
        shapes[f"base64 +{shift}"] = base64.b64encode(bytes(range(shift)) + RAW + b"tail")
        shapes[f"base64url +{shift}"] = base64.urlsafe_b64encode(bytes(range(shift)) + RAW + b"tail")
    return shapes


@pytest.mark.parametrize("shape", _shapes())
def test_a_text_is_found_in_every_shape(tmp_path: Path, shape: str) -> None:
    noise = random.Random(shape).randbytes
    (tmp_path / "file").write_bytes(noise(3000) + _shapes()[shape] + noise(500))
    (tmp_path / "other").write_bytes(noise(5000))
    found = search([tmp_path], Needles([RAW]))
    assert found.hits == (str(tmp_path / "file"),)
    assert (found.files, found.unread) == (2, ())


def test_nothing_is_found_where_nothing_is(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(random.Random(0).randbytes(2_000_000) + RAW[:-4] + b"....")
    shortened = Needles([b"another text of the same kind"])
    assert search([tmp_path], shortened).hits == ()


def test_a_text_across_two_windows_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "WINDOW", 5000)
    content = bytearray(random.Random(1).randbytes(20_000))
    content[4995 : 4995 + len(RAW)] = RAW
    (tmp_path / "file").write_bytes(content)
    assert search([tmp_path], Needles([RAW])).hits
    assert places(tmp_path / "file", [RAW]) == {RAW: [4995]}


def test_places_are_all_of_them_and_each_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "WINDOW", 6000)
    content = bytearray(random.Random(2).randbytes(30_000))
    wanted = [100, 5990, 9000, 29_000]
    for at in wanted:
        content[at : at + len(RAW)] = RAW
    (tmp_path / "file").write_bytes(content)
    assert places(tmp_path / "file", [RAW, b"is not there"]) == {RAW: wanted, b"is not there": []}


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_bytes(b"content")

    def refused(_path: Path) -> None:
        raise PermissionError

    monkeypatch.setattr(module, "_parts", refused)
    assert search([tmp_path], Needles([RAW])).unread == (str(tmp_path / "file"),)


def test_several_folders_are_searched_and_links_are_not_followed(tmp_path: Path) -> None:
    for name in ("data", "logs"):
        (tmp_path / name).mkdir()
    (tmp_path / "logs" / "access.log").write_bytes(RAW)
    (tmp_path / "data" / "link").symlink_to(tmp_path / "logs" / "access.log")
    found = search([tmp_path / "data", tmp_path / "logs"], Needles([RAW]))
    assert found.hits == (str(tmp_path / "logs" / "access.log"),) and found.files == 1


def test_every_shape_of_a_short_text_is_long_enough_not_to_be_found_by_chance() -> None:
    assert min(len(shape) for shape in shapes_of(b"twelve bytes")) >= 12


OTHER_SHAPES = {
    "json": json.dumps({"comment": MARKER}).encode(),
    "json, capital": re.sub(r"\\u(....)", lambda one: "\\u" + one[1].upper(), json.dumps(MARKER)).encode(),
    "json in json": json.dumps(json.dumps(MARKER)).encode(),
    "python's repr of bytes": repr(RAW).encode(),
    "octal": "".join(chr(one) if one < 127 else f"\\{one:o}" for one in RAW).encode(),
    "html, decimal": MARKER.encode("ascii", "xmlcharrefreplace"),
    "html, hex": "".join(one if one.isascii() else f"&#x{ord(one):X};" for one in MARKER).encode(),
    "quoted-printable": quopri.encodestring(RAW),
    "quoted-printable over lines": quopri.encodestring(b"x" * 66 + b" " + RAW),
    "utf-32": MARKER.encode("utf-32-le"),
    "small letters": MARKER.lower().encode(),
    "capital letters": MARKER.upper().encode(),
    "accents apart": unicodedata.normalize("NFD", MARKER).encode(),
    "percent twice": quote(quote(MARKER)).encode(),
    "read as latin-1": RAW.decode("latin-1").encode(),
    "base64 over lines": base64.encodebytes(b"y" * 50 + RAW + b"z" * 50),
    "hex over lines": "\n".join(re.findall(".{1,60}", (b"y" * 30 + RAW + b"y" * 30).hex())).encode(),
    "bz2": bz2.compress(RAW * 3),
    "xz": lzma.compress(RAW * 3),
    "gzip in base64": base64.encodebytes(gzip.compress(secrets.token_bytes(300) + RAW)),
    "deflate in zip": b"",
}


def _zip() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("answers.txt", "x" * 3000 + MARKER)
    return out.getvalue()


@pytest.mark.parametrize("shape", OTHER_SHAPES)
def test_a_text_is_found_in_the_shapes_of_other_programs(tmp_path: Path, shape: str) -> None:
    content = OTHER_SHAPES[shape] or _zip()
    noise = random.Random(shape).randbytes
    (tmp_path / "file").write_bytes(noise(3000) + b"\n" + content + b"\n" + noise(500))
    assert search([tmp_path], Needles([RAW])).hits


@pytest.mark.parametrize(
    "pack", [gzip.compress, bz2.compress, zstandard.ZstdCompressor().compress, zlib.compress]
)
def test_a_packed_log_is_read_to_its_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pack: Callable[[bytes], bytes]
) -> None:
    """Longer than a window, packed and unpacked, and the text stands at its very end."""
    monkeypatch.setattr(module, "WINDOW", 100_000)
    (tmp_path / "log").write_bytes(b"head" + pack(random.Random(6).randbytes(700_000) + RAW))
    assert search([tmp_path], Needles([RAW])).hits


@pytest.mark.parametrize("start", [0, 3, 9, 14, 23])
def test_any_part_of_a_long_text_is_found(tmp_path: Path, start: int) -> None:
    text = "the clerk in room twelve laughed at my documents again"
    (tmp_path / "file").write_text(f"...{text[start : start + 31]}...")
    assert search([tmp_path], Needles([text.encode()])).hits
    (tmp_path / "file").write_text(f"...{text[-16:]}")
    assert search([tmp_path], Needles([text.encode()])).hits


def test_a_name_of_a_file_is_searched_and_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    (tmp_path / "upload of twelve bytes.txt").touch()
    assert search([tmp_path], Needles([b"upload of twelve"])).hits
    assert search([tmp_path / "nowhere"], Needles([RAW])).unread == (str(tmp_path / "nowhere"),)
