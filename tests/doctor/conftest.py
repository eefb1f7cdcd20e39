"""A new installation to be examined and broken, and rounds as plain values."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from feedback_service.doctor.examine import Place, examine
from feedback_service.doctor.finding import Finding, Level
from feedback_service.intake.spool import Spool
from feedback_service.rounds.calendar import Quarter
from feedback_service.rounds.founding import found
from feedback_service.sealing.wrapping import Derivation, derive
from feedback_service.secret import Secret
from feedback_service.settings import settings_text
from feedback_service.storage.rounds import Round, RoundState
from feedback_service.storage.session import Store, open_store

AT = datetime(2026, 11, 25, 12, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Patient:
    """A data folder, and what doctor says about it."""

    store: Store
    environment: dict[str, str] = field(default_factory=dict)

    @property
    def folder(self) -> Path:
        return self.store.folder

    def examine(self, at: datetime | None = None) -> list[Finding]:
        return examine(Place(self.folder, at or datetime.now(UTC), self.environment))

    def urgent(self, at: datetime | None = None) -> list[Finding]:
        """What must be done now."""
        return [one for one in self.examine(at) if one.level is Level.NOW]

    def execute(self, statement: str, **values: object) -> None:
        """Change the database behind the service's back."""
        with self.store.begin() as connection:
            connection.execute(text(statement), values)


@pytest.fixture(scope="session")
def founded_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Both surveys' rounds of this quarter open, keys for four, a spool that was claimed once."""
    folder = tmp_path_factory.mktemp("founded") / "data"
    quarter = Quarter.of(datetime.now(UTC).date())
    store = found(folder, None, quarter, lambda: derive(Secret(b"test"), Derivation(8 * 1024, 1, 1))).store
    told = settings_text(operator="Rat", contact="rat@example.org", public_url="https://x", demo=False)
    (folder / "settings.toml").write_text(told, "utf-8")
    Spool(store.spool_folder, 64).close()
    return folder


@pytest.fixture
def patient(founded_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Patient:
    """A healthy one."""
    monkeypatch.delenv("FEEDBACK_PASSPHRASE_FILE", raising=False)
    shutil.copytree(founded_folder, tmp_path / "data")
    return Patient(open_store(tmp_path / "data"))


@pytest.fixture
def make_round() -> Callable[..., Round]:
    """A clients' round that closes on the last day of 2026, in any state."""

    def make(state: RoundState = "open", round_id: str = "2026-Q4", mixed: int = 0) -> Round:
        return Round(
            1,
            "clients",
            round_id,
            state,
            date(2026, 12, 31),
            bytes(32),
            bytes(65),
            Secret(bytes(32)),
            mixed,
            0,
        )

    return make
