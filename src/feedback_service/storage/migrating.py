"""Brings a database to the tables of this version, or of another one, by Alembic. No answer is lost."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.script.revision import RevisionError
from alembic.util import CommandError
from sqlalchemy import Connection, Engine

from ..errors import FeedbackError


class MigrationUndone(FeedbackError):
    """An update of the database that would have left rows without what they refer to."""

    status = 500
    code = "migration-undone"
    message = "The update of the database failed its own check and was undone. Please report it."


class UnknownRevision(LookupError):
    """The database is of a version that this program doesn't know."""


def newest_revision() -> str | None:
    """The version that the scripts lead to."""
    return ScriptDirectory.from_config(_alembic()).get_current_head()


def migrate(engine: Engine, revision: str = "head") -> None:
    """Bring a database to a revision, up or down. Raises `UnknownRevision`, `MigrationUndone`."""
    try:
        _migrate(engine, revision)
    except (CommandError, RevisionError) as error:
        raise UnknownRevision from error


def _migrate(engine: Engine, revision: str) -> None:
    config = _alembic()
    with engine.connect() as connection:
        _check_references_later(connection)
        config.attributes["connection"] = connection
        current = MigrationContext.configure(connection).get_current_revision()
        down = revision == "base" or (current is not None and _is_older(config, revision, current))
        (command.downgrade if down else command.upgrade)(config, revision)
        _check_references(connection)
        connection.commit()


def _check_references_later(connection: Connection) -> None:
    """Alembic changes a table in SQLite by dropping it for a copy; rows that refer to it would forbid that.

    So references are checked once, at the end. Without effect inside a transaction: none has begun here.
    """
    if connection.dialect.name == "sqlite":
        _driver(connection).execute("PRAGMA foreign_keys=OFF")


def _check_references(connection: Connection) -> None:
    sqlite = connection.dialect.name == "sqlite"
    if sqlite and _driver(connection).execute("PRAGMA foreign_key_check").fetchall():
        raise MigrationUndone


def _driver(connection: Connection) -> Any:
    return connection.connection.driver_connection


def _is_older(config: Config, revision: str, current: str) -> bool:
    script = ScriptDirectory.from_config(config)
    wanted = script.as_revision_number(revision)
    older = {found.revision for found in script.iterate_revisions(current, "base")}
    return wanted in older and wanted != current


def _alembic() -> Config:
    here = Path(__file__).parent.parent
    installed = here / "migrations"
    config = Config()
    folder = installed if installed.is_dir() else here.parent.parent / "migrations"
    config.set_main_option("script_location", str(folder).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config
