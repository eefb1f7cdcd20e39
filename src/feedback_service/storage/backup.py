"""The one generation of a backup, and the note of where it lies."""

from __future__ import annotations

from pathlib import Path

# Holds a path and nothing else; that there is a backup says nothing about an answer.
NOTE = "backup.path"


def noted_target(folder: Path) -> Path | None:
    """Where the newest backup of this data folder was written to; `None` where none was."""
    note = folder / NOTE
    return Path(note.read_text("utf-8").strip()) if note.exists() else None
