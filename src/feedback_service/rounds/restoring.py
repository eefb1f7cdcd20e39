"""Makes an installation out of a backup, in a new folder: complete, or nothing is there."""

from __future__ import annotations

import re
import shutil
import tarfile
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from ..errors import FeedbackError
from ..files import durable_file, sync_folder
from ..mixing.code_keys import CodeKeys
from ..settings import SETTINGS_FILE
from ..storage.rounds import Round, all_rounds
from ..storage.session import DATABASE, Store, make_store, open_store
from .backing_up import FORMAT, FORMAT_FILE, SUMS, is_backup

# Nothing else is ever written, whatever stands in the file: no path out of the folder, no link.
_MEMBER = re.compile(
    rf"{re.escape(DATABASE)}|{re.escape(SETTINGS_FILE)}|keys/[a-z][a-z0-9_]*(-[1-8][0-9]{{3}}-Q[1-4])?\.pub"
    r"|audio/[a-z][a-z0-9_]*/[a-z0-9][a-z0-9_-]*\.[a-z0-9]+"
)
_PART = 1 << 20
_MOST_SUMS = 1 << 20


class FolderNotEmpty(FeedbackError):
    """A backup goes into a new folder: what is in use is never overwritten."""

    status = 409
    code = "restore-not-empty"
    message = (
        "%(folder)s is not empty. Give another folder with --data, or move this one away first. Nothing was"
        " changed."
    )


class InvalidBackup(FeedbackError):
    """A file that is no backup, or one that was cut or changed."""

    status = 422
    code = "backup-invalid"
    message = "%(file)s can't be restored: %(reason)s. Nothing was changed."


@dataclass(frozen=True, slots=True)
class Restored:
    """What is there now."""

    store: Store
    rounds: tuple[Round, ...]


def restore(file: Path, folder: Path) -> Restored:
    """Restore into a folder that is empty or not there. Brings an older backup up to this version.

    Raises `FolderNotEmpty`, `InvalidBackup`, `NewerDatabase`; then nothing is there.
    """
    folder = folder.resolve()
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise FolderNotEmpty(folder=folder)
    if not is_backup(file):
        raise InvalidBackup(file=file, reason="it is no file that “feedback-service backup” wrote")
    unfinished = folder.with_name(folder.name + ".restoring")
    # Left by a restore that was killed.
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(mode=0o700, parents=True)
    try:
        _unpack(file, unfinished)
        make_store(unfinished)
        _complete(unfinished)
        unfinished.rename(folder)
    except BaseException:
        shutil.rmtree(unfinished, ignore_errors=True)
        raise
    sync_folder(folder.parent)
    store = open_store(folder)
    with store.read() as connection:
        return Restored(store, tuple(all_rounds(connection)))


def _unpack(file: Path, folder: Path) -> None:
    found: dict[str, str] = {}
    told: dict[str, str] = {}
    try:
        with tarfile.open(file, mode="r:") as archive:
            for member in archive:
                if member.name == SUMS:
                    told = _sums(archive, member)
                elif member.name != FORMAT_FILE:
                    found[member.name] = _write(archive, member, folder, file)
                elif _read(archive, member, len(FORMAT) + 1) != FORMAT:
                    raise InvalidBackup(file=file, reason="it was made by a newer version")
    except (tarfile.TarError, UnicodeDecodeError) as error:
        raise InvalidBackup(file=file, reason=f"it is damaged ({type(error).__name__})") from None
    if DATABASE not in found or found != told:
        raise InvalidBackup(file=file, reason="it was cut or changed: the checksums are wrong")


def _write(archive: tarfile.TarFile, member: tarfile.TarInfo, folder: Path, file: Path) -> str:
    if not member.isreg() or not _MEMBER.fullmatch(member.name):
        raise InvalidBackup(file=file, reason="it holds something that no backup has")
    source = archive.extractfile(member)
    assert source is not None
    digest = sha256()
    with durable_file(folder / member.name) as out:
        while part := source.read(_PART):
            digest.update(part)
            out.write(part)
    return digest.hexdigest()


def _sums(archive: tarfile.TarFile, member: tarfile.TarInfo) -> dict[str, str]:
    lines = _read(archive, member, _MOST_SUMS).decode().splitlines()
    return {name: digest for digest, _, name in (line.partition("  ") for line in lines)}


def _read(archive: tarfile.TarFile, member: tarfile.TarInfo, most: int) -> bytes:
    source = archive.extractfile(member)
    return source.read(most) if source else b""


def _complete(folder: Path) -> None:
    """What a new installation has beside the store: empty spools, and a mix's key of its own."""
    for name in ("spool", "tmp", "keys"):
        (folder / name).mkdir(exist_ok=True, mode=0o700)
    CodeKeys(folder / "mix", folder / "spool").make_missing()
