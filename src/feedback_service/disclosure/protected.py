"""What disclosure control gives and the ledger keeps: noisy atoms, and nothing that leads back from them.

A `ProtectedTable` holds copies of integers only. This module and all that follow it (`ledger`, `display`,
`rows`, `release`, `check`) don't import `tally`: no raw count can be reached from what they import.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256

import rfc8785

from ..surveys.categories import CountedQuestion, PublishClass


@dataclass(frozen=True, slots=True)
class ProtectedAtom:
    """One atom, frozen: `noisy[question]` are signed integers, one a choice, of its own class only."""

    id: str
    publish_class: PublishClass
    audience: str
    regions: tuple[str, ...]
    n: int
    noisy: Mapping[str, tuple[int, ...]]
    digest: str


@dataclass(frozen=True, slots=True)
class CodeFigures:
    """How many records a code verified, in the whole round; how many codes came with several answers."""

    verified: int
    contested: int


@dataclass(frozen=True, slots=True)
class ProtectedTable:
    """One survey and round after disclosure control. `atoms` by class and id; `invalid` in records.

    `codes` is there only where the survey uses access codes.
    """

    survey: str
    round: str
    audience: str
    issue: int
    questions: tuple[CountedQuestion, ...]
    atoms: tuple[ProtectedAtom, ...]
    invalid: int
    codes: CodeFigures | None = None


def atom_digest(n: int, noisy: Mapping[str, tuple[int, ...]]) -> str:
    """SHA-256 (hex) over {"n": n, "z": {question: [...]}} as canonical JSON (RFC 8785).

    Never over record keys: whoever holds an envelope could test whether it was counted.
    """
    return sha256(rfc8785.dumps({"n": n, "z": {name: list(z) for name, z in noisy.items()}})).hexdigest()
