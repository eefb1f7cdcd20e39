"""The append-only, hash-chained ledger: a protected table as entries, and back.

An entry's body is canonical JSON (RFC 8785) and holds everything that its columns say; its hash is
`"sha256:" + hex(SHA-256(UTF-8(previous) ‖ 0x0A ‖ UTF-8(body)))`, where `previous` is the text of the hash
before it and `GENESIS` before the first. So a changed, moved, missing or added entry breaks the chain.
Each hash is signed on the private side (`sealing/signing.py`): who can write the database can't make entries.
Nothing is ever drawn twice: what a release shows is read from here.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from hashlib import sha256
from types import MappingProxyType
from typing import Any, Final, Literal

import rfc8785

from ..errors import FeedbackError
from ..sealing.signing import LedgerPublicKey
from ..surveys.categories import CountedQuestion
from .parameters import as_json
from .protected import CodeFigures, ProtectedAtom, ProtectedTable, atom_digest

FORMAT: Final = "feedback-ledger/1"
GENESIS: Final = "sha256:" + "0" * 64

EntryKind = Literal["count", "atom"]


class BrokenChain(FeedbackError):
    """An entry that doesn't follow from the one before it; names the first such position."""

    status = 500
    code = "ledger-chain-broken"
    message = (
        "The ledger was changed: entry %(position)s doesn't follow from the one before. Nothing is released. "
        "Restore the ledger from a backup."
    )


class UnsignedEntry(FeedbackError):
    """An entry without the signature of the ledger's key; names the first such position."""

    status = 500
    code = "ledger-signature"
    message = (
        "Entry %(position)s of the ledger is not signed with the ledger's key. Nothing is released. "
        "Restore the ledger from a backup, and compare ledger.pub with a copy elsewhere."
    )


class UnreadableCount(FeedbackError):
    """Entries that are intact but aren't one whole count under this program's parameters."""

    status = 500
    code = "ledger-count-unreadable"
    message = "The ledger has no whole count that this program can read here: %(reason)s."


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """One row of the ledger. `position` begins at 1 in an installation; hashes are `sha256:` + hex."""

    position: int
    survey: str
    round: str
    issue: int
    kind: EntryKind
    body: str
    previous: str
    this: str
    signature: str | None = None


def append(
    previous_head: str,
    table: ProtectedTable,
    start_position: int,
    sign: Callable[[str], str] | None = None,
) -> tuple[LedgerEntry, ...]:
    """The entries of a count: one of kind "count" about the whole, then one an atom.

    `previous_head` is the `this` of the entry at `start_position - 1`, or `GENESIS`; `sign` gives the
    signature over a hash.
    """
    entries: list[LedgerEntry] = []
    contents: list[tuple[EntryKind, dict[str, Any]]] = [("count", _count_body(table))]
    contents += [("atom", _atom_body(atom)) for atom in table.atoms]
    for position, (kind, content) in enumerate(contents, start=start_position):
        columns: dict[str, Any] = {"position": position, "survey": table.survey, "round": table.round}
        body = rfc8785.dumps({**columns, "issue": table.issue, "kind": kind, kind: content}).decode()
        this = entry_hash(previous_head, body)
        signature = sign(this) if sign else None
        entries.append(
            LedgerEntry(
                **columns,
                issue=table.issue,
                kind=kind,
                body=body,
                previous=previous_head,
                this=this,
                signature=signature,
            )
        )
        previous_head = this
    return tuple(entries)


def entry_hash(previous: str, body: str) -> str:
    """The hash that an entry passes on: SHA-256 over previous, a line feed and the body, all UTF-8."""
    return "sha256:" + sha256(f"{previous}\n{body}".encode()).hexdigest()


def verify_chain(entries: Sequence[LedgerEntry], key: LedgerPublicKey | None = None) -> None:
    """Check a stretch of the ledger, in order, and with `key` its signatures.

    Raises `BrokenChain` or `UnsignedEntry`, naming the first bad position. The `previous` of the first
    entry is taken as given, unless it is position 1. A stretch that was cut
    short at its end shows only against a head that was kept elsewhere.
    """
    before: LedgerEntry | None = None
    for entry in entries:
        if not (_follows(entry, before) and _columns_hold(entry)):
            raise BrokenChain(position=entry.position)
        if key and not key.signed(entry.this, entry.signature):
            raise UnsignedEntry(position=entry.position)
        before = entry


