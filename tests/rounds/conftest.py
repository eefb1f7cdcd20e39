"""An installation at each station of a round's life, made once and copied for each test."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import text

from feedback_service.demo.invented import invent
from feedback_service.intake.slot import answer
from feedback_service.intake.spool import Spool
from feedback_service.rounds.calendar import Quarter
from feedback_service.rounds.closing import close_round
from feedback_service.rounds.counting import count_round
from feedback_service.rounds.founding import found
from feedback_service.rounds.key_folder import private_path
from feedback_service.rounds.releasing import release_round
from feedback_service.rounds.trustees import KeyPlace, find_key, make_cards
from feedback_service.sealing.cards import Card, Cards
from feedback_service.sealing.keys import PublicKey
from feedback_service.sealing.seal import SealingContext, seal
from feedback_service.sealing.wrapping import Derivation, WrappingKey, derive
from feedback_service.secret import Secret
from feedback_service.storage.regions import read_directory
from feedback_service.storage.rounds import Round, all_rounds
from feedback_service.storage.session import Store, open_store
from feedback_service.storage.surveys import survey_by_fingerprint

PASSPHRASE = Secret(b"correct horse")
ANSWERS = 300


def _the_round(store: Store, round_id: str = "2026-Q4", survey: str = "clients") -> Round:
    with store.read() as connection:
        return next(one for one in all_rounds(connection, survey) if one.round == round_id)


def _send(store: Store, one: Round, number: int, after: int = 0) -> None:
    """The first `number` of a round's invented answers, but for those before `after`, sealed and spooled."""
    with store.read() as connection:
        questionnaire = survey_by_fingerprint(connection, one.survey, one.fingerprint)
        directory = read_directory(connection)
    assert questionnaire
    sealing = SealingContext(one.survey, one.round, one.fingerprint, PublicKey.from_bytes(one.public_key))
    group = [
        answer(
            one.number,
            made.receipt.tag,
            made.receipt.id_for(made.answers),
            seal(sealing, lang=made.lang, channel="web", answers=made.answers),
        ).packed()
        for made in list(invent(questionnaire, directory, one.round, number))[after:]
    ]
    spool = Spool(store.spool_folder, 256)
    try:
        assert one.number not in spool.store(group)
    finally:
        spool.close()


@pytest.fixture(scope="session")
def passphrase() -> Secret:
    return PASSPHRASE


@pytest.fixture(scope="session")
def wrapping() -> Callable[[], WrappingKey]:
    """A small derivation, on demand."""
    return lambda: derive(PASSPHRASE, Derivation(memory_kib=8 * 1024, passes=1, lanes=1))


@pytest.fixture(scope="session")
def the_round() -> Callable[..., Round]:
    """A round as it is now: the clients' 2026-Q4 if nothing else is said."""
    return _the_round


@pytest.fixture(scope="session")
def send() -> Callable[..., None]:
    return _send


@pytest.fixture(scope="session")
def key_of() -> Callable[[Store, Round], Path]:
    """The private key file of a round."""
    return lambda store, one: private_path(store.key_folder, one.survey, one.round)


@pytest.fixture(scope="session")
def count_it(key_of: Callable[[Store, Round], Path]) -> Callable[[Store, Round], object]:
    """Counts a round with its key and the passphrase."""
    return lambda store, one: count_round(store, one, key_of(store, one), PASSPHRASE)


@pytest.fixture(scope="session")
def founded_folder(tmp_path_factory: pytest.TempPathFactory, wrapping: Callable[[], WrappingKey]) -> Path:
    folder = tmp_path_factory.mktemp("founded") / "data"
    found(folder, None, Quarter(2026, 4), wrapping)
    return folder


@pytest.fixture(scope="session")
def closed_folder(tmp_path_factory: pytest.TempPathFactory, founded_folder: Path) -> Path:
    """The clients' round closed with 300 answers, the next one open."""
    folder = tmp_path_factory.mktemp("closed") / "data"
    store = _copy(founded_folder, folder)
    one = _the_round(store)
    _send(store, one, ANSWERS)
    close_round(store, store.key_folder, one, date(2027, 1, 1))
    return folder


@pytest.fixture(scope="session")
def counted_folder(tmp_path_factory: pytest.TempPathFactory, closed_folder: Path) -> Path:
    folder = tmp_path_factory.mktemp("counted") / "data"
    store = _copy(closed_folder, folder)
    one = _the_round(store)
    count_round(store, one, private_path(store.key_folder, one.survey, one.round), PASSPHRASE)
    return folder


@pytest.fixture
def founded(founded_folder: Path, tmp_path: Path) -> Store:
    """A new installation: both surveys' rounds 2026-Q4 open, keys for four quarters."""
    return _copy(founded_folder, tmp_path / "data")


@pytest.fixture
def closed(closed_folder: Path, tmp_path: Path) -> Store:
    return _copy(closed_folder, tmp_path / "data")


@pytest.fixture
def counted(counted_folder: Path, tmp_path: Path) -> Store:
    return _copy(counted_folder, tmp_path / "data")


def _copy(origin: Path, folder: Path) -> Store:
    shutil.copytree(origin, folder)
    return open_store(folder)


@pytest.fixture
def contents() -> Callable[[Store], dict[str, bytes]]:
    """Every byte of the database and the key folder."""

    def read(store: Store) -> dict[str, bytes]:
        files: Iterable[Path] = [store.folder / "feedback.sqlite", *store.key_folder.iterdir()]
        return {path.name: path.read_bytes() for path in files}

    return read


@pytest.fixture
def execute() -> Callable[..., int]:
    """Changes the database behind the service's back; gives how many rows it met."""

    def run(store: Store, statement: str, **values: object) -> int:
        with store.begin() as connection:
            return connection.execute(text(statement), values).rowcount

    return run


@pytest.fixture(scope="session")
def released_folder(tmp_path_factory: pytest.TempPathFactory, counted_folder: Path) -> Path:
    folder = tmp_path_factory.mktemp("released") / "data"
    store = _copy(counted_folder, folder)
    release_round(store, _the_round(store), date(2027, 1, 4))
    return folder


@pytest.fixture
def released(released_folder: Path, tmp_path: Path) -> Store:
    return _copy(released_folder, tmp_path / "data")


@pytest.fixture
def place_of() -> Callable[[Store, Round], KeyPlace]:
    """Where a round's key lies, and what it must fit."""

    def find(store: Store, one: Round) -> KeyPlace:
        return find_key(store.key_folder, one.survey, one.round, rounds=[one])

    return find


@pytest.fixture
def give_cards(place_of: Callable[[Store, Round], KeyPlace]) -> Callable[..., Cards]:
    """Makes three of five cards for a round; gives the second, fourth and fifth as trustees enter them."""

    def make(store: Store, one: Round, *, replace: bool = False) -> Cards:
        made: list[Card] = []
        make_cards(place_of(store, one), PASSPHRASE, needed=3, number=5, deliver=made.extend, replace=replace)
        return Cards(tuple(made[at].mnemonic for at in (1, 3, 4)))

    return make
