"""Line 16 of the audit: while a long answer arrives slowly, no file appears outside the data folder."""

from __future__ import annotations

import socket
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote_plus, urlsplit

import pytest

MARKER = "CanaryAnswer that takes its time"
# Ethiopic takes nine bytes a letter on the way; 30 KB and lawful in nothing but its length.
BODY = f"region=08416&comment={quote_plus(MARKER + ' ሰላም' * 1100)}".encode()
PIECE = 1500
SHARED = (Path("/tmp"), Path("/var/tmp"), Path("/dev/shm"))
# A service that does what form parsers do with larger bodies: memory first, then a temporary file.
SPOOLING = """
import sys, tempfile
import uvicorn
async def app(scope, receive, send):
    if scope["type"] != "http":
        return
    with tempfile.SpooledTemporaryFile(max_size=10_000) as body:
        more = True
        while more:
            message = await receive()
            body.write(message["body"])
            more = message["more_body"]
        await send({"type": "http.response.start", "status": 422, "headers": []})
        await send({"type": "http.response.body", "body": b""})
uvicorn.run(app, port=int(sys.argv[1]), log_level="error")
"""


@dataclass(frozen=True, slots=True)
class Place:
    """Folders that a process takes for its own: where it starts, its home, its temporary files."""

    folder: Path

    @property
    def environment(self) -> dict[str, str]:
        """HOME and TMPDIR in it; and Python keeps compiled code of a fresh checkout to itself."""
        folders = {"HOME": str(self.folder / "home"), "TMPDIR": str(self.folder / "tmp")}
        return {**folders, "PYTHONDONTWRITEBYTECODE": "1"}

    def files(self) -> set[str]:
        """Everything below it."""
        return {str(path) for path in self.folder.rglob("*")}


@pytest.fixture
def place(tmp_path: Path) -> Place:
    for name in ("home", "tmp", "cwd"):
        (tmp_path / "place" / name).mkdir(parents=True)
    return Place(tmp_path / "place")


def _send_slowly(url: str, taken_in: Callable[..., None], look: Callable[[], None]) -> bytes:
    """Post piece by piece, each taken in by the process before the next goes; look after each."""
    split = urlsplit(url)
    assert len(BODY) > 30_000 and split.hostname and split.port
    head = (
        f"POST /ar/a HTTP/1.1\r\nHost: {split.netloc}\r\nConnection: close\r\nContent-Length: {len(BODY)}\r\n"
        "Content-Type: application/x-www-form-urlencoded\r\n\r\n"
    ).encode()
    with socket.create_connection((split.hostname, split.port)) as out:
        out.sendall(head)
        for start in range(0, len(BODY), PIECE):
            taken_in(out)
            look()
            out.sendall(BODY[start : start + PIECE])
        reply = b""
        while part := out.recv(65536):
            reply += part
    return reply


def _outside(paths: list[str], *inside: Path) -> set[str]:
    """Files that are none of the data folder's, the witness's or the system's own."""
    real = [one for one in paths if one.startswith("/") and not one.startswith(("/dev/", "/proc/"))]
    kept = [one for one in paths if one.startswith("/dev/shm")]
    return {one for one in (*real, *kept) if not one.startswith(tuple(str(folder) for folder in inside))}


def _slow_post(
    url: str, pid: int, witness: Any, taken_in: Callable[..., None], place: Place, *inside: Path
) -> set[str]:
    """What appeared outside, by all that looked: before, after every piece and at the end."""
    before = place.files()
    inside = (*inside, witness.file)
    found = _outside(witness.state(pid).open, *inside)
    moments = 0

    def look() -> None:
        nonlocal moments
        moments += 1
        found.update(_outside(witness.state(pid).open, *inside), place.files() - before)

    assert _send_slowly(url, taken_in, look).startswith(b"HTTP/1.1 422")
    assert moments > 20
    look()
    made = [one.what[-1] for one in witness.seen("open", "os.") if one.pid == pid]
    return found | _outside(made, *inside) | _left_in_shared_folders()


def _left_in_shared_folders() -> set[str]:
    """Files of anybody's, at the first level, that hold what was typed."""
    shapes = (MARKER.encode(), quote_plus(MARKER).encode())
    files = [path for folder in SHARED for path in folder.glob("*") if path.is_file()]
    return {str(path) for path in files if any(shape in path.read_bytes() for shape in shapes)}


def test_a_slow_post_of_30_kb_makes_no_file_outside_the_data_folder(
    shared_installation: Any, witness: Any, taken_in: Callable[..., None], place: Place
) -> None:
    environment = witness.environment | place.environment
    with shared_installation.serving(environment, cwd=place.folder / "cwd") as served:
        found = _slow_post(
            served.url, served.process.pid, witness, taken_in, place, shared_installation.data.resolve()
        )
    assert found == set()


def test_a_service_that_spools_what_arrives_is_found_out(
    witness: Any,
    until: Callable[..., Any],
    taken_in: Callable[..., None],
    place: Place,
    unused_tcp_port: int,
) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", SPOOLING, str(unused_tcp_port)],
        env=witness.environment | place.environment,
        cwd=place.folder / "cwd",
    )
    try:
        until(lambda: witness.file.stat().st_size and witness.seen("socket.bind"))
        found = _slow_post(f"http://127.0.0.1:{unused_tcp_port}", process.pid, witness, taken_in, place)
    finally:
        process.terminate()
        process.wait()
    assert any(one.startswith(str(place.folder / "tmp")) for one in found), found
