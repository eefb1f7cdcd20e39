"""A witness that goes along into the service's own processes, and what it saw."""

from __future__ import annotations

import json
import os
import signal
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

SITECUSTOMIZE = Path(__file__).with_name("witness")


@dataclass(frozen=True, slots=True)
class Seen:
    """One thing that a process did."""

    pid: int
    event: str
    what: list[str]


@dataclass(frozen=True, slots=True)
class State:
    """What a process says of itself: whether it can be dumped, its limit for dumps, what it has open."""

    dumpable: str
    core_limit: str
    open: list[str]


@dataclass(frozen=True, slots=True)
class Witness:
    """Where the processes write down what they do."""

    file: Path

    @property
    def environment(self) -> dict[str, str]:
        """What a process is started with, so that the witness goes along."""
        return {"PYTHONPATH": str(SITECUSTOMIZE), "WITNESS": str(self.file)}

    def seen(self, *prefixes: str) -> list[Seen]:
        """The events of these kinds so far, of all processes."""
        lines = self.file.read_text("utf-8").splitlines()
        assert lines, "no process took the witness along"
        return [one for one in (Seen(**json.loads(line)) for line in lines) if one.event.startswith(prefixes)]

    def state(self, pid: int) -> State:
        """Ask a process what it has open now."""
        before = len(self._states(pid))
        os.kill(pid, signal.SIGUSR1)
        return State(*_until(lambda: self._states(pid)[before:])[0])

    def _states(self, pid: int) -> list[tuple[str, str, list[str]]]:
        found = [one.what for one in self.seen("state") if one.pid == pid]
        return [(dumpable, limit, [*rest]) for dumpable, limit, *rest in found]


def _until(look: Callable[[], Any]) -> Any:
    """What `look` gives as soon as it gives anything."""
    for _ in range(6000):
        if found := look():
            return found
        time.sleep(0.01)
    raise AssertionError("waited in vain")


@pytest.fixture
def until() -> Callable[[Callable[[], Any]], Any]:
    """Waits for something to be true."""
    return _until


@pytest.fixture
def taken_in() -> Callable[[socket.socket], None]:
    """Waits until the process behind a connection has read everything that was sent over it."""

    def wait(connection: socket.socket) -> None:
        theirs, ours = connection.getpeername()[1], connection.getsockname()[1]
        _until(lambda: _nothing_waits(theirs, ours))

    return wait


def _nothing_waits(port: int, ours: int) -> bool:
    for line in Path("/proc/self/net/tcp").read_text("ascii").splitlines()[1:]:
        _, local, remote, _, queues, *_ = line.split()
        if local.endswith(f":{port:04X}") and remote.endswith(f":{ours:04X}"):
            return queues.endswith(":00000000")
    return False


@pytest.fixture
def witness(tmp_path: Path) -> Witness:
    """A witness of this test's processes alone."""
    file = tmp_path / "witness.jsonl"
    file.touch()
    return Witness(file)
