"""Raw counts in, noisy atoms out: the last place that sees an answer, and the one that draws.

Its result goes to the ledger, and everything published is made from there.
"""

from __future__ import annotations

from types import MappingProxyType

from ..regions.directory import Directory
from ..tally.table import CountedQuestion, CountTable
from .atoms import Atom, all_atoms
from .noise import ReleaseSecret, Subject, draw, record_digest
from .protected import CodeFigures, ProtectedAtom, ProtectedTable, atom_digest
from .sound import check_sound
from .thresholds import Thresholds, shipped

__all__ = ["ProtectedAtom", "ProtectedTable", "protect", "record_set_digest"]


def protect(table: CountTable, directory: Directory, secret: ReleaseSecret, issue: int = 1) -> ProtectedTable:
    """Form the atoms and draw their noise. The same arguments always give the same table.

    Raises `UnsoundCount`, `CountOutsideDirectory` and `TooManyCategories`; then nothing is to be written.
    """
    check_sound(table)
    thresholds = shipped()
    atoms = tuple(_protected(table, atom, secret, issue, thresholds) for atom in all_atoms(table, directory))
    return ProtectedTable(
        table.survey, table.round, table.audience, issue, table.questions, atoms, table.invalid, _codes(table)
    )


def record_set_digest(table: CountTable) -> str:
    """SHA-256 (hex) over all record keys of a count, sorted, with LF between.

    Kept beside the round's key and never published: the count of another set (a restored database, an
    envelope taken out) is refused by comparing it.
    """
    return record_digest(key for count in table.regions.values() for key in count.record_keys)


def _codes(table: CountTable) -> CodeFigures | None:
    """Figures of the whole round only: by district they would tell who handed a code in."""
    if not table.by_verified:
        return None
    return CodeFigures(sum(count.verified for count in table.regions.values()), table.contested)


def _protected(
    table: CountTable, atom: Atom, secret: ReleaseSecret, issue: int, thresholds: Thresholds
) -> ProtectedAtom:
    records = record_digest(key for member in atom.members for key in table.regions[member].record_keys)
    noisy: dict[str, tuple[int, ...]] = {}
    for question in table.questions:
        if question.publish != atom.publish_class:
            continue
        subject = Subject(
            survey=table.survey,
            round=table.round,
            audience=atom.audience,
            atom=atom.id,
            issue=issue,
            question=question.name,
            n=atom.n,
            records=records,
        )
        noise = draw(secret, subject, question.kind, len(question.choices), thresholds)
        raw = _raw(table, atom, question)
        noisy[question.name] = tuple(x + e for x, e in zip(raw, noise, strict=True))
    return ProtectedAtom(
        id=atom.id,
        publish_class=atom.publish_class,
        audience=atom.audience,
        regions=atom.regions,
        n=atom.n,
        noisy=MappingProxyType(noisy),
        digest=atom_digest(atom.n, noisy),
    )


def _raw(table: CountTable, atom: Atom, question: CountedQuestion) -> tuple[int, ...]:
    """The atom's raw counts of one question: they leave this module only with noise on them."""
    rows = [table.regions[member].counts[question.name] for member in atom.members]
    return tuple(map(sum, zip(*rows, strict=True)))
