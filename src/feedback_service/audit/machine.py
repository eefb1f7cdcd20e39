"""The machine: core dumps, swap, the spool's file system, who may read the folder."""

from __future__ import annotations

import resource
from pathlib import Path

from .model import Check, hardened, held, not_looked_at

# They keep what was written before, in the order of writing.
_WITH_GENERATIONS = frozenset({"btrfs", "zfs", "nilfs2", "bcachefs", "f2fs"})


def check_machine(folder: Path) -> list[Check]:
    """Lines 11, 15 and 16 as far as they can be seen from here."""
    system = _file_system(folder)
    cores = resource.getrlimit(resource.RLIMIT_CORE)[0]
    swaps = Path("/proc/swaps").read_text("utf-8").splitlines()[1:]
    mode = folder.stat().st_mode & 0o777
    return [
        held(11, "file system of the data folder", system, "none that keeps old writes",
             system not in _WITH_GENERATIONS),
        hardened(15, "core dumps of a process like this", f"{cores} bytes", "0 bytes", cores == 0),
        hardened(16, "swap", f"{len(swaps)} areas", "none", not swaps),
        hardened(16, "permissions of the data folder", f"{mode:03o}", "700", not mode & 0o077),
        not_looked_at(16, "logs of proxy and system", "give their folders with --also"),
    ]  # fmt: skip


def _file_system(folder: Path) -> str:
    """The type of the file system that a folder lies on."""
    best, kind = "", "unknown"
    here = str(folder.resolve())
    for line in Path("/proc/self/mounts").read_text("utf-8").splitlines():
        _, place, this, *_ = line.split()
        mounted = place.replace("\\040", " ")
        inside = here == mounted or here.startswith(mounted.rstrip("/") + "/")
        if inside and len(mounted) >= len(best):
            best, kind = mounted, this
    return kind
