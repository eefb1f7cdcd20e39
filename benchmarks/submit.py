"""Durable form submissions a second, as ratios to two bare Starlette handlers in the same run.

One uvicorn worker each, 32 people at once, in turns, medians. The target is 75 % of sealing and forgetting.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import sys
import tempfile
from pathlib import Path

import uvicorn

from bare import echo, seal_and_forget
from feedback_service.settings import SETTINGS_FILE
from load import Measured, form_request, post_all
from serving import founded, running, serve_ours


def _serve_bare(name: str, port: int) -> None:
    app = {"echo": echo, "seal": seal_and_forget}[name]()
    uvicorn.run(
        app, port=port, access_log=False, log_level="warning", proxy_headers=False, server_header=False
    )


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
    quarter = founded(Path(folder))
    measured: dict[str, list[Measured]] = {"echo": [], "seal and forget": [], "durable": []}
    with (
        running(_serve_bare, "echo") as echo_port,
        running(_serve_bare, "seal") as seal_port,
        running(serve_ours, folder) as our_port,
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
