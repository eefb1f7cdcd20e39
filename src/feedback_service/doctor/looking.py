"""Reads the facts that checks judge: files, permissions, file systems, spools. Changes nothing."""

from __future__ import annotations

import re
import resource
import shutil
import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from ..intake.code_key import CODE_KEY_FILE
from ..intake.slot_reader import look
from ..intake.spool import FILES, SpoolPair
from ..mixing.code_keys import PRIVATE_FILE
from ..mixing.pool import identity
from ..storage.session import Store
from .keys import KeyFile

_ESCAPED = re.compile(r"\\([0-7]{3})")
_LARGEST_KEY_FILE = 1 << 16


@dataclass(frozen=True, slots=True)
class Spools:
    """What the spools hold: distinct things that wait, by number of round, and what is wrong with files."""

    waiting: Mapping[int, int]
    damaged: int
    unreadable: tuple[str, ...]
    lost: tuple[str, ...]
    sizes: tuple[int, ...]


def read_spools(folder: Path) -> Spools:
    """Look into every file below the spool folder."""
    waiting: dict[int, set[bytes]] = {}
    damaged = 0
    unreadable: list[str] = []
    for path in _spool_files(folder):
        try:
            for head in look(path):
                if head is None:
                    damaged += 1
                else:
                    _, kind, tag, id_ = identity(head)
                    waiting.setdefault(head.round_number, set()).add(bytes([kind]) + tag + id_)
        except sqlite3.Error:
            unreadable.append(_name(path))
    return Spools(
        {number: len(distinct) for number, distinct in waiting.items()},
        damaged,
        tuple(unreadable),
        tuple(_lost(folder)),
        tuple(path.stat().st_size for path in _spool_files(folder)),
    )


def _spool_files(folder: Path) -> list[Path]:
    return [path for path in sorted(folder.glob("web-*/*.spool")) if path.name in FILES]


def _lost(folder: Path) -> Iterator[str]:
    """Files that a pair should have. A pair that has neither never took anything."""
    for place in sorted(folder.glob("web-*")):
        here = [name for name in FILES if (place / name).exists()]
        if here and not SpoolPair(place).complete:
            yield from (_name(place / name) for name in FILES if name not in here)


def _name(path: Path) -> str:
    return f"{path.parent.name}/{path.name}"


def since_last_mix(store: Store, at: datetime) -> timedelta | None:
    """How long ago a mix renewed its key: the one trace of a mix that moved anything.

    Nothing of it is stored for this. `None` where either half of the key is missing.
    """
    public, private = store.spool_folder / CODE_KEY_FILE, store.mix_folder / PRIVATE_FILE
    if not (public.exists() and private.exists()):
        return None
    return at - datetime.fromtimestamp(public.stat().st_mtime, UTC)


def newest_write(folder: Path) -> datetime | None:
    """When the newest file of a folder was written, by its own account."""
    times = [stat for path in folder.rglob("*") if (stat := _mtime(path)) is not None]
    return datetime.fromtimestamp(max(times), UTC) if times else None


def _mtime(path: Path) -> float | None:
    try:
        # A running service makes and removes journals meanwhile.
        return path.stat().st_mtime if path.is_file() else None
    except FileNotFoundError:
        return None


def key_files(folder: Path) -> list[KeyFile]:
    """Every private key file of a key folder, unfinished ones too."""
    found = [path for path in sorted(folder.glob("*")) if {".key", ".cards"} & set(path.suffixes)]
    return [KeyFile(path.name, _is_wrapped(path), path.stat().st_mode & 0o777) for path in found]


def _is_wrapped(path: Path) -> bool:
    return path.stat().st_size <= _LARGEST_KEY_FILE and b'"wrapped"' in path.read_bytes()


def file_system(folder: Path, mounts: str | None) -> str | None:
    """The type of the file system that a folder lies on, out of `/proc/self/mountinfo`."""
    if mounts is None:
        return None
    best, kind = "", None
    here = str(folder.resolve())
    for line in mounts.splitlines():
        before, _, after = line.partition(" - ")
        mounted = _ESCAPED.sub(lambda found: chr(int(found[1], 8)), before.split()[4])
        inside = here == mounted or here.startswith(mounted.rstrip("/") + "/")
        # A later line covers an earlier one at the same place.
        if inside and len(mounted) >= len(best):
            best, kind = mounted, after.split()[0]
    return kind


def read_system(path: str) -> str | None:
    """A file below /proc; `None` where there is no such thing."""
    try:
        return Path(path).read_text("utf-8")
    except OSError:
        return None


def free_bytes(folder: Path) -> int:
    """What an ordinary user may still write there."""
    return shutil.disk_usage(folder).free


def core_limit() -> int:
    """Bytes of a core dump of a process like this one; -1 for any."""
    return resource.getrlimit(resource.RLIMIT_CORE)[0]
