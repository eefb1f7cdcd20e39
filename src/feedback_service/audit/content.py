"""Is anything that somebody typed, or that their browser told, in any file?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from .known import Known, answer_texts, sender_texts
from .model import Check, Verdict, not_looked_at
from .search import Needles, Searched, search

Progress = Callable[[int, int], None]


def check_content(folders: Sequence[Path], known: Sequence[Known], progress: Progress) -> list[Check]:
    """Lines 1 (answers), 2 to 4 (senders) and 12 (codes)."""
    codes = {shape.encode() for one in known if one.code for shape in (one.code, one.code.replace("-", ""))}
    subjects = (
        (1, "answers in files", answer_texts(known)),
        (2, "addresses, browsers, accounts in files", sender_texts(known)),
        (12, "access codes in files", codes),
    )
    return [_line(number, name, texts, folders, progress) for number, name, texts in subjects]


def _line(number: int, name: str, texts: set[bytes], folders: Sequence[Path], progress: Progress) -> Check:
    if not texts:
        return not_looked_at(number, name, "--markers tells none")
    found = search(folders, Needles(texts), progress)
    if found.unread:
        return Check(number, name, f"{len(found.unread)} files can't be read", "all", Verdict.FINDING)
    return Check(
        number,
        f"{name} ({len(texts):,} texts)",
        _shown(found),
        "none",
        Verdict.FINDING if found.hits else Verdict.OK,
    )


def _shown(found: Searched) -> str:
    looked_at = f"{found.files} files, {found.bytes / 1e6:,.0f} MB"
    return (
        f"{', '.join(found.hits[:3])} ({len(found.hits)} of {looked_at})"
        if found.hits
        else f"none in {looked_at}"
    )
