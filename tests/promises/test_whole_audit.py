"""The whole audit: a thousand answers, crashes, mistakes, and then somebody with root searches the disk.

Each story ends the same way: the audit that an outsider would run finds nothing, a plain search of every
file and of everything that was printed finds nothing, and every acknowledged answer is counted once.
"""

from __future__ import annotations

import os
import re
import resource
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest

# Like `feedback-service`, with every logger of every library made to say all that it has to say.
TALKATIVE = """
import logging, sys
logging.basicConfig(level=logging.DEBUG, stream=sys.stderr)
logging.Logger.isEnabledFor = lambda self, level: True
from feedback_service.cli.main import run
run()
"""
WEB = 500
BOT = 500


def _mixed(crowd: Any, web: int, bot: int) -> list[Any]:
    """People of both channels, in turns."""
    both = [*crowd.people(web, "web"), *crowd.people(bot, "bot")]
    return sorted(both, key=lambda one: one.marker)


def _audit(installation: Any, markers: Path, *more: str) -> dict[str, Any]:
    done = installation.run("audit", "storage", "--markers", str(markers), *more, "--json")
    assert done.code == 0, done.out
    found: dict[str, Any] = done.json
    return found


def _close_and_count(installation: Any, expected: int) -> None:
    installation.json("rounds", "close", "clients")
    counted = installation.json("rounds", "count", "clients")
    assert (counted["answers"], counted["invalid"]) == (expected, 0)


@pytest.mark.long
def test_after_a_thousand_answers_crashes_and_a_mix_nobody_can_be_found(
    installation: Any, crowd: Any, search: Any, tmp_path: Path
) -> None:
    people = _mixed(crowd, WEB, BOT)
    served = installation.start()
    crowd.make_mistakes(served.url, people[:5])
    crowd.send(served.url, people[:600])
    reply = crowd.send_slowly(served.url, people[0])
    assert reply.startswith(b"HTTP/1.1 422")
    served.kill()
    served = installation.start()
    crowd.send(served.url, people[600:])
    printed = served.stop()
    assert len(crowd.arrived) == WEB + BOT
    markers = crowd.write_markers(tmp_path / "markers.jsonl")
    _audit(installation, markers)
    installation.json("mix")
    _audit(installation, markers, "--after-mix")
    search(installation.data, printed)
    _close_and_count(installation, WEB + BOT)
    keys = [str(path) for path in (installation.data / "keys").glob("clients-*-Q*.key")]
    open_now = max(one["round"] for one in installation.json("rounds", "list") if one["state"] == "counted")
    key = next(path for path in keys if open_now in path)
    found = _audit(installation, markers, "--key", key)
    opened = next(one for one in found["checks"] if one["number"] == 6)
    assert opened["found"] == f"{WEB + BOT} of {WEB + BOT}"
    order = next(one for one in found["checks"] if one["looked_at"] == "order in data/feedback.sqlite")
    assert f"n = {WEB + BOT}" in order["found"], order
    print(order["found"], "limit", order["limit"])
    search(installation.data)


