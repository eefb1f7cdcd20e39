"""A server in a process of its own, on a free port, until the end of the block."""

from __future__ import annotations

import multiprocessing
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from feedback_service.rounds.calendar import Quarter
from feedback_service.rounds.founding import found
from feedback_service.sealing.wrapping import Derivation, derive
from feedback_service.secret import Secret
from feedback_service.serve import serve
from feedback_service.settings import load_settings
from feedback_service.storage.session import open_store


def founded(folder: Path) -> Quarter:
    """An installation with the standing surveys, its keys cheaply wrapped; the quarter that is open."""
    quarter = Quarter.of(datetime.now(UTC).date())
    found(folder, None, quarter, lambda: derive(Secret(b"benchmark"), Derivation(8192, 1, 1)))
    return quarter


def serve_ours(folder: str, port: int) -> None:
    """The service as it is, but that it lets one address send as much as it likes."""
    settings = load_settings(Path(folder)).model_copy(update={"rate_limit": False})
    serve(open_store(Path(folder)), settings, "127.0.0.1", port)


@contextmanager
def running(target: Callable[[str, int], None], argument: str) -> Iterator[int]:
    """`target(argument, port)` runs; gives the port once it listens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    process = multiprocessing.get_context("spawn").Process(target=target, args=(argument, port))
    process.start()
    try:
        _wait_for(port)
        yield port
    finally:
        process.terminate()
        process.join()


def _wait_for(port: int) -> None:
    for _ in range(300):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError("the server did not start")
