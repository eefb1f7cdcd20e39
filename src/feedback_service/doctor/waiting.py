"""Checks of what waits in the spools. No total that changes between two mixes is ever shown."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from enum import Enum

from ..mixing.pool import THRESHOLD
from .finding import Finding, advice, fine, now

# A night, and half a day for a machine that was off.
_OVERDUE = timedelta(hours=36)
_SUBJECT = "mix"
_SPOOL = "spool"


class Enough(Enum):
    """Whether a mix would move anything: it looks at codes too, which nobody else may open."""

    NO = "no"
    PERHAPS = "perhaps"
    YES = "yes"


def enough(waiting: int, *, codes: bool, required: bool) -> Enough:
    """Whether so many distinct things of one round are enough for one of its pools.

    Where people have codes there are two pools, verified and open; where codes are required the mix leaves
    out, and drops, what came without one.
    """
    if waiting < THRESHOLD:
        return Enough.NO
    if required or (codes and waiting < 2 * THRESHOLD - 1):
        return Enough.PERHAPS
    return Enough.YES


def check_mix(since: timedelta | None, waiting: Sequence[Enough]) -> Finding:
    """`since` the last mix that moved anything; one below its threshold leaves no trace, and needs none."""
    if since is None:
        return now(
            _SUBJECT,
            "The mix's key is missing: codes of answers that wait can't be read any more.",
            "feedback-service init (makes a new one)",
        )
    ago = _ago(since)
    if Enough.YES not in waiting and Enough.PERHAPS not in waiting:
        return fine(_SUBJECT, f"Too few answers wait for a mix to move any; the last one that did was {ago}.")
    if since <= _OVERDUE:
        return fine(_SUBJECT, f"The last mix that moved answers was {ago}.")
    todo = "feedback-service mix, and have it run every night (docs/operating.md)"
    if Enough.YES in waiting:
        return now(
            _SUBJECT, f"{THRESHOLD} or more answers wait; the last mix that moved any was {ago}.", todo
        )
    return advice(
        _SUBJECT, f"Enough answers may wait for a mix; the last one that moved any was {ago}.", todo
    )


def check_damaged(damaged: int) -> Finding:
    """Slots whose checksum is wrong."""
    if damaged:
        return now(
            _SPOOL,
            f"{damaged} slots are damaged and can't be mixed; they stay there.",
            "Check the disk (smartctl, dmesg). The other answers are safe: a mix takes them.",
        )
    return fine(_SPOOL, "No slot is damaged.")


def check_unreadable(files: Sequence[str]) -> Finding:
    """Files that can't be read now, as after a crash in the middle of a write."""
    if files:
        return advice(
            _SPOOL,
            f"Can't be read now: {', '.join(files)}.",
            "serve or the next mix mends what a crash left. Still there after that: check the disk.",
        )
    return fine(_SPOOL, "Every file can be read.")


def check_stranded(stranded: int) -> Finding:
    """Answers for rounds that are over or unknown here. They can't grow in number: the spool takes none."""
    if not stranded:
        return fine(_SPOOL, "Nothing waits for a round that is over.")
    number = f"{stranded - stranded % 10} or more" if stranded >= 10 else "Fewer than ten"
    return now(
        _SPOOL,
        f"{number} answers wait for rounds that are over or unknown here; they stay there.",
        "Was an older database restored? Restore the newest one. Otherwise please report it.",
    )


def check_halves(lost: Sequence[str]) -> Finding:
    """Pairs that lost one of their two files."""
    if lost:
        return now(
            _SPOOL,
            f"Missing: {', '.join(lost)}. What waited there is lost. (Is serve just starting? Look again.)",
            "feedback-service mix (replaces it). Find out what deleted it.",
        )
    return fine(_SPOOL, "Every pair of files is complete.")


def _ago(since: timedelta) -> str:
    hours = int(since.total_seconds() // 3600)
    if hours < 1:
        return "less than an hour ago"
    return f"{hours} hours ago" if hours < 48 else f"{hours // 24} days ago"
