"""Small demonstrations: few respondents, small spools."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import text

from feedback_service.demo import setting_up
from feedback_service.demo.setting_up import set_up
from feedback_service.intake.spool import Spool
from feedback_service.storage.session import Store, open_store

TODAY = date(2027, 2, 10)
RESPONDENTS = 120


@pytest.fixture(autouse=True, scope="session")
def small_spools() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(setting_up, "Spool", lambda folder: Spool(folder, 256))
        yield


@pytest.fixture
def make(tmp_path: Path) -> Callable[..., Store]:
    """Sets a demonstration up, or goes on with one, as if it were that day."""

    def run(today: date = TODAY, progress: Callable[[str], None] = lambda _step: None) -> Store:
        return set_up(tmp_path / "demo", today, RESPONDENTS, progress)

    return run


@pytest.fixture(scope="session")
def finished_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A demonstration, its steps in a file beside it."""
    folder = tmp_path_factory.mktemp("finished") / "demo"
    steps: list[str] = []
    set_up(folder, TODAY, RESPONDENTS, steps.append)
    (folder / "steps").write_text("\n".join(steps), "utf-8")
    return folder


@pytest.fixture
def finished(finished_folder: Path, tmp_path: Path) -> Store:
    """A copy of a demonstration that is set up."""
    shutil.copytree(finished_folder, tmp_path / "demo")
    return open_store(tmp_path / "demo")


@pytest.fixture
def answered() -> Callable[[Store], dict[str, int]]:
    """How many envelopes each round has."""

    def read(store: Store) -> dict[str, int]:
        query = (
            "SELECT r.survey || ' ' || r.round AS name, count(e.key) AS n FROM round AS r"
            " LEFT JOIN envelope AS e ON e.round_id = r.number GROUP BY r.number"
        )
        with store.read() as connection:
            return {row.name: row.n for row in connection.execute(text(query))}

    return read
