"""Invented counts: tables of any size, in which the answers can be changed without changing who answered."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from feedback_service.disclosure.ledger import GENESIS, append
from feedback_service.disclosure.noise import ReleaseSecret
from feedback_service.disclosure.protect import ProtectedTable, protect
from feedback_service.disclosure.release import Chain, Document, as_bytes, build_release
from feedback_service.regions.directory import Directory, baden_wuerttemberg
from feedback_service.tally.table import CountedQuestion, CountTable, RegionCount

QUESTIONS = (
    CountedQuestion("trust", "select_one", ("1", "2", "3", "4", "5", "_none"), "local", scale=True),
    CountedQuestion("helped_by", "select_multiple", ("staff", "friends", "course", "_none"), "local"),
    CountedQuestion("housing", "select_one", ("own", "shared", "_none"), "wide"),
    CountedQuestion("employer", "select_one", ("yes", "no", "_none"), "state"),
)


def _counts(question: CountedQuestion, n: int, draw: random.Random) -> tuple[int, ...]:
    counts = [0] * len(question.choices)
    for _ in range(n):
        picks = draw.choices(range(len(counts)), weights=range(len(counts), 0, -1), k=2)
        for pick in set(picks[:1] if question.kind == "select_one" else picks):
            counts[pick] += 1
    return tuple(counts)


def _make_table(
    sizes: Mapping[str, int],
    *,
    seed: int = 0,
    round: str = "2026-Q4",
    questions: Sequence[CountedQuestion] = QUESTIONS,
    invalid: int = 3,
) -> CountTable:
    """A count with n records a region. Record keys depend on round, region and number, answers on `seed`."""
    draw = random.Random(seed)
    regions = {}
    for region, n in sizes.items():
        keys = tuple(sha256(f"{round}/{region}/{i}".encode()).hexdigest()[:32] for i in range(n))
        counts = {question.name: _counts(question, n, draw) for question in questions}
        regions[region] = RegionCount(region, keys, counts)
    return CountTable("clients", round, "clients", tuple(questions), regions, invalid)


@pytest.fixture(scope="session")
def make_table() -> Callable[..., CountTable]:
    return _make_table


@pytest.fixture(scope="session")
def directory() -> Directory:
    return baden_wuerttemberg()


@pytest.fixture(scope="session")
def secret() -> ReleaseSecret:
    return ReleaseSecret(bytes(range(32)))


@pytest.fixture(scope="session")
def make_protected(directory: Directory, secret: ReleaseSecret) -> Callable[..., ProtectedTable]:
    def make(sizes: Mapping[str, int], **options: Any) -> ProtectedTable:
        return protect(_make_table(sizes, **options), directory, secret)

    return make


@pytest.fixture(scope="session")
def release_of(directory: Directory) -> Callable[..., Document]:
    """The release of a protected table as an outsider reads it: serialised and parsed again."""

    def release(table: ProtectedTable, previous: ProtectedTable | None = None) -> Document:
        chain = Chain.of(append(GENESIS, table, 1))
        document = build_release(
            table, directory, issue=1, issued="2027-01-04", chain=chain, previous=previous
        )
        parsed: Document = json.loads(as_bytes(document))
        return parsed

    return release


@pytest.fixture(scope="session")
def vectors() -> dict[str, Any]:
    text = (Path(__file__).parents[1] / "vectors" / "noise.json").read_text("utf-8")
    parsed: dict[str, Any] = json.loads(text)
    return parsed


@pytest.fixture(scope="session")
def many_sizes() -> dict[str, int]:
    """Every case of the partition at once.

    08111 is cut (042 an own part, two small ones and the Kreis's own records the remainder) · 08115 and
    08116 stand alone · 083 pools · 084 can't and goes to the state with "I don't want to say" · the rest
    of 081 and 082 has few or none.
    """
    return {
        "08111": 60,
        "08111042": 140,
        "08111007": 12,
        "08111008": 29,
        "08115": 37,
        "08116": 20,
        "08117": 4,
        "08118": 7,
        "08212": 500,
        "08215": 10,
        "08311": 9,
        "08315": 9,
        "08316": 9,
        "08415": 3,
        "08416": 2,
        "08": 8,
    }
