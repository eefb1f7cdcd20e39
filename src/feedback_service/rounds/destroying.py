"""Destroys key files: overwritten, synced, unlinked.

Overwriting reaches what the file system still calls this file. A flash disk, a copy-on-write file system, a
snapshot or a backup may keep older copies, which nothing here can reach: that is why the keys are wrapped,
and why whoever shreds is reminded of copies.
"""

from __future__ import annotations

import os
from pathlib import Path

from ..sealing.key_file import read_public_half
from ..sealing.keys import to_base64url
from .key_folder import cards_path, counted_path, reviewers_path

_LARGEST_KEY_FILE = 1 << 16


def destroy_round_files(key_file: Path) -> list[Path]:
    """Destroy a round's private files, unfinished ones too; gives those that were there."""
    wanted = [key_file, cards_path(key_file), reviewers_path(key_file), counted_path(key_file)]
    wanted += [path.with_name(path.name + ".new") for path in wanted]
    found = [path for path in wanted if path.exists()]
    for path in found:
        destroy_file(path)
    return found


def destroy_file(path: Path) -> None:
    """Overwrite a file where it lies, and remove it, durably."""
    with path.open("r+b", buffering=0) as file:
        file.write(os.urandom(os.fstat(file.fileno()).st_size))
        os.fsync(file.fileno())
    path.unlink()
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def private_files_of(public_key: bytes, folder: Path) -> list[Path]:
    """Every file below `folder`, under any name, in which this round's private key is wrapped."""
    point = to_base64url(public_key).encode()
    small = (path for path in sorted(folder.rglob("*")) if path.is_file() and not path.is_symlink())
    return [path for path in small if path.stat().st_size <= _LARGEST_KEY_FILE and _holds(path, point)]


def named_round(text: str, name: str) -> tuple[str, str]:
    """Survey and round of a key file. Raises `InvalidKeyFile`."""
    survey, round_id, _ = read_public_half(text, name)
    return survey, round_id


def _holds(path: Path, point: bytes) -> bool:
    content = path.read_bytes()
    return point in content and b'"wrapped"' in content
