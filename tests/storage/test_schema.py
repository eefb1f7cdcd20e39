"""Every table and column there is; the migrations make the same ones."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect, text

from feedback_service.storage.schema import ROUND_STATES, metadata
from feedback_service.storage.session import Store, make_store

# A new column is a promise to be made in docs and on the page "What we keep" first.
COLUMNS = {
    "region": {"ags", "name"},
    "survey": {"name", "version", "fingerprint", "body"},
    "round": {
        "number",
        "survey",
        "round",
        "state",
        "closes",
        "fingerprint",
        "public_key",
        "mixing_key",
        "pepper",
        "mixed",
        "contested",
    },
    "envelope": {"round_id", "key", "verified", "body"},
    "tombstone": {"round_id", "tag_mac"},
    "access_code": {"round_id", "mac", "spent"},
    "machine": {"id", "name"},
    "drained": {"round_number", "machine_id"},
    "ledger": {"position", "survey", "round", "issue", "kind", "body", "previous", "this", "signature"},
    "release": {"survey", "round", "issue", "issued", "body"},
    "comment_batch": {"round_id", "public_key", "number", "secret"},
    "comment": {"round_id", "key", "body", "draft"},
    "quote": {"id", "survey", "round", "region", "texts"},
    "themes": {"survey", "round", "issued", "body"},
    "recipient": {"id", "address", "address_mac", "region", "language", "formats", "state", "reason"},
    "delivery": {"recipient_id", "kind", "about", "message_id", "state", "tries", "reason", "day"},
    "reply": {
        "id",
        "region",
        "round",
        "survey",
        "topic",
        "office",
        "state",
        "texts",
        "step",
        "answered",
        "released",
    },
}


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """SQLite alone; of PostgreSQL the same is in `test_postgresql.py`."""
    return make_store(tmp_path / "data")


def test_the_migrated_database_has_these_columns_and_no_other(store: Store) -> None:
    inspector = inspect(store.engine)
    found = {
        table: {column["name"] for column in inspector.get_columns(table)}
        for table in inspector.get_table_names()
    }
    assert found == {**COLUMNS, "alembic_version": {"version_num"}}
    assert inspector.get_view_names() == []


def test_the_schema_in_the_code_is_the_one_that_migrations_make(store: Store) -> None:
    with store.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []


def test_nothing_else_is_in_the_file(store: Store) -> None:
    """No trigger, no view, no sequence; an index only for what must be unique."""
    with store.read() as connection:
        rows = connection.execute(text("SELECT type, name FROM sqlite_master")).all()
    assert {kind for kind, _ in rows} == {"table", "index"}
    assert {name for kind, name in rows if kind == "table"} == {*COLUMNS, "alembic_version"}
    assert all(name.startswith("sqlite_autoindex_") for kind, name in rows if kind == "index")


def test_tables_of_submissions_have_no_rowid_and_no_index(store: Store) -> None:
    with store.read() as connection:
        listed = {row.name: row.wr for row in connection.execute(text("PRAGMA table_list"))}
        indexes = connection.execute(
            text(
                "SELECT name FROM sqlite_master"
                " WHERE tbl_name IN ('envelope', 'tombstone', 'access_code') AND rootpage > 0"
            )
        ).all()
    assert [listed[name] for name in ("envelope", "tombstone", "access_code")] == [1, 1, 1]
    assert {name for (name,) in indexes} == {"envelope", "tombstone", "access_code"}


def test_the_code_makes_tables_of_submissions_without_rowid_too() -> None:
    for name in ("envelope", "tombstone", "access_code"):
        assert metadata.tables[name].dialect_options["sqlite"]["with_rowid"] is False


def test_no_column_of_a_submission_holds_a_time(store: Store) -> None:
    inspector = inspect(store.engine)
    for table in ("envelope", "tombstone"):
        kinds = {str(column["type"]).split("(")[0] for column in inspector.get_columns(table)}
        assert kinds <= {"INTEGER", "BLOB", "BOOLEAN"}
        assert not any(column["nullable"] for column in inspector.get_columns(table))


def test_a_round_has_one_of_seven_states(store: Store) -> None:
    assert ROUND_STATES == ("open", "ending", "closing", "closed", "counted", "released", "shredded")
    (check,) = inspect(store.engine).get_check_constraints("round")
    assert all(repr(state) in check["sqltext"] for state in ROUND_STATES)
