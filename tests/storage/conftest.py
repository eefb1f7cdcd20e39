"""A database in a temporary folder, with one survey and one open round where a test needs them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from feedback_service.secret import Secret
from feedback_service.storage.rounds import Round, add_round
from feedback_service.storage.session import Store, make_store
from feedback_service.storage.surveys import add_survey
from feedback_service.surveys.questionnaire import Questionnaire
from feedback_service.surveys.yaml_form import standing_survey


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    """An empty database of each kind."""
    if request.param == "sqlite":
        return make_store(tmp_path / "data")
    postgres = request.getfixturevalue("postgres")
    return make_store(tmp_path / "data", postgres.url(postgres.new_database()))


@pytest.fixture(scope="session")
def clients() -> Questionnaire:
    return standing_survey("clients")


@pytest.fixture
def open_one(store: Store, clients: Questionnaire) -> Callable[..., Round]:
    """Adds an open round of the clients' survey."""

    def add(round_id: str = "2026-Q4", closes: date = date(2026, 12, 31)) -> Round:
        with store.begin() as connection:
            add_survey(connection, clients)
            return add_round(
                connection,
                survey="clients",
                round_id=round_id,
                closes=closes,
                fingerprint=clients.fingerprint,
                public_key=bytes(range(65)),
                mixing_key=Secret(b"mixing key of thirty-two bytes.."),
                pepper=Secret(bytes(32)),
            )

    return add


@pytest.fixture
def temporary_files(store: Store) -> set[str]:
    """Collects the names of SQLite's temporary files while they are open; it unlinks them at once."""
    found: set[str] = set()

    def look() -> int:
        for one in Path("/proc/self/fd").iterdir():
            try:
                name = str(one.readlink())
            except FileNotFoundError:
                continue
            if "etilqs_" in name:
                found.add(name)
        return 0

    def watch(connection: Any, _record: object) -> None:
        connection.set_progress_handler(look, 2000)

    event.listen(store.engine, "connect", watch)
    return found
