"""Line 19 of the audit: nothing that takes, mixes, counts or publishes answers connects to anything.

Heard by a witness in every process, and, where we may have a network of our own (root), counted by the
kernel in it: that also sees what a library does behind Python's back.
"""

from __future__ import annotations

import ctypes
import fcntl
import os
import socket
import struct
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx2
import pytest

ANSWERS = 25
STEPS = (("mix",), ("rounds", "close", "clients"), ("rounds", "count", "clients"))
# An address for documentation (RFC 5737): nobody is there.
ELSEWHERE = ("192.0.2.1", 9)
IN_PYTHON = f"""
import contextlib, socket
with contextlib.suppress(OSError), socket.socket() as one:
    one.settimeout(0.01)
    one.connect({ELSEWHERE})
"""
BEHIND_PYTHON = """
import ctypes, struct
c = ctypes.CDLL(None)
where = struct.pack("<HHL8x", 2, 0x0900, 0x010200c0)
c.connect(c.socket(2, 1, 0), where, len(where))
"""
CLONE_NEWNET = 0x40000000
LISTENS = "0A"
OWN_NETWORK = os.geteuid() == 0
QUIET = {"ActiveOpens": 0, "OutNoRoutes": 0, "OutDatagrams": 0, "Ip6OutNoRoutes": 0, "Udp6OutDatagrams": 0}
OUTWARD = {"Tcp": ("ActiveOpens",), "Ip": ("OutNoRoutes",), "Udp": ("OutDatagrams",)}


def _answer(url: str) -> int:
    """Send answers over one connection."""
    headers = {"content-type": "application/x-www-form-urlencoded"}
    with httpx2.Client() as http:
        for number in range(ANSWERS):
            body = urlencode({"region": "08416", "comment": f"answer {number}"})
            assert http.post(f"{url}/ar/a", content=body, headers=headers).status_code == 303
            assert http.get(f"{url}/ar/what-we-keep").status_code == 200
    return 1


@dataclass(frozen=True, slots=True)
class Way:
    """What an answer's way from the form to the count left with the kernel."""

    port: int
    listening: list[str]
    outward: dict[str, int]


def _whole_way(installation: Any, witness: Any, until: Callable[..., Any]) -> Way:
    """From the first answer to the counted round."""
    before = _outward()
    served = installation.begin(witness.environment)
    try:
        port = int(served.url.rpartition(":")[2])
        tcp = Path("/proc/thread-self/net/tcp")
        # Asking whether it is healthy would be connections too.
        until(lambda: f":{port:04X} 00000000:0000 {LISTENS}" in tcp.read_text("ascii"))
        ours = _answer(served.url)
        listening = _listening(witness.state(served.process.pid).open)
        for step in STEPS:
            done = installation.run(*step, environment=witness.environment)
            assert done.code == 0, done
    finally:
        served.stop()
    outward = {name: count - before[name] for name, count in _outward().items()}
    return Way(port, listening, outward | {"ActiveOpens": outward["ActiveOpens"] - ours})


def test_serve_mix_close_and_count_connect_to_nothing_and_start_nothing(
    installation: Any, witness: Any, until: Callable[..., Any], alone: Callable[..., Any]
) -> None:
    way = alone(_whole_way, installation, witness, until)
    assert way.listening == [f"0100007F:{way.port:04X}"]
    assert len({one.pid for one in witness.seen("")}) == 1 + len(STEPS)
    heard = [one for one in witness.seen("socket.") if one.event != "socket.__new__"]
    assert [(one.event, one.what) for one in heard] == [("socket.bind", [f"('127.0.0.1', {way.port})"])]
    assert witness.seen("subprocess.", "os.exec", "os.posix_spawn", "os.spawn", "os.system", "os.fork") == []
    if OWN_NETWORK:
        assert way.outward == QUIET


def _listening(open_now: list[str], net: Path = Path("/proc/thread-self/net")) -> list[str]:
    """Where a process's own sockets wait for connections or datagrams, as the kernel writes addresses."""
    found = []
    for table in ("tcp", "tcp6", "udp", "udp6", "raw", "raw6"):
        for line in (net / table).read_text("ascii").splitlines()[1:]:
            _, local, _, state, *_, inode = line.split()[:10]
            if f"socket:[{inode}]" in open_now and (state == LISTENS or not table.startswith("tcp")):
                found.append(local)
    return found


def test_the_witness_hears_one_who_connects_and_one_who_starts_a_program(witness: Any) -> None:
    for source in (IN_PYTHON, "import subprocess; subprocess.run(['true'])"):
        subprocess.run([sys.executable, "-c", source], env=witness.environment, check=True)
    assert [one.what for one in witness.seen("socket.connect")] == [[str(ELSEWHERE)]]
    assert len(witness.seen("subprocess.Popen")) == 1


def _leave_the_network() -> None:
    """This thread, and what it starts, get a network of their own: loopback and nothing else."""
    if ctypes.CDLL(None, use_errno=True).unshare(CLONE_NEWNET):
        raise OSError(ctypes.get_errno(), "unshare")
    with socket.socket() as one:
        # SIOCSIFFLAGS, IFF_UP
        fcntl.ioctl(one, 0x8914, struct.pack("16sH14x", b"lo", 1))


@pytest.fixture
def alone() -> Iterator[Callable[..., Any]]:
    """Runs a function in a network of its own, where this machine lets us have one."""
    leave = _leave_the_network if OWN_NETWORK else None
    with ThreadPoolExecutor(1, initializer=leave) as thread:
        yield lambda function, *arguments: thread.submit(function, *arguments).result()


def _outward() -> dict[str, int]:
    """How often anything in this thread's network wanted to send to anywhere, by the kernel's count."""
    net = Path("/proc/thread-self/net")
    lines = [line.split() for line in (net / "snmp").read_text("ascii").splitlines()]
    found = {}
    for names, values in zip(lines[::2], lines[1::2], strict=True):
        for name in OUTWARD.get(names[0].rstrip(":"), ()):
            found[name] = int(values[names.index(name)])
    six = dict(line.split() for line in (net / "snmp6").read_text("ascii").splitlines())
    return found | {name: int(six[name]) for name in ("Ip6OutNoRoutes", "Udp6OutDatagrams")}


if OWN_NETWORK:

    @pytest.mark.parametrize("source", [IN_PYTHON, BEHIND_PYTHON], ids=["in Python", "behind Python"])
    def test_the_kernel_counts_one_who_connects(alone: Callable[..., Any], source: str) -> None:
        alone(lambda: subprocess.run([sys.executable, "-c", source], check=True))
        assert alone(_outward) == QUIET | {"OutNoRoutes": 1}
