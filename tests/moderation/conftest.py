"""A counted round with comments to order, and its review, opened."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from feedback_service.intake.slot import answer
from feedback_service.intake.spool import Spool
from feedback_service.moderation.opening import Review, open_review
from feedback_service.rounds.calendar import Quarter
from feedback_service.rounds.closing import close_round
from feedback_service.rounds.counting import count_round
from feedback_service.rounds.founding import found
from feedback_service.rounds.key_folder import private_path, reviewers_path
from feedback_service.rounds.reviewers import make_reviewers_key
from feedback_service.rounds.trustees import find_key
from feedback_service.sealing.keys import PublicKey
from feedback_service.sealing.receipt import Receipt
from feedback_service.sealing.seal import SealingContext, seal
from feedback_service.sealing.wrapping import Derivation, WrappingKey, derive
from feedback_service.secret import Secret
from feedback_service.storage.rounds import Round, all_rounds
from feedback_service.storage.session import Store, open_store

ROUND = "2026-Q4"
KEYS = Secret(b"correct horse")
REVIEWERS = Secret(b"another battery")
SMALL = Derivation(memory_kib=8 * 1024, passes=1, lanes=1)
PHONE = "Frau Sommer, 0171 3920012, hilft mir."


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody answers: a region, a language, a comment or nothing."""

    region: str
    language: str
    text: str


@pytest.fixture(scope="session")
def say() -> type[Said]:
    """Makes what somebody answers."""
    return Said


# Stuttgart 30 answers and Tübingen 25: figures of their own. Two small Kreise of Karlsruhe: 24 together. One
# small one of Freiburg: 3.
ANSWERS = (
    *[Said("08111", "de", f"Zu wenig Wohnungen, Nummer {number}.") for number in range(12)],
    *[Said("08111", "de", "") for _ in range(18)],
    Said("08416", "ar", "أحتاج إلى مترجم في الموعد."),
    Said("08416", "de", PHONE),
    *[Said("08416", "de", "") for _ in range(23)],
    Said("08211", "de", "Aus Baden-Baden."),
    *[Said("08211", "de", "") for _ in range(11)],
    *[Said("08215", "de", "") for _ in range(12)],
    Said("08311", "de", "Aus Freiburg."),
    *[Said("08311", "de", "") for _ in range(2)],
    Said("08", "de", "Von nirgendwo."),
    *[Said("08", "de", "") for _ in range(20)],
)  # fmt: skip


@pytest.fixture(scope="session")
def wrapping() -> WrappingKey:
    return derive(KEYS, SMALL)


def _round(store: Store) -> Round:
    with store.read() as connection:
        return next(one for one in all_rounds(connection, "clients") if one.round == ROUND)


def _fill(store: Store, one: Round, said: Sequence[Said]) -> None:
    sealing = SealingContext(one.survey, one.round, one.fingerprint, PublicKey.from_bytes(one.public_key))
    spool = Spool(store.spool_folder, 256)
    try:
        group = []
        for number, each in enumerate(said):
            answers = {"region": each.region, **({"comment": each.text} if each.text else {})}
            receipt = Receipt(number.to_bytes(16, "big"))
            envelope = seal(sealing, lang=each.language, channel="web", answers=answers)
            group.append(answer(one.number, receipt.tag, receipt.id_for(answers), envelope).packed())
        spool.store(group)
    finally:
        spool.close()


@pytest.fixture(scope="session")
def make_counted(
    tmp_path_factory: pytest.TempPathFactory, wrapping: WrappingKey
) -> Callable[[Sequence[Said]], Path]:
    """The data folder of an installation whose clients' round is counted, with a key for its reviewers."""

    def make(said: Sequence[Said]) -> Path:
        folder = tmp_path_factory.mktemp("counted") / "data"
        store = found(folder, None, Quarter(2026, 4), lambda: wrapping).store
        one = _round(store)
        _fill(store, one, said)
        close_round(store, store.key_folder, one, date(2027, 1, 1))
        count_round(store, one, private_path(store.key_folder, "clients", ROUND), KEYS)
        place = find_key(store.key_folder, "clients", ROUND, rounds=[one])
        make_reviewers_key(place, KEYS, reviewers_path(place.key_file), derive(REVIEWERS, SMALL))
        return folder

    return make


@pytest.fixture(scope="session")
def counted_folder(make_counted: Callable[[Sequence[Said]], Path]) -> Path:
    return make_counted(ANSWERS)


@pytest.fixture
def store(counted_folder: Path, tmp_path: Path) -> Store:
    return open_store(shutil.copytree(counted_folder, tmp_path / "data"))


@pytest.fixture
def the_round(store: Store) -> Round:
    return _round(store)


@pytest.fixture
def key_file(store: Store) -> Path:
    return reviewers_path(private_path(store.key_folder, "clients", ROUND))


@pytest.fixture
def reviewers() -> Secret:
    return REVIEWERS


@pytest.fixture
def review(store: Store, the_round: Round, key_file: Path) -> Review:
    """The round's review, with two pairs of eyes."""
    return open_review(store, the_round, key_file, REVIEWERS, 2)
