"""Line 15 of the audit: a process that crashes while answers wait leaves no copy of its memory anywhere."""

from __future__ import annotations

import os
import resource
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from feedback_service.cli import counting
from feedback_service.core_dumps import core_dumps_are_refused

MARKER = "CanaryAnswer of a crash"
CORE_PATTERN = Path("/proc/sys/kernel/core_pattern").read_text("utf-8")
# Begins a post and never ends it: what was typed is in the process's memory, and nowhere else.
HALF = (
    "POST /de/a HTTP/1.1\r\nHost: here\r\nContent-Type: application/x-www-form-urlencoded\r\n"
    f"Content-Length: 9000\r\n\r\ncomment={MARKER}"
)
# What a process does for itself before it crashes, and whether it is dumped then.
NOTHING = ""
ONE_HALF = "from feedback_service import core_dumps as c; {}; c.refuse_core_dumps();"
WITHOUT_LIMIT = ONE_HALF.format("c.resource.setrlimit = lambda *_: None")
WITHOUT_KERNEL = ONE_HALF.format("c._prctl = lambda *_: 0")


def _without_limit() -> None:
    """As after `ulimit -c unlimited`, as far as the machine lets us."""
    hard = resource.getrlimit(resource.RLIMIT_CORE)[1]
    resource.setrlimit(resource.RLIMIT_CORE, (hard, hard))


def _crash(process: subprocess.Popen[Any]) -> bool:
    """Crash a process; whether the kernel says that it was dumped, into a file or into a program."""
    process.send_signal(signal.SIGSEGV)
    _, status = os.waitpid(process.pid, 0)
    # Waited for above: Popen must not do so again.
    process.returncode = -os.WTERMSIG(status)
    if process.stdout:
        process.stdout.close()
    assert process.returncode == -signal.SIGSEGV
    return os.WCOREDUMP(status)


def test_serve_crashes_without_a_trace_though_everything_else_would_be_dumped(
    shared_installation: Any, witness: Any, taken_in: Callable[..., None], tmp_path: Path
) -> None:
    served = shared_installation.start(witness.environment, preexec_fn=_without_limit, cwd=tmp_path)
    try:
        state = witness.state(served.process.pid)
        assert (state.dumpable, state.core_limit) == ("0", "(0, 0)")
        host, port = served.url.removeprefix("http://").split(":")
        with socket.create_connection((host, int(port))) as half:
            half.sendall(HALF.encode())
            taken_in(half)
            assert _crash(served.process) is False
    finally:
        served.process.kill()
    assert not _dumps(tmp_path) and not _dumps(shared_installation.data)


def _dumps(folder: Path) -> list[Path]:
    """Files that are a dump by their name or hold what was typed."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    return [path for path in files if "core" in path.name or MARKER.encode() in path.read_bytes()]


@pytest.mark.parametrize(
    ("first", "dumped"), [(NOTHING, True), (WITHOUT_LIMIT, False), (WITHOUT_KERNEL, False)],
    ids=["refusing nothing", "only by the kernel's flag", "only by the limit"],
)  # fmt: skip
def test_either_half_is_enough_and_without_both_there_is_a_dump(
    tmp_path: Path, first: str, dumped: bool
) -> None:
    """The control for the test above; on a machine that forbids dumps to everybody it says just that."""
    process = subprocess.Popen(
        [sys.executable, "-c", f"import sys; {first} print(flush=True); sys.stdin.read()", MARKER],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        preexec_fn=_without_limit,
        cwd=tmp_path,
    )
    assert process.stdin and process.stdout and process.stdout.readline()
    piped = CORE_PATTERN.startswith("|")
    allowed = piped or resource.getrlimit(resource.RLIMIT_CORE)[1] != 0
    assert _crash(process) is (allowed and (dumped or (piped and first == WITHOUT_KERNEL)))
    process.stdin.close()
    if CORE_PATTERN.startswith("core"):
        assert bool(_dumps(tmp_path)) is (allowed and dumped)


def test_every_command_refuses_before_it_does_anything() -> None:
    probe = (
        "import sys; from feedback_service.cli import main;"
        "from feedback_service.core_dumps import core_dumps_are_refused as refused;"
        "main.build = lambda _first: (lambda: print(refused()));"
        "main.run()"
    )
    done = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True)
    assert done.stdout == "True\n"


def test_the_workers_of_a_large_count_refuse_too(monkeypatch: pytest.MonkeyPatch) -> None:
    assert core_dumps_are_refused() is False, "these tests would show nothing"
    monkeypatch.setattr(counting, "_WORTH_PROCESSES", 1)
    with counting.executor_for(1) as workers:
        assert workers
        assert [one.result() for one in [workers.submit(core_dumps_are_refused) for _ in range(4)]] == [
            True
        ] * 4


def test_a_kernel_that_does_not_let_us_is_said_aloud(monkeypatch: pytest.MonkeyPatch) -> None:
    """Never go on with secrets that can be dumped."""
    library = "feedback_service.core_dumps.ctypes.CDLL"

    class Refusing:
        class prctl:  # noqa: N801  a function of the C library
            argtypes: tuple[Any, ...] = ()

            def __new__(cls, *_: object) -> Any:
                return -1

    monkeypatch.setattr(library, lambda *_, **__: Refusing)
    with pytest.raises(OSError, match="core dumps"):
        core_dumps_are_refused()
