"""Checks of the machine: file systems, room, clock, swap, core dumps, permissions."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from .finding import Finding, advice, fine, not_looked_at, now

# They keep what was written before, in the order of writing. The audit has a list of its own, on purpose:
# it must not share our mistakes, and an import contract holds it to that.
_WITH_GENERATIONS = frozenset({"btrfs", "zfs", "nilfs2", "bcachefs", "f2fs"})
# SQLite's locks are not reliable there: two writers would destroy the file.
_NETWORK = frozenset(
    {"nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "afs", "ceph", "lustre", "fuse.sshfs", "fuse.glusterfs"}
)
_VOLATILE = frozenset({"tmpfs", "ramfs"})
_GOOD = frozenset({"ext2", "ext3", "ext4", "xfs"})
_FIRST_YEAR, _LAST_YEAR = 2026, 2100
_TICKS = timedelta(minutes=5)
_MIB = 1 << 20
_ROOM_FOR_THE_REST = 64 * _MIB
_MACHINE = "machine"


def check_file_system(folder: str, kind: str | None) -> Finding:
    """The type of the file system that a folder lies on; `None` where it can't be seen."""
    elsewhere = "Move the data folder to a local disk with ext4 or xfs."
    if kind is None:
        return not_looked_at(folder, "The file system can't be seen on this system.")
    if kind in _WITH_GENERATIONS:
        return now(folder, f"{kind} keeps old writes, and with them the order of arrival.", elsewhere)
    if kind in _NETWORK:
        return now(folder, f"{kind} is a network file system: locks fail there, answers get lost.", elsewhere)
    if kind in _VOLATILE:
        return advice(folder, f"{kind} is memory: at a restart all answers are gone.", elsewhere)
    if kind == "overlay":
        return advice(
            folder,
            "overlay is a container's own layer, gone with the container.",
            "Mount a volume with ext4 or xfs.",
        )
    if kind in _GOOD:
        return fine(folder, f"{kind} keeps no old writes.")
    return advice(folder, f"{kind} was not tried: does it keep old writes, are its locks sound?", elsewhere)


def room_needed(database: int, spools: Sequence[int]) -> int:
    """Bytes that a mix and the growth of the largest spool file need at once.

    VACUUM writes the database once more and its journal; a file that grows becomes twice as large, in one
    transaction whose journal holds the old one.
    """
    return 2 * database + 2 * max(spools, default=0) + _ROOM_FOR_THE_REST


def check_room(folder: str, free: int, needed: int) -> Finding:
    """Whether the disk has room for that."""
    told = f"{free // _MIB} MiB are free; a mix and the spool's growth may need {needed // _MIB} MiB."
    if free < needed:
        return now(
            folder, told, "Make room: without it answers are refused or the mix fails (nothing is lost)."
        )
    if free < 2 * needed:
        return advice(folder, told, "Make room soon.")
    return fine(folder, told)


def check_clock(at: datetime, newest: datetime | None) -> Finding:
    """The year is plausible, and nothing was written in the future. Time zones don't matter here."""
    todo = "Set the clock (timedatectl): rounds open and close by its date."
    if not _FIRST_YEAR <= at.year <= _LAST_YEAR:
        return now("clock", f"The clock says {at.date()}.", todo)
    if newest and newest - at > _TICKS:
        day = newest.astimezone(UTC).date()
        return now("clock", f"The clock says {at.date()}, but a file here was written on {day}.", todo)
    return fine("clock", f"The clock says {at.date()}.")


def check_swap(areas: int | None) -> Finding:
    """Memory on the disk: what somebody sends without script is readable in memory for a moment."""
    if areas is None:
        return not_looked_at(_MACHINE, "Swap can't be seen on this system.")
    if areas:
        return advice(
            _MACHINE,
            "Swap is on: memory with open answers may get onto the disk.",
            "swapoff -a, or MemorySwapMax=0",
        )
    return fine(_MACHINE, "There is no swap.")


def check_core_dumps(limit: int) -> Finding:
    """Of a process started as this one was; a service manager may set another limit for serve."""
    if limit != 0:
        return advice(
            _MACHINE,
            "A process started like this one may leave a core dump with open answers.",
            "LimitCORE=0 for serve, or ulimit -c 0",
        )
    return fine(_MACHINE, "A process started like this one leaves no core dump.")


def check_mode(folder: str, mode: int) -> Finding:
    """Who else may look into the folder, or write to it."""
    told = f"Its permissions are {mode:03o}"
    if mode & 0o022:
        return now(folder, f"{told}: others may change what is in it.", f"chmod 700 {folder}")
    if mode & 0o077:
        return advice(folder, f"{told}: others may see when files change.", f"chmod 700 {folder}")
    return fine(folder, f"{told}: nobody else may look into it.")
