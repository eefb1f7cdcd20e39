"""The data folder and its database: settings, messages, units of work, migrations up and down."""

from __future__ import annotations

import secrets
import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, OperationalError

from feedback_service.errors import FeedbackError
from feedback_service.regions.directory import Region
from feedback_service.storage.envelopes import StoredEnvelope, bury
from feedback_service.storage.regions import put_regions, read_directory
from feedback_service.storage.rewriting import rewrite_round
from feedback_service.storage.rounds import Round
from feedback_service.storage.session import (
    InterruptedWrite,
    NotInitialised,
    OutdatedDatabase,
    Store,
    UnsupportedDatabase,
    make_store,
    open_store,
)

STATE = Region("08", "Baden-Württemberg")


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """SQLite alone; of PostgreSQL the same is in `test_postgresql.py`."""
    return make_store(tmp_path / "data")


def test_the_database_is_made_with_the_settings_under_which_order_disappears(store: Store) -> None:
    told = {}
    with store.read() as connection:
        for name in ("page_size", "journal_mode", "synchronous", "secure_delete", "foreign_keys"):
            told[name] = connection.scalar(text(f"PRAGMA {name}"))
    assert told == {
        "page_size": 16384,
        "journal_mode": "truncate",
        "synchronous": 2,
        "secure_delete": 1,
        "foreign_keys": 1,
    }


def test_the_data_folder_is_its_owners_alone_and_holds_no_log(store: Store) -> None:
    with store.begin() as connection:
        put_regions(connection, [STATE])
    assert store.folder.stat().st_mode & 0o777 == 0o700
    assert (store.folder / "feedback.sqlite").stat().st_mode & 0o777 == 0o600
    beside = {one.name: one.stat().st_size for one in store.folder.glob("feedback.sqlite-*")}
    assert beside == {"feedback.sqlite-journal": 0}


def test_making_a_store_again_changes_nothing(store: Store) -> None:
    with store.begin() as connection:
        put_regions(connection, [STATE])
    before = (store.folder / "feedback.sqlite").read_bytes()
    make_store(store.folder)
    assert (store.folder / "feedback.sqlite").read_bytes() == before


def test_an_empty_folder_is_told_with_the_command_that_helps(tmp_path: Path) -> None:
    with pytest.raises(NotInitialised) as refused:
        open_store(tmp_path)
    assert f"feedback-service init --data {tmp_path}" in str(refused.value)
    assert refused.value.status == 503 and list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "statement", ["UPDATE alembic_version SET version_num = '9999'", "DELETE FROM alembic_version"]
)
def test_a_database_of_another_version_is_told_with_the_command_that_helps(
    store: Store, statement: str
) -> None:
    with store.begin() as connection:
        connection.execute(text(statement))
    with pytest.raises(OutdatedDatabase) as refused:
        open_store(store.folder)
    assert f"feedback-service init --data {store.folder}" in str(refused.value)


def test_a_database_of_a_newer_version_is_refused_in_our_words(store: Store) -> None:
    with store.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(Exception) as refused:
        make_store(store.folder)
    assert isinstance(refused.value, FeedbackError)


@pytest.mark.parametrize("opening", [open_store, make_store])
@pytest.mark.parametrize(
    ("url", "named"),
    [
        ("mysql://nobody:secret@localhost/feedback", "names mysql"),
        ("postgresql+psycopg2://nobody@localhost/feedback", "names postgresql+psycopg2"),
        ("nobody", "names no database"),
    ],
)
def test_another_kind_of_database_is_refused_before_it_is_asked(
    tmp_path: Path, opening: Callable[[Path, str], Store], url: str, named: str
) -> None:
    with pytest.raises(UnsupportedDatabase) as refused:
        opening(tmp_path, url)
    assert named in str(refused.value) and "postgresql://user@host/feedback" in str(refused.value)
    assert "nobody" not in str(refused.value)


def test_a_database_elsewhere_can_be_named(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'elsewhere.sqlite'}"
    make_store(tmp_path / "data", url)
    assert open_store(tmp_path / "data", url).engine.dialect.name == "sqlite"
    assert not (tmp_path / "data" / "feedback.sqlite").exists()


def test_a_unit_of_work_is_all_or_nothing(store: Store) -> None:
    with pytest.raises(KeyboardInterrupt), store.begin() as connection:
        put_regions(connection, [STATE])
        raise KeyboardInterrupt
    with store.read() as connection:
        assert not read_directory(connection).regions
    with store.begin() as connection:
        put_regions(connection, [STATE])
    with store.read() as connection:
        assert "08" in read_directory(connection)


