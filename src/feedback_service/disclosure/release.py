"""The file `feedback-release/1`: one survey and round as published, made from protected tables alone.

The same tables, directory and facts give the same bytes, whoever makes them and whenever. Everything that
people see (pages, PDF, sheets, mail) is rendered from this document.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

from ..regions.directory import Directory
from ..regions.keys import Level
from ..surveys.categories import CountedQuestion, PublishClass
from .display import Shown, Side, show, trend
from .ledger import LedgerEntry
from .parameters import PUBLISH_CLASSES, as_json
from .protected import ProtectedAtom, ProtectedTable
from .rows import POOL, Row, is_pool, rows_of

FORMAT: Final = "feedback-release/1"
FEWER_THAN_K: Final = "fewer-than-k"

Document = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Chain:
    """Where the ledger stood: the head before the count's entries and after them."""

    previous: str
    this: str
    signature: str | None = None

    @classmethod
    def of(cls, entries: Sequence[LedgerEntry]) -> Chain:
        """The chain of one count's entries, in order; at least the heading. The last one signs."""
        return cls(entries[0].previous, entries[-1].this, entries[-1].signature)


def build_release(
    table: ProtectedTable,
    directory: Directory,
    *,
    issue: int,
    issued: str,
    chain: Chain,
    previous: ProtectedTable | None = None,
) -> Document:
    """The release document. `issued` is a date like 2027-01-04; `previous` the round before, for trends.

    Raises `ValueError` where `previous` is of another survey or audience.
    """
    if previous and (previous.survey, previous.audience) != (table.survey, table.audience):
        raise ValueError("the previous round is of another survey or audience")
    state = directory.state.ags
    rows = rows_of(table, state)
    earlier = {_identity(row): row for row in rows_of(previous, state)} if previous else {}
    asked = {question.name: question for question in previous.questions} if previous else {}
    return {
        "format": FORMAT,
        "survey": table.survey,
        "round": table.round,
        "issue": issue,
        "issued": issued,
        "parameters": as_json(),
        "atoms": [atom_document(atom) for atom in table.atoms],
        "rows": [_row(row, table, earlier.get(_identity(row)), asked) for row in rows],
        "withheld": withheld(table, rows, directory),
        "invalid": table.invalid,
        **({"codes": asdict(table.codes)} if table.codes else {}),
        "chain": {"previous": chain.previous, "this": chain.this, "signature": chain.signature},
    }


def as_bytes(document: Document) -> bytes:
    """The file: JSON in UTF-8, keys in the document's order, indented by one, a line feed at the end."""
    return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode()


def withheld(table: ProtectedTable, rows: Sequence[Row], directory: Directory) -> list[Document]:
    """Each Kreis without a row in a class that was asked, and where its records went instead.

    "I don't want to say" is listed where it is no atom of its own, the state where the class `state` has
    none. Sorted by region, then class.
    """
    asked = {question.publish for question in table.questions}
    state = directory.state.ags
    missing: list[Document] = []
    for publish_class in PUBLISH_CLASSES:
        if publish_class not in asked:
            continue
        shown = {row.region for row in rows if row.publish_class == publish_class}
        atoms = [atom for atom in table.atoms if atom.publish_class == publish_class]
        if publish_class == "state":
            absent = {state} - shown
        else:
            own = shown | {atom.id for atom in atoms}
            places = {kreis.ags for kreis in directory.at(Level.KREIS)} | {f"{state}-unknown"}
            absent = places - own
        missing += [_withheld(region, publish_class, table.audience, atoms) for region in absent]
    return sorted(missing, key=lambda entry: (entry["region"], entry["class"]))


def _withheld(
    region: str, publish_class: PublishClass, audience: str, atoms: Sequence[ProtectedAtom]
) -> Document:
    pools = [atom.id for atom in atoms if is_pool(atom) and region in atom.regions]
    return {
        "region": region,
        "class": publish_class,
        "audience": audience,
        "reason": FEWER_THAN_K,
        "pooled_into": pools[0] if pools else None,
    }


def _identity(row: Row) -> tuple[object, ...]:
    """What makes two rows of two rounds the same row. A pool of other Kreise is another pool."""
    regions = row.atoms[0].regions if row.level == POOL else ()
    return row.publish_class, row.level, row.region, regions


def atom_document(atom: ProtectedAtom) -> Document:
    """An atom as the file shows it."""
    return {
        "id": atom.id,
        "class": atom.publish_class,
        "audience": atom.audience,
        "regions": list(atom.regions),
        "n": atom.n,
        "digest": atom.digest,
        "questions": {name: {"noisy": list(z)} for name, z in atom.noisy.items()},
    }


def _row(
    row: Row, table: ProtectedTable, before: Row | None, asked: Mapping[str, CountedQuestion]
) -> Document:
    questions = [question for question in table.questions if question.publish == row.publish_class]
    return {
        "region": row.region,
        "level": row.level,
        "class": row.publish_class,
        "audience": row.audience,
        "window": [table.round],
        "n": row.n,
        "atoms": [atom.id for atom in row.atoms],
        "questions": {
            question.name: _question(question, row, before, asked.get(question.name))
            for question in questions
        },
    }


def _question(
    question: CountedQuestion, row: Row, before: Row | None, earlier: CountedQuestion | None
) -> Document:
    shown = _show(question, row)
    arrows = None
    if before and earlier and _comparable(question, earlier):
        arrows = trend(
            Side(_show(earlier, before).count, before.n, len(before.atoms)),
            Side(shown.count, row.n, len(row.atoms)),
        )
    return {
        "kind": question.kind,
        "choices": list(question.choices),
        "noisy": list(row.noisy(question.name)),
        "count": list(shown.count),
        "pct": _listed(shown.pct),
        "mean": shown.mean,
        "rank": _listed(shown.rank),
        "trend": _listed(arrows),
    }


def _show(question: CountedQuestion, row: Row) -> Shown:
    noisy = row.noisy(question.name)
    return show(question.kind, question.choices, noisy, row.n, scale=question.scale)


def _comparable(now: CountedQuestion, earlier: CountedQuestion) -> bool:
    """Whether two rounds asked the same; in another class the question has other atoms."""
    told = (earlier.kind, earlier.choices, earlier.publish)
    return told == (now.kind, now.choices, now.publish)


def _listed(values: Sequence[object] | None) -> list[object] | None:
    return None if values is None else list(values)
