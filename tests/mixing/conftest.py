"""An installation with two open rounds, spools that are filled, and what lies in the store afterwards."""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from feedback_service.intake.slot import Pending, answer
from feedback_service.intake.spool import Spool, registered_pairs
from feedback_service.mixing.row_keys import row_key
from feedback_service.sealing.envelope import ENVELOPE_BYTES
from feedback_service.sealing.keys import PrivateKey
from feedback_service.secret import Secret
from feedback_service.storage.rounds import Round, add_round, all_rounds
from feedback_service.storage.schema import envelope as envelope_table
from feedback_service.storage.session import Store, make_store, open_store
from feedback_service.storage.surveys import add_survey
from feedback_service.surveys.yaml_form import STANDING, standing_survey

_MIXING_KEY = Secret(bytes(range(32)))


def _pending(round_number: int = 1, tag: bytes | None = None, id_: bytes | None = None) -> Pending:
    """An answer whose envelope is as random as a sealed one looks."""
    envelope = secrets.token_bytes(ENVELOPE_BYTES)
    return answer(round_number, tag or secrets.token_bytes(16), id_ or secrets.token_bytes(16), envelope)


@pytest.fixture
def pending() -> Callable[..., Pending]:
    return _pending


@pytest.fixture
def several() -> Callable[..., list[Pending]]:
    """Many answers of one round, each of another form."""

    def make(number: int, round_number: int = 1) -> list[Pending]:
        return [_pending(round_number) for _ in range(number)]

    return make


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the open rounds 1 (clients) and 2 (counsellors), to be copied."""
    folder = tmp_path_factory.mktemp("template") / "data"
    _fill(make_store(folder))
    return folder


@pytest.fixture(scope="session")
def postgres_template(tmp_path_factory: pytest.TempPathFactory, postgres: Any) -> str:
    """The same in a database of a server."""
    name = postgres.new_database()
    _fill(make_store(tmp_path_factory.mktemp("template") / "data", postgres.url(name)))
    return str(name)


def _fill(store: Store) -> None:
    public_key = PrivateKey.generate().public.to_bytes()
    with store.begin() as connection:
        for name in STANDING:
            questionnaire = standing_survey(name)
            add_survey(connection, questionnaire)
            add_round(
                connection,
                survey=name,
                round_id="2026-Q4",
                closes=date(2026, 12, 31),
                fingerprint=questionnaire.fingerprint,
                public_key=public_key,
                mixing_key=_MIXING_KEY,
                pepper=Secret(bytes(32)),
            )


@pytest.fixture
def new_store(template: Path, tmp_path: Path) -> Callable[..., Store]:
    """Stores that begin with the same bytes, one a name."""

    def make(name: str = "data") -> Store:
        shutil.copytree(template, tmp_path / name)
        return open_store(tmp_path / name)

    return make


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, new_store: Callable[..., Store], tmp_path: Path) -> Store:
    """One of each kind of database."""
    if request.param == "sqlite":
        return new_store()
    postgres = request.getfixturevalue("postgres")
    database = postgres.new_database(request.getfixturevalue("postgres_template"))
    (tmp_path / "data").mkdir()
    return open_store(tmp_path / "data", postgres.url(database))


@pytest.fixture
def make_spool() -> Iterator[Callable[..., Spool]]:
    """Claims spools as web processes do, and closes them at the end."""
    made: list[Spool] = []

    def make(store: Store, slots: int = 128) -> Spool:
        made.append(Spool(store.spool_folder, slots))
        return made[-1]

    yield make
    for one in made:
        one.close()


@pytest.fixture
def spool(store: Store, make_spool: Callable[..., Spool]) -> Spool:
    return make_spool(store)


@pytest.fixture
def put() -> Callable[..., None]:
    """Stores things durably in a spool."""

    def store_in(spool: Spool, *group: Pending) -> None:
        closed = spool.store([one.packed() for one in group])
        assert not closed & {one.round_number for one in group}

    return store_in


@pytest.fixture
def the_round() -> Callable[..., Round]:
    """A round as it is now."""

    def read(store: Store, number: int = 1) -> Round:
        with store.read() as connection:
            return next(one for one in all_rounds(connection) if one.number == number)

    return read


@pytest.fixture
def in_spools() -> Callable[[Store], list[Pending]]:
    """All that can be read in all spool files, accepting or standing by."""

    def read(store: Store) -> list[Pending]:
        found = []
        for pair in registered_pairs(store.spool_folder):
            for file in pair.open():
                found += [one for _, one in file.read() if one]
                file.close()
        return found

    return read


@pytest.fixture
def in_store() -> Callable[..., list[tuple[bytes, bytes]]]:
    """Keys and bodies of a round's rows."""

    def read(store: Store, number: int = 1) -> list[tuple[bytes, bytes]]:
        query = envelope_table.select().where(envelope_table.c.round_id == number)
        with store.read() as connection:
            return [(row.key, row.body) for row in connection.execute(query)]

    return read


@pytest.fixture(scope="session")
def mixing_key() -> Secret:
    """That of all rounds here."""
    return _MIXING_KEY


@pytest.fixture
def rows_of() -> Callable[[Iterable[Pending]], list[tuple[bytes, bytes]]]:
    """The rows that answers must become, in the order of their keys."""

    def rows(answers: Iterable[Pending]) -> list[tuple[bytes, bytes]]:
        return sorted((row_key(_MIXING_KEY, a.tag, a.id), a.envelope) for a in answers)

    return rows