@contextmanager
def _serving(installation: Any, port: int, **options: Any) -> Iterator[subprocess.Popen[str]]:
    """`serve` with a command or limits of its own; what it printed is in `process.stdout` afterwards."""
    command = options.pop("command", [str(Path(sys.executable).with_name("feedback-service"))])
    process = subprocess.Popen(
        [*command, "serve", "--port", str(port), "--data", str(installation.data)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=installation.environment() | options.pop("environment", {}),
        **options,
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)


def _wait(process: subprocess.Popen[str], url: str) -> None:
    transport = httpx2.HTTPTransport(retries=100)
    with httpx2.Client(transport=transport) as http:
        assert http.get(f"{url}/healthz").status_code == 200
    assert process.poll() is None


@pytest.mark.long
def test_with_every_logger_talking_nothing_is_told(
    installation: Any, crowd: Any, search: Any, unused_tcp_port: int, tmp_path: Path
) -> None:
    url = f"http://127.0.0.1:{unused_tcp_port}"
    with _serving(
        installation,
        unused_tcp_port,
        command=[sys.executable, "-X", "dev", "-c", TALKATIVE],
        environment={"PYTHONASYNCIODEBUG": "1", "PYTHONWARNINGS": "ignore"},
    ) as process:
        _wait(process, url)
        people = _mixed(crowd, 60, 60)
        crowd.make_mistakes(url, people[:3])
        crowd.send(url, people)
    printed, _ = process.communicate(timeout=60)
    assert "DEBUG" in printed, "nobody talked: the test looks at nothing"
    search(installation.data, printed)
    assert not re.search(r"127\.0\.[0-4]\.[0-9]+", printed.replace("127.0.0.1:", ""))
    markers = crowd.write_markers(tmp_path / "markers.jsonl")
    talking = subprocess.run(
        [sys.executable, "-c", TALKATIVE, "mix", "--data", str(installation.data)],
        capture_output=True,
        text=True,
        env=installation.environment(),
        timeout=300,
    )
    assert talking.returncode == 0, talking.stderr[-2000:]
    search(installation.data, talking.stdout + talking.stderr)
    _audit(installation, markers)
    _close_and_count(installation, 120)


@pytest.mark.long
def test_without_the_database_people_go_on_answering_and_nothing_is_told(
    installation: Any, crowd: Any, search: Any, tmp_path: Path
) -> None:
    people = _mixed(crowd, 40, 40)
    database, away = installation.data / "feedback.sqlite", tmp_path / "away.sqlite"
    served = installation.start()
    crowd.send(served.url, people[:40])
    database.rename(away)
    survey_is_still_known = httpx2.get(f"{served.url}/ar/a")
    assert survey_is_still_known.status_code == 200
    crowd.make_mistakes(served.url, people[:2])
    crowd.send(served.url, people[40:])
    failed = installation.run("mix")
    assert failed.code == 1 and "feedback-service init" in failed.err
    search(installation.data, failed.out + failed.err)
    # SQLite makes an empty file where none is: what was there comes back in its place.
    away.rename(database)
    printed = served.stop()
    search(installation.data, printed)
    installation.json("mix")
    _audit(installation, crowd.write_markers(tmp_path / "markers.jsonl"))
    _close_and_count(installation, 80)


def _limit() -> None:
    """No file can be written beyond 400 KiB: what a full disk looks like to one process."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (400 * 1024, 400 * 1024))


@contextmanager
def _disk_of(folder: Path, mebibytes: int) -> Iterator[None]:
    """A file system of its own at `folder`."""
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={mebibytes}m", "tmpfs", folder], check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)


# A process can limit itself anywhere; a file system that is really full needs root.
FULL = ["a limit", "a full file system"] if os.geteuid() == 0 else ["a limit"]


@pytest.mark.long
@pytest.mark.parametrize("how", FULL)
def test_on_a_full_disk_people_are_told_and_nothing_is_half_written(
    new_installation: Callable[..., Any],
    crowd: Any,
    search: Any,
    unused_tcp_port: int,
    tmp_path: Path,
    how: str,
) -> None:
    with ExitStack() as stack:
        if how == "a full file system":
            stack.enter_context(_disk_of(tmp_path / "data", 3))
        installation = new_installation()
        people = _mixed(crowd, 200, 200)
        url = f"http://127.0.0.1:{unused_tcp_port}"
        options = {"preexec_fn": _limit} if how == "a limit" else {}
        small = {"FEEDBACK_SPOOL_SLOTS": "64"}
        with _serving(installation, unused_tcp_port, environment=small, **options) as process:
            _wait(process, url)
            crowd.send(url, people)
            assert httpx2.get(f"{url}/ar/a").status_code == 200
        printed, _ = process.communicate(timeout=60)
        assert crowd.refused and crowd.arrived, (len(crowd.refused), len(crowd.arrived))
        search(installation.data, printed)
        if how == "a full file system":
            subprocess.run(["mount", "-o", "remount,size=64m", tmp_path / "data"], check=True)
        _send_again_and_count(installation, crowd, tmp_path)


def _send_again_and_count(installation: Any, crowd: Any, tmp_path: Path) -> None:
    """With room on the disk again, what was refused is sent again, and everything is counted once."""
    refused, crowd.refused = crowd.refused, []
    served = installation.start()
    crowd.send(served.url, refused)
    served.stop()
    assert crowd.refused == []
    installation.json("mix")
    _audit(installation, crowd.write_markers(tmp_path / "markers.jsonl"))
    _close_and_count(installation, len(crowd.arrived))
