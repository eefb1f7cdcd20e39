"""The machine: core dumps, swap, the spool's file system, who may read the folder."""

from __future__ import annotations

import re
import resource
from collections.abc import Iterator
from pathlib import Path

from .model import Check, hardened, held, none_of
from .system import System

# They keep what was written before, in the order of writing.
_WITH_GENERATIONS = frozenset({"btrfs", "zfs", "nilfs2", "bcachefs", "f2fs"})
_CORES = (
    "/var/lib/systemd/coredump/core.*",
    "/var/crash/*",
    "/var/lib/apport/coredump/*",
    "/core*",
)
_OURS = re.compile(r"feedback.(serv|bot)")


def check_machine(folder: Path, system: System) -> list[Check]:
    """Lines 11, 15 and 16 as far as they can be seen from here."""
    kind = _file_system(folder, system)
    cores = resource.getrlimit(resource.RLIMIT_CORE)[0]
    # A compressed piece of the memory itself isn't a disk.
    swaps = [line.split()[0] for line in (system.text("/proc/swaps") or "").splitlines()[1:] if line.strip()]
    on_disk = [name for name in swaps if "zram" not in name]
    mode = folder.stat().st_mode & 0o777
    handler = (system.text("/proc/sys/kernel/core_pattern") or "").strip()
    kept = handler.startswith("|") and not _keeps_none(system)
    return [
        held(11, "file system of the data folder", kind, "none that keeps old writes",
             kind not in _WITH_GENERATIONS),
        none_of(15, "core dumps of the service on the disk", sorted(_stored_cores(folder, system))),
        hardened(15, "core dumps of a process like this", f"{cores} bytes", "0 bytes", cores == 0),
        # A program that is handed the cores may keep them whatever a process's own limit is.
        hardened(15, "program that takes core dumps", handler if kept else "none", "none", not kept),
        hardened(16, "swap", ", ".join(on_disk) or "none", "none", not on_disk),
        hardened(16, "permissions of the data folder", f"{mode:03o}", "700", not mode & 0o077),
    ]  # fmt: skip


def _keeps_none(system: System) -> bool:
    texts = system.texts("/etc/systemd/coredump.conf", "/etc/systemd/coredump.conf.d/*.conf")
    return any(re.search(r"^\s*Storage\s*=\s*none", text, re.MULTILINE) for _, text in texts)


def _stored_cores(folder: Path, system: System) -> Iterator[str]:
    for pattern in _CORES:
        for path in system.root.glob(pattern.lstrip("/")):
            if _OURS.search(path.name):
                yield str(path)
    for place in {folder, *(one.works_in for one in system.processes_of(folder))}:
        yield from (str(path) for path in place.glob("core*") if re.fullmatch(r"core(\.[0-9]+)?", path.name))


def _file_system(folder: Path, system: System) -> str:
    """The type of the file system that a folder lies on."""
    best, kind = "", "unknown"
    here = str(folder.resolve())
    for line in (system.text("/proc/self/mounts") or "").splitlines():
        _, place, this, *_ = line.split()
        mounted = place.replace("\\040", " ")
        inside = here == mounted or here.startswith(mounted.rstrip("/") + "/")
        if inside and len(mounted) >= len(best):
            best, kind = mounted, this
    return kind
