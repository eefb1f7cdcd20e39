"""Durable form submissions a second, as ratios to two bare Starlette handlers in the same run.

One uvicorn worker each, 32 people at once, in turns, medians. The target is 75 % of sealing and forgetting.
"""

from __future__ import annotations

import argparse
import asyncio
import multiprocessing
import socket
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import uvicorn

from bare import echo, seal_and_forget
from feedback_service.rounds.calendar import Quarter
from feedback_service.rounds.founding import found
from feedback_service.sealing.wrapping import Derivation, derive
from feedback_service.secret import Secret
from feedback_service.serve import serve
from feedback_service.settings import SETTINGS_FILE, load_settings
from feedback_service.storage.session import open_store
from load import Measured, form_request, post_all


def _serve_bare(name: str, port: int) -> None:
    app = {"echo": echo, "seal": seal_and_forget}[name]()
    uvicorn.run(
        app, port=port, access_log=False, log_level="warning", proxy_headers=False, server_header=False
    )


def _serve_ours(folder: str, port: int) -> None:
    serve(
        open_store(Path(folder)),
        load_settings(Path(folder)).model_copy(update={"rate_limit": False}),
        "127.0.0.1",
        port,
    )


@contextmanager
def _running(target: Callable[[str, int], None], argument: str) -> Iterator[int]:
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


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--posts", type=int, default=6000)
    parser.add_argument("--turns", type=int, default=3)
    chosen = parser.parse_args()
    folder = tempfile.mkdtemp()
    # As large as an operator would make it before such a day: growing deals every slot anew.
    slots = 3 * chosen.posts * chosen.turns
    (Path(folder) / SETTINGS_FILE).write_text(f"spool_slots = {slots}\n")
    quarter = Quarter.of(datetime.now(UTC).date())
    found(Path(folder), None, quarter, lambda: derive(Secret(b"benchmark"), Derivation(8192, 1, 1)))
    measured: dict[str, list[Measured]] = {"echo": [], "seal and forget": [], "durable": []}
    with (
        _running(_serve_bare, "echo") as echo_port,
        _running(_serve_bare, "seal") as seal_port,
        _running(_serve_ours, folder) as our_port,
    ):
        ports = dict(zip(measured, (echo_port, seal_port, our_port), strict=True))
        for turn in range(chosen.turns):
            for name, port in ports.items():
                if sys.stderr.isatty():
                    print(f"turn {turn + 1}: {name}", end="\r", file=sys.stderr)
                requests = [form_request(str(quarter)) for _ in range(chosen.posts)]
                measured[name].append(asyncio.run(post_all(port, requests)))
    _print(measured)


def _print(measured: dict[str, list[Measured]]) -> None:
    rates = {name: statistics.median(one.rate for one in runs) for name, runs in measured.items()}
    print(f"{'':<18}{'a second':>10}{'median ms':>11}{'of echo':>9}{'of seal':>9}")
    for name, runs in measured.items():
        median = statistics.median(one.median_ms for one in runs)
        of_echo, of_seal = (rates[name] / rates[bound] for bound in ("echo", "seal and forget"))
        print(f"{name:<18}{rates[name]:>10.0f}{median:>11.1f}{of_echo:>9.0%}{of_seal:>9.0%}")


if __name__ == "__main__":
    main()
