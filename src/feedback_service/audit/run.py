"""Puts the audit's checks together, in the order of the design's list."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from ..errors import FeedbackError
from .arrival import check_order
from .codes import check_codes
from .content import check_content
from .files import DATABASE
from .keys import check_keys
from .known import Known, read_known
from .lengths import check_lengths
from .machine import check_machine
from .model import Check, Verdict, not_looked_at
from .naive import make_naive
from .opening import RoundKey, check_opening
from .residues import check_residues
from .schema import check_schema
from .spool import check_spool

# What a living installation can't show by itself, each with the test that does.
_ELSEWHERE = (
    (8, "two orders of arrival, one file", "tests/mixing/test_mix_order.py"),
    (17, "cookies, ETags, headers, Back in a browser", "tests/channels, tests/journeys"),
    (20, "a restored backup after shredding", "tests/rounds"),
    (21, "the same at DEBUG, after kill -9, on a full disk", "tests/promises/test_whole_audit.py"),
)
MUST_FAIL = (1, 2, 5, 7, 10)
Progress = Callable[[int, int], None]


class NothingToAudit(FeedbackError):
    """A folder without a store."""

    status = 503
    code = "audit-nothing"
    message = "There is no %(file)s to audit. Give the installation's folder with --data."


def audit_storage(
    data: Path,
    *,
    known: Sequence[Known] = (),
    also: Sequence[Path] = (),
    keys: Sequence[RoundKey] = (),
    progress: Progress = lambda _done, _all: None,
) -> list[Check]:
    """Every check that can be made from here. Raises `NothingToAudit`, `UnreadableFile`."""
    if not (data / DATABASE).exists():
        raise NothingToAudit(file=data / DATABASE)
    opening, texts = check_opening(data, keys, progress)
    checks = [
        *check_content([data, *also], known, progress),
        *check_schema(data),
        *opening,
        *check_order(data, known, texts),
        *check_residues(data),
        *check_lengths(data),
        *check_spool(data),
        *check_codes(data),
        *check_keys(data),
        *check_machine(data),
        *(not_looked_at(number, name, f"see {where}") for number, name, where in _ELSEWHERE),
    ]
    return sorted(checks, key=lambda check: check.number)


def audit_naive() -> tuple[list[Check], list[int]]:
    """The same checks on a store that was made naively; gives the numbers that should fail and didn't."""
    with tempfile.TemporaryDirectory(prefix="feedback-audit-") as folder:
        data, markers = make_naive(Path(folder))
        checks = audit_storage(data, known=read_known(markers))
    failed = {check.number for check in checks if check.verdict is Verdict.FINDING}
    return checks, [number for number in MUST_FAIL if number not in failed]
