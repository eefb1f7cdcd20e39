"""Is anything that somebody typed, or that their browser told, in any file?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from .known import Known, answer_texts, code_digests, code_texts
from .model import Check, Verdict, listed, not_looked_at
from .search import Needles, Searched, search
from .senders import sender_needles

Progress = Callable[[int, int], None]


def check_content(folders: Sequence[Path], known: Sequence[Known], progress: Progress) -> list[Check]:
    """Lines 1 (answers), 2 to 4 (senders) and 12 (codes)."""
    answers, senders = answer_texts(known), sender_needles(known)
    codes = Needles(code_texts(known), digests=code_digests(known))
    subjects = (
        (1, "answers", len(answers), Needles(answers)),
        (2, "addresses, browsers, accounts", len({text for one in known for text in one.sender}),
         senders),
        (12, "access codes", len({one.code for one in known if one.code}), codes),
    )  # fmt: skip
    return [
        _line(number, f"{name} in files ({told:,} told)", search(folders, needles, progress))
        if needles
        else not_looked_at(number, f"{name} in files", "--markers tells none")
        for number, name, told, needles in subjects
    ]


def _line(number: int, name: str, found: Searched) -> Check:
    looked_at = f"{found.files} files, {found.bytes / 1e6:,.0f} MB"
    if found.hits:
        return Check(number, name, f"in {listed(found.hits)} (of {looked_at})", "none", Verdict.FINDING)
    if found.unread:
        unread = f"can't be read: {listed(found.unread)}"
        return Check(number, name, unread, "all readable", Verdict.FINDING)
    return Check(number, name, f"none in {looked_at}", "none", Verdict.OK)