def read_table(entries: Sequence[LedgerEntry]) -> ProtectedTable:
    """The protected table that `append` wrote, from exactly its entries, in order.

    Raises `BrokenChain` and `UnreadableCount`.
    """
    verify_chain(entries)
    kinds = [entry.kind for entry in entries]
    if kinds[:1] != ["count"] or "count" in kinds[1:]:
        raise UnreadableCount(reason="it doesn't begin with its heading")
    heading = entries[0]
    if len({(entry.survey, entry.round, entry.issue) for entry in entries}) > 1:
        raise UnreadableCount(reason="atoms of another round stand in it")
    content = json.loads(heading.body)["count"]
    if content["format"] != FORMAT or content["parameters"] != as_json():
        raise UnreadableCount(reason="it was counted with other parameters")
    if content["atoms"] != len(entries) - 1:
        raise UnreadableCount(reason="atoms are missing")
    questions = tuple(_question(question) for question in content["questions"])
    atoms = tuple(_atom(entry, questions) for entry in entries[1:])
    return ProtectedTable(
        survey=heading.survey,
        round=heading.round,
        audience=content["audience"],
        issue=heading.issue,
        questions=questions,
        atoms=atoms,
        invalid=content["invalid"],
        codes=CodeFigures(**content["codes"]) if "codes" in content else None,
    )


def _follows(entry: LedgerEntry, before: LedgerEntry | None) -> bool:
    if entry.this != entry_hash(entry.previous, entry.body):
        return False
    if before is not None:
        return (entry.position, entry.previous) == (before.position + 1, before.this)
    return entry.position > 1 or (entry.position == 1 and entry.previous == GENESIS)


def _columns_hold(entry: LedgerEntry) -> bool:
    """Whether the columns say what the hashed body says: they are what a reader filters by."""
    try:
        body = json.loads(entry.body)
        told = [body[name] for name in ("position", "survey", "round", "issue", "kind")]
    except (ValueError, KeyError, TypeError):
        return False
    return told == [entry.position, entry.survey, entry.round, entry.issue, entry.kind]


def _count_body(table: ProtectedTable) -> dict[str, Any]:
    """What holds for the whole count. The number of atoms shows when some are missing at the end."""
    questions = [
        {
            "name": question.name,
            "kind": question.kind,
            "scale": question.scale,
            "choices": list(question.choices),
            "publish": question.publish,
        }
        for question in table.questions
    ]
    codes = {"codes": asdict(table.codes)} if table.codes else {}
    return {
        "format": FORMAT,
        "audience": table.audience,
        "invalid": table.invalid,
        "parameters": as_json(),
        "questions": questions,
        "atoms": len(table.atoms),
        **codes,
    }


def _atom_body(atom: ProtectedAtom) -> dict[str, Any]:
    return {
        "id": atom.id,
        "class": atom.publish_class,
        "audience": atom.audience,
        "regions": list(atom.regions),
        "n": atom.n,
        "noisy": {name: list(z) for name, z in atom.noisy.items()},
        "digest": atom.digest,
    }


def _question(told: dict[str, Any]) -> CountedQuestion:
    return CountedQuestion(
        told["name"], told["kind"], tuple(told["choices"]), told["publish"], scale=told["scale"]
    )


def _atom(entry: LedgerEntry, questions: Sequence[CountedQuestion]) -> ProtectedAtom:
    """One atom, its questions in the survey's order again. Raises `BrokenChain` on a wrong digest."""
    told = json.loads(entry.body)["atom"]
    names = [question.name for question in questions if question.publish == told["class"]]
    if set(names) != set(told["noisy"]):
        raise UnreadableCount(reason="an atom has other questions than its class")
    noisy = {name: tuple(told["noisy"][name]) for name in names}
    if told["digest"] != atom_digest(told["n"], noisy):
        raise BrokenChain(position=entry.position)
    return ProtectedAtom(
        id=told["id"],
        publish_class=told["class"],
        audience=told["audience"],
        regions=tuple(told["regions"]),
        n=told["n"],
        noisy=MappingProxyType(noisy),
        digest=told["digest"],
    )
