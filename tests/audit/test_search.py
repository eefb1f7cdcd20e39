"""The search finds a text in every shape in which a program may have left it, and nothing else."""

from __future__ import annotations

import base64
import gzip
import random
import re
import zlib
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
