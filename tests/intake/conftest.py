"""Spools of a few slots in temporary folders, and sealed-looking answers to put into them."""

from __future__ import annotations

import secrets
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from feedback_service.intake.open_rounds import OpenRounds
from feedback_service.intake.slot import Pending, answer
from feedback_service.intake.slot_file import SlotFile
from feedback_service.intake.spool import Spool
from feedback_service.regions.directory import baden_wuerttemberg
from feedback_service.sealing.envelope import ENVELOPE_BYTES
from feedback_service.sealing.keys import PrivateKey
from feedback_service.secret import Secret
from feedback_service.storage.regions import put_regions
from feedback_service.storage.rounds import add_round
from feedback_service.storage.session import Store, make_store
from feedback_service.storage.surveys import add_survey
from feedback_service.surveys.yaml_form import STANDING, standing_survey

Rows = dict[int, tuple[int, bytes]]


def _pending(round_number: int = 1, tag: bytes | None = None, id_: bytes | None = None) -> Pending:
    """An answer whose envelope is as random as a sealed one looks."""
    envelope = secrets.token_bytes(ENVELOPE_BYTES)
    return answer(round_number, tag or secrets.token_bytes(16), id_ or secrets.token_bytes(16), envelope)


@pytest.fixture
def pending() -> Callable[..., Pending]:
    return _pending


@pytest.fixture
def make_file(tmp_path: Path) -> Iterator[Callable[..., SlotFile]]:
    """Makes accepting slot files and closes them at the end."""
    made: list[SlotFile] = []

    def make(slots: int, name: str = "a.spool") -> SlotFile:
        made.append(SlotFile.create(tmp_path / name, slots, accepting=True))
        return made[-1]

    yield make
    for one in made:
        one.close()


@pytest.fixture
def make_spool(tmp_path: Path) -> Iterator[Callable[..., Spool]]:
    """Claims spools in one folder, as web processes do, and closes them at the end."""
    made: list[Spool] = []

    def make(slots: int = 64) -> Spool:
        made.append(Spool(tmp_path / "spool", slots))
        return made[-1]

    yield make
    for one in made:
        one.close()


@pytest.fixture
def rows() -> Callable[[Path], Rows]:
    """Every slot's number, used flag and content, read with a connection of its own."""

    def read(path: Path) -> Rows:
        with closing(sqlite3.connect(path)) as db:
            found = db.execute("SELECT number, used, content FROM slot")
            return {number: (used, content) for number, used, content in found}

    return read


@pytest.fixture
def tags_in() -> Callable[..., list[bytes]]:
    """The tags that lie in spool files, sorted, as another process sees them."""

    def read(*paths: Path) -> list[bytes]:
        found = []
        for path in paths:
            with closing(SlotFile(path)) as file:
                found += [one.tag for _, one in file.read() if one]
        return sorted(found)

    return read


@pytest.fixture
def rho() -> Callable[[Sequence[int]], float]:
    """Spearman's rank correlation between the order of a list of distinct numbers and their sizes."""

    def of(numbers: Sequence[int]) -> float:
        n = len(numbers)
        ranks = {number: rank for rank, number in enumerate(sorted(numbers))}
        squares = sum((position - ranks[number]) ** 2 for position, number in enumerate(numbers))
        return 1 - 6 * squares / (n * (n * n - 1))

    return of


@pytest.fixture
def private_key() -> PrivateKey:
    """The one key of all rounds here."""
    return PrivateKey.generate()


@pytest.fixture
def store(tmp_path: Path, private_key: PrivateKey) -> Store:
    """An installation with both surveys' rounds 2026-Q4 open: number 1 the clients', 2 the counsellors'."""
    store = make_store(tmp_path / "data")
    with store.begin() as connection:
        put_regions(connection, baden_wuerttemberg().regions.values())
        for name in STANDING:
            questionnaire = standing_survey(name)
            add_survey(connection, questionnaire)
            add_round(
                connection,
                survey=name,
                round_id="2026-Q4",
                closes=date(2026, 12, 31),
                fingerprint=questionnaire.fingerprint,
                public_key=private_key.public.to_bytes(),
                mixing_key=Secret(bytes(range(32))),
                pepper=Secret(bytes(32)),
            )
    return store


@pytest.fixture
def open_rounds(store: Store) -> OpenRounds:
    return OpenRounds(store)