def test_a_unit_of_work_keeps_other_writers_out_from_its_beginning(store: Store) -> None:
    with store.begin(), closing(sqlite3.connect(store.folder / "feedback.sqlite", timeout=0)) as other:
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            other.execute("BEGIN IMMEDIATE")
        assert other.execute("SELECT count(*) FROM region").fetchone() == (0,)


def test_two_units_that_read_before_they_write_wait_for_each_other(store: Store) -> None:
    """Without BEGIN IMMEDIATE the second one would fail at once instead of waiting."""
    begun, read = threading.Event(), []

    def second() -> None:
        begun.set()
        with store.begin() as connection:
            read.append(len(read_directory(connection).regions))
            put_regions(connection, [Region("081", "Stuttgart")])

    thread = threading.Thread(target=second)
    with store.begin() as connection:
        read_directory(connection)
        thread.start()
        assert begun.wait(30)
        put_regions(connection, [STATE])
    thread.join(60)
    assert read == [1]


def test_a_view_is_consistent_while_others_write(store: Store) -> None:
    with store.read() as connection:
        assert not read_directory(connection).regions
        with (
            pytest.raises(sqlite3.OperationalError),
            closing(
                sqlite3.connect(store.folder / "feedback.sqlite", timeout=0, isolation_level=None)
            ) as other,
        ):
            other.execute("INSERT INTO region VALUES ('08', 'x')")
        assert not read_directory(connection).regions


def test_errors_of_the_database_print_no_values(store: Store) -> None:
    with pytest.raises(IntegrityError) as refused, store.begin() as connection:
        bury(connection, 77, [b"a secret"])
    assert "secret" not in str(refused.value) and "hidden" in str(refused.value)


def test_a_foreign_key_is_kept(store: Store) -> None:
    with pytest.raises(IntegrityError), store.begin() as connection:
        connection.execute(text("INSERT INTO envelope VALUES (5, X'00', 0, X'00')"))


def test_folders_and_lock_lie_in_the_data_folder(store: Store) -> None:
    for path in (store.spool_folder, store.key_folder, store.mix_lock):
        assert path.parent == store.folder


def _envelopes(number: int) -> list[StoredEnvelope]:
    return [
        StoredEnvelope(secrets.token_bytes(16), verified=False, body=secrets.token_bytes(3922))
        for _ in range(number)
    ]


def test_a_vacuum_leaves_no_free_page_and_no_file_but_the_database(
    store: Store, open_one: Callable[..., Round]
) -> None:
    open_one()
    rows = _envelopes(300)
    with store.begin() as connection:
        rewrite_round(connection, 1, rows)
    with store.begin() as connection:
        connection.execute(text("DELETE FROM envelope"))
    file = store.folder / "feedback.sqlite"
    large = file.stat().st_size
    store.vacuum([1])
    assert file.stat().st_size < large - 300 * 3922
    with store.read() as connection:
        assert connection.scalar(text("PRAGMA freelist_count")) == 0
        assert connection.scalar(text("PRAGMA page_size")) == 16384
    assert list((store.folder / "tmp").iterdir()) == []


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="sees open files by /proc")
def test_the_vacuums_copy_of_every_envelope_stays_in_the_data_folder(
    store: Store, open_one: Callable[..., Round], temporary_files: set[str]
) -> None:
    open_one()
    with store.begin() as connection:
        rewrite_round(connection, 1, _envelopes(3000))
    temporary_files.clear()
    store.vacuum([1])
    assert temporary_files
    assert [name for name in temporary_files if not name.startswith(str(store.folder))] == []


def test_a_store_that_is_gone_is_not_made_anew_by_reading(store: Store) -> None:
    (store.folder / "feedback.sqlite").unlink()
    with pytest.raises(NotInitialised):
        open_store(store.folder)
    with pytest.raises(OperationalError), store.read() as connection:
        read_directory(connection)


def test_a_file_that_this_process_cannot_mend_is_told_with_the_command_that_can(store: Store) -> None:
    # As SQLite says it of a file that it may not write, beside the journal of a write that was interrupted.
    (store.folder / "feedback.sqlite").unlink()
    (store.folder / "feedback.sqlite").mkdir()
    with pytest.raises(InterruptedWrite, match="feedback-service mix"):
        open_store(store.folder)
