"""Opens the data folder and its database, with the settings under which order and residues disappear.

SQLite: a rollback journal that is cut to nothing (write-ahead logs keep the order of arrival), deleted
content overwritten, pages of 16 KiB so that an envelope never needs an overflow page.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.script.revision import RevisionError
from alembic.util import CommandError
from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.pool import NullPool

from ..errors import FeedbackError

PAGE_BYTES = 16384
DATABASE = "feedback.sqlite"
_SECONDS_TO_WAIT = 60.0


class NotInitialised(FeedbackError):
    """The data folder has no database."""

    status = 503
    code = "not-initialised"
    message = "There is no installation in %(folder)s. Make one with: feedback-service init --data %(folder)s"


class OutdatedDatabase(FeedbackError):
    """The database was made by another version of the service."""

    status = 503
    code = "database-outdated"
    message = "The database in %(folder)s is of another version. Run: feedback-service init --data %(folder)s"


class NewerDatabase(FeedbackError):
    """The database was made by a version that this one doesn't know."""

    status = 503
    code = "database-newer"
    message = "The database in %(folder)s was made by a newer version. Use that version, or restore a backup."


class MigrationUndone(FeedbackError):
    """An update of the database that would have left rows without what they refer to."""

    status = 500
    code = "migration-undone"
    message = "The update of the database failed its own check and was undone. Please report it."


class UnsupportedDatabase(FeedbackError):
    """A database URL for which the promises about order are not kept yet."""

    status = 500
    code = "database-unsupported"
    message = (
        "FEEDBACK_DATABASE_URL names %(dialect)s. This version keeps its promises on SQLite only:"
        " unset it to use the data folder."
    )


@dataclass(frozen=True, slots=True)
class Store:
    """A data folder and its database. `begin` is one unit of work: all of it or nothing."""

    folder: Path
    engine: Engine

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        """One unit of work that may write; other writers wait from its beginning on."""
        engine = self.engine.execution_options(sqlite_begin="BEGIN IMMEDIATE")
        with engine.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """One consistent view. It must not write."""
        with self.engine.connect() as connection, connection.begin():
            yield connection

    @property
    def spool_folder(self) -> Path:
        """Where web processes keep their spools: always a local folder."""
        return self.folder / "spool"

    @property
    def key_folder(self) -> Path:
        """Public key files, and wrapped private ones where the operator keeps them here."""
        return self.folder / "keys"

    @property
    def mix_folder(self) -> Path:
        """What only the mixing process needs to read."""
        return self.folder / "mix"

    @property
    def mix_lock(self) -> Path:
        """The file whose lock lets one mix run at a time."""
        return self.folder / "mix.lock"

    def vacuum(self) -> None:
        """Rewrite the whole file in the order of its keys; its copy for that stays in the data folder."""
        with self.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM"))


def open_store(folder: Path, database_url: str | None = None) -> Store:
    """Open an installation. Raises `NotInitialised`, `OutdatedDatabase`, `UnsupportedDatabase`."""
    if database_url is None and not (folder / DATABASE).exists():
        raise NotInitialised(folder=folder)
    store = Store(folder, _engine(folder, database_url))
    with store.engine.connect() as connection:
        current = MigrationContext.configure(connection).get_current_revision()
    if current != ScriptDirectory.from_config(_alembic()).get_current_head():
        raise OutdatedDatabase(folder=folder)
    return store


def make_store(folder: Path, database_url: str | None = None) -> Store:
    """Make or update the database in `folder`; safe to repeat."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    store = Store(folder, _engine(folder, database_url))
    try:
        migrate(store.engine)
    except (CommandError, RevisionError):
        raise NewerDatabase(folder=folder) from None
    if database_url is None:
        (folder / DATABASE).chmod(0o600)
    return store


def migrate(engine: Engine, revision: str = "head") -> None:
    """Bring a database to a revision, up or down."""
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


def _engine(folder: Path, database_url: str | None) -> Engine:
    url = database_url or f"sqlite:///{folder / DATABASE}"
    # No pool: a kept connection of a long-lived web process would hold locks while the mix wants them.
    # `hide_parameters`: SQLAlchemy's errors would print bound values.
    engine = create_engine(
        url,
        hide_parameters=True,
        poolclass=NullPool,
        connect_args={"timeout": _SECONDS_TO_WAIT} if url.startswith("sqlite") else {},
    )
    if engine.dialect.name != "sqlite":
        raise UnsupportedDatabase(dialect=engine.dialect.name)
    event.listen(engine, "connect", _prepare(folder / "tmp"))
    event.listen(engine, "begin", _begin)
    return engine


def _prepare(work: Path) -> Callable[[Any, object], None]:
    """Settings of every connection; what SQLite must write beside the database goes to `work`."""

    def prepare(connection: Any, _record: object) -> None:
        # The driver must not begin transactions by its own rules; `_begin` does.
        connection.isolation_level = None
        work.mkdir(parents=True, exist_ok=True, mode=0o700)
        quoted = str(work.resolve()).replace("'", "''")
        for pragma in (
            f"page_size={PAGE_BYTES}",
            "journal_mode=TRUNCATE",
            "synchronous=FULL",
            "secure_delete=ON",
            "foreign_keys=ON",
            # SQLITE_TMPDIR is read when the library is loaded, long before we know the folder; without
            # either a copy of every envelope would lie in /var/tmp.
            f"temp_store_directory='{quoted}'",
        ):
            connection.execute(f"PRAGMA {pragma}")

    return prepare


def _begin(connection: Connection) -> None:
    options = connection.get_execution_options()
    if options.get("isolation_level") != "AUTOCOMMIT":
        # A transaction that begins by reading could find, when it wants to write, that it may not wait.
        connection.exec_driver_sql(options.get("sqlite_begin", "BEGIN"))
