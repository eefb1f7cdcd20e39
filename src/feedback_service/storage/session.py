"""Opens an installation: a data folder and its database, of the version that this program knows."""

from __future__ import annotations

import fcntl
from collections.abc import Collection, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.script.revision import RevisionError
from alembic.util import CommandError
from sqlalchemy import Connection, Engine, make_url
from sqlalchemy.exc import ArgumentError

from ..errors import FeedbackError
from .database import Database
from .postgresql import open_postgresql
from .sqlite import open_sqlite

_DATABASE = "feedback.sqlite"


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


class UnsupportedDatabase(FeedbackError):
    """A database URL for which the promises about order aren't kept."""

    status = 500
    code = "database-unsupported"
    message = (
        "FEEDBACK_DATABASE_URL names %(dialect)s. Known are PostgreSQL, as in"
        " postgresql://user@host/feedback, and the data folder's SQLite, where it is unset."
    )


@dataclass(frozen=True, slots=True)
class Store:
    """A data folder and its database. `begin` is one unit of work: all of it or nothing."""

    folder: Path
    database: Database

    @property
    def engine(self) -> Engine:
        """The database's engine."""
        return self.database.engine

    def begin(self) -> AbstractContextManager[Connection]:
        """One unit of work that may write; other writers wait from its beginning on."""
        return self.database.begin()

    def read(self) -> AbstractContextManager[Connection]:
        """One consistent view. It must not write."""
        return self.database.read()

    @contextmanager
    def one_mix(self) -> Iterator[None]:
        """Let one mix run at a time: of this folder's spools, and into this database."""
        with self.mix_lock.open("wb") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            with self.database.one_mix():
                yield

    def vacuum(self, rounds: Collection[int]) -> None:
        """Rewrite the rows of these rounds' submissions on the disk, and leave nothing of how they were."""
        self.database.vacuum(rounds)

    def scrub(self) -> None:
        """Leave nothing on the disk of what was overwritten or deleted outside submissions."""
        self.database.scrub()

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
        """The file whose lock lets one mix of these spools run at a time."""
        return self.folder / "mix.lock"


def open_store(folder: Path, database_url: str | None = None) -> Store:
    """Open an installation.

    Raises `NotInitialised`, `OutdatedDatabase`, `UnsupportedDatabase`, `DatabaseUnreachable`.
    """
    if not (folder if database_url else folder / _DATABASE).exists():
        raise NotInitialised(folder=folder)
    store = Store(folder, _database(folder, database_url))
    with store.engine.connect() as connection:
        current = MigrationContext.configure(connection).get_current_revision()
    if current is None and database_url:
        raise NotInitialised(folder=folder)
    if current != ScriptDirectory.from_config(_alembic()).get_current_head():
        raise OutdatedDatabase(folder=folder)
    return store


def make_store(folder: Path, database_url: str | None = None) -> Store:
    """Make or update the database in `folder`; safe to repeat."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    store = Store(folder, _database(folder, database_url))
    try:
        migrate(store.engine)
    except (CommandError, RevisionError):
        raise NewerDatabase(folder=folder) from None
    if database_url is None:
        (folder / _DATABASE).chmod(0o600)
    return store


def migrate(engine: Engine, revision: str = "head") -> None:
    """Bring a database to a revision, up or down."""
    config = _alembic()
    with engine.connect() as connection:
        config.attributes["connection"] = connection
        current = MigrationContext.configure(connection).get_current_revision()
        down = revision == "base" or (current is not None and _is_older(config, revision, current))
        (command.downgrade if down else command.upgrade)(config, revision)
        connection.commit()


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


def _database(folder: Path, database_url: str | None) -> Database:
    try:
        url = make_url(database_url or f"sqlite:///{folder / _DATABASE}")
    except ArgumentError:
        raise UnsupportedDatabase(dialect="no database") from None
    match url.drivername:
        case "sqlite":
            return open_sqlite(url, folder)
        case "postgresql" | "postgresql+psycopg":
            return open_postgresql(url)
        case other:
            raise UnsupportedDatabase(dialect=other)
