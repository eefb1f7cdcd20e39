"""Goes along into every Python process of a test and writes down what it does with the world outside.

Python imports it by itself when its folder is on PYTHONPATH. A process writes one JSON line an event to the
file WITNESS; on SIGUSR1 a line with what it has open, as only a process itself may look where others can't.
"""

from __future__ import annotations

import ctypes
import json
import os
import resource
import signal
import sys
from pathlib import Path

_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_APPEND
_STARTS = ("subprocess.Popen", "os.exec", "os.posix_spawn", "os.spawn", "os.system", "os.fork")
_MAKES = ("os.mkdir", "os.rename", "os.link", "os.symlink")
_GET_DUMPABLE = 3
_out = os.open(os.environ["WITNESS"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)


def _write(event: str, *what: object) -> None:
    line = json.dumps({"pid": os.getpid(), "event": event, "what": [str(one) for one in what]})
    os.write(_out, line.encode() + b"\n")


def _hear(event: str, arguments: tuple[object, ...]) -> None:
    if event == "open":
        path, _, flags = arguments
        if isinstance(flags, int) and flags & _WRITES:
            _write(event, path)
    elif event.startswith("socket.") or event in _STARTS or event in _MAKES:
        # What comes first is the socket, which says nothing that the rest doesn't.
        _write(event, *(arguments[1:] if event.startswith("socket.") else arguments))


def _tell(*_: object) -> None:
    open_now = []
    for one in Path("/proc/self/fd").iterdir():
        try:
            open_now.append(one.readlink())
        except FileNotFoundError:
            continue
    dumpable = ctypes.CDLL(None).prctl(_GET_DUMPABLE, 0, 0, 0, 0)
    _write("state", dumpable, resource.getrlimit(resource.RLIMIT_CORE), *open_now)


signal.signal(signal.SIGUSR1, _tell)
sys.addaudithook(_hear)
