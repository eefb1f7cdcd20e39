"""Migrations on SQLite: up, down, with answers in the tables; of PostgreSQL see `test_postgresql.py`."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import inspect, make_url, text

from feedback_service.storage.migrating import MigrationUndone, migrate, newest_revision
from feedback_service.storage.revision import NEWEST
from feedback_service.storage.schema import metadata
from feedback_service.storage.session import OutdatedDatabase, Store, make_store, open_store
from feedback_service.storage.sqlite import open_sqlite


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return make_store(tmp_path / "data")


def _tables(store: Store) -> set[str]:
    return set(inspect(store.engine).get_table_names())


def test_migrations_go_up_down_and_up_again(store: Store) -> None:
    everything = {table.name for table in metadata.tables.values()} | {"alembic_version"}
    assert _tables(store) == everything
    migrate(store.engine, "base")
    assert _tables(store) == {"alembic_version"}
    with pytest.raises(OutdatedDatabase):
        open_store(store.folder)
    migrate(store.engine)
    assert _tables(store) == everything
    assert open_store(store.folder).folder == store.folder


@pytest.mark.parametrize("older", ["0001", "0002"])
def test_a_database_with_answers_is_brought_up_to_date_and_loses_none(tmp_path: Path, older: str) -> None:
    engine = open_sqlite(make_url(f"sqlite:///{tmp_path}/feedback.sqlite"), tmp_path).engine
    migrate(engine, older)
    columns = 8 if older == "0001" else 11
    values = ["1", "'clients'", "'2026-Q4'", "'open'", "'2026-12-31'", "zeroblob(32)", "zeroblob(65)"]
    values += ["zeroblob(32)", "zeroblob(32)", "0", "0"]
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO survey VALUES ('clients', 1, zeroblob(32), '{}')"))
        connection.execute(text(f"INSERT INTO round VALUES ({', '.join(values[:columns])})"))
        connection.execute(text("INSERT INTO envelope VALUES (1, zeroblob(16), 0, zeroblob(3922))"))
    store = make_store(tmp_path)
    with store.begin() as connection:
        assert connection.scalar(text("SELECT count(*) FROM envelope")) == 1
        assert connection.scalar(text("PRAGMA foreign_keys")) == 1
        connection.execute(text("UPDATE round SET state = 'ending'"))
    # Back again, the older version finds a close to finish and no state that it doesn't know.
    migrate(store.engine, older)
    with store.read() as connection:
        assert connection.scalar(text("SELECT state FROM round")) == "closing"
        assert connection.scalar(text("SELECT count(*) FROM envelope")) == 1


def test_an_update_that_would_leave_rows_alone_is_undone(store: Store) -> None:
    with store.engine.connect() as connection:
        connection.connection.driver_connection.execute("PRAGMA foreign_keys=OFF")  # type: ignore[union-attr]
        connection.execute(text("INSERT INTO envelope VALUES (9, X'00', 0, X'00')"))
        connection.commit()
    with pytest.raises(MigrationUndone):
        migrate(store.engine, "0002")
    assert open_store(store.folder).folder == store.folder


def test_the_program_knows_the_newest_of_its_scripts() -> None:
    assert newest_revision() == NEWEST


def test_no_command_but_those_that_migrate_waits_for_alembic() -> None:
    code = "import sys, feedback_service.cli.rounds, feedback_service.web; print('alembic' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
