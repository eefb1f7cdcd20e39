"""The service's running processes: what an examiner reads of them in /proc without attaching to anything."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from .key_search import KeyLook
from .model import Check, hardened, none_of, not_looked_at
from .system import Process, System

_SECRET_NAMES = re.compile(r"PASSPHRASE|PASSWORD|PASSWD|SECRET|TOKEN|PRIVATE_KEY|ROUND_KEY")
_SECRET_OPTION = re.compile(r"--?(passphrase|password|secret|token|key-text)\b", re.IGNORECASE)
# The bot has its token so or in a file; it opens no answers.
_TOLERATED = frozenset({"TELEGRAM_TOKEN"})
_TALKATIVE = {"PYTHONDEVMODE": "1", "PYTHONASYNCIODEBUG": "1", "SQLALCHEMY_ECHO": "1"}
# Commands that are open to the network: neither may have what opens answers.
_PUBLIC = ("serve", "bot")
_TEMPORARY = ("/tmp/", "/var/tmp/")  # noqa: S108  where others write


def check_processes(folder: Path, system: System, look: KeyLook, own: Process | None) -> list[Check]:
    """Lines 14, 15 and 16 about running processes. `own` is the audit's."""
    running = system.processes_of(folder)
    looked_at = [*running, *([own] if own else [])]
    beside = sorted({one.name for one in looked_at if _passphrase_beside(folder, one)})
    checks = [
        none_of(14, "secrets in the environment", sorted(set(_secrets(looked_at, look)))),
        none_of(14, "passphrase inside the data folder", beside, "no"),
    ]
    if not running:
        return [*checks, not_looked_at(14, "running processes of the service", "there are none")]
    named = sorted({one.name for one in running if any(map(_SECRET_OPTION.match, one.command))})
    tolerated = [f"{name} of {one.name}" for one in running for name in _TOLERATED & one.environment.keys()]
    public = [
        f"{name} of {one.name}"
        for one in running
        if one.name.startswith(_PUBLIC)
        for name in ("FEEDBACK_PASSPHRASE_FILE", "FEEDBACK_ROUND_KEY_FILE")
        if one.environment.get(name)
    ]
    talking = sorted({f"{what} of {one.name}" for one in running for what in _talking(one)})
    cores = [f"{one.name}: {one.core_limit}" for one in running if one.core_limit != "0"]
    names = ", ".join(one.name for one in running)
    return [
        *checks,
        none_of(14, f"secrets in command lines of {names}", named),
        hardened(14, "ways to keys in public processes", ", ".join(public) or "none", "none", not public),
        hardened(14, "tokens in the environment", ", ".join(tolerated) or "none", "files", not tolerated),
        none_of(16, "processes that log what they are sent", talking),
        none_of(16, "files of running processes outside", sorted(set(_outside(running)))),
        hardened(15, "core dumps of running processes", ", ".join(cores) or "0 bytes", "0 bytes", not cores),
    ]


def _secrets(processes: Sequence[Process], look: KeyLook) -> Iterator[str]:
    for one in processes:
        for name, value in one.environment.items():
            is_named = _SECRET_NAMES.search(name) and not name.endswith(("_FILE", "_PATH"))
            if is_named and name.startswith("FEEDBACK_") and name not in _TOLERATED and value:
                yield f"{name} of {one.name}"
            elif look.in_(value.encode("utf-8", "replace")):
                yield f"a private key in {name} of {one.name}"


def _outside(processes: Sequence[Process]) -> Iterator[str]:
    """Files for a moment are on the disk for good; a deleted one too."""
    for one in processes:
        for target in one.open_files:
            if target.startswith(_TEMPORARY) and one.data and not target.startswith(f"{one.data}/"):
                yield f"{target} of {one.name}"


def _passphrase_beside(folder: Path, one: Process) -> bool:
    passphrase = one.environment.get("FEEDBACK_PASSPHRASE_FILE")
    return bool(passphrase) and folder.resolve() in Path(str(passphrase)).resolve().parents


def _talking(one: Process) -> Iterator[str]:
    """What makes a process print what it is sent, or who sends it."""
    for name, value in _TALKATIVE.items():
        if one.environment.get(name) == value:
            yield name
    words = " ".join(one.command)
    if re.search(r"-X ?dev\b", words):
        yield "python -X dev"
    if re.search(r"--log-level[ =](debug|trace)|--reload\b|--debug\b", words, re.IGNORECASE):
        yield "log level debug"
    started_bare = any(Path(word).name in ("uvicorn", "gunicorn", "hypercorn") for word in one.command)
    if "--access-log" in words or (started_bare and "--no-access-log" not in words):
        yield "an access log"
    if any(
        "LOG_LEVEL" in name and value.lower() in ("debug", "trace") for name, value in one.environment.items()
    ):
        yield "LOG_LEVEL"
