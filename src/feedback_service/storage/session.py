"""Opens an installation: a data folder and its database, of the version that this program knows."""

from __future__ import annotations

import fcntl
from collections.abc import Callable, Collection, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, Engine, make_url
from sqlalchemy.exc import ArgumentError, OperationalError

from ..errors import FeedbackError
from .database import Database
from .postgresql import open_postgresql
from .revision import NEWEST, revision_of
from .sqlite import open_sqlite

DATABASE = "feedback.sqlite"


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


class InterruptedWrite(FeedbackError):
    """A process was killed while it wrote, and this one may not write and so can't undo it."""

    status = 503
    code = "database-interrupted"
    message = (
        "The database in %(folder)s can't be read: a write that was interrupted must be undone first, or the"
        " disk failed. Run as its owner: feedback-service mix --data %(folder)s"
    )


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

    @contextmanager
    def one_sender(self, busy: Callable[[], None] = lambda: None) -> Iterator[None]:
        """Let one process send mail at a time; `busy` is called before waiting for another to end."""
        self.mail_folder.mkdir(exist_ok=True, mode=0o700)
        with self.send_lock.open("wb") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                busy()
                fcntl.flock(lock, fcntl.LOCK_EX)
            with self.database.one_sender():
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
    def audio_folder(self) -> Path:
        """Recordings of questions, which everybody may hear."""
        return self.folder / "audio"

    @property
    def mix_folder(self) -> Path:
        """What only the mixing process needs to read."""
        return self.folder / "mix"

    @property
    def mail_folder(self) -> Path:
        """What only the process that sends mail needs to read."""
        return self.folder / "mail"

    @property
    def inbox_folder(self) -> Path:
        """What the web process takes from offices, until the process that sends mail has dealt with it."""
        return self.spool_folder / "inbox"

    @property
    def mix_lock(self) -> Path:
        """The file whose lock lets one mix of these spools run at a time."""
        return self.folder / "mix.lock"

    @property
    def send_lock(self) -> Path:
        """The file whose lock lets one process send mail at a time."""
        return self.mail_folder / "send.lock"

    @property
    def work_lock(self) -> Path:
        """The file whose lock lets one `work` run here; it holds the day of the last nightly mix."""
        return self.folder / "work.lock"


def open_store(folder: Path, database_url: str | None = None) -> Store:
    """Open an installation.

    Raises `NotInitialised`, `OutdatedDatabase`, `InterruptedWrite`, `UnsupportedDatabase`,
    `DatabaseUnreachable`.
    """
    if not (folder if database_url else folder / DATABASE).exists():
        raise NotInitialised(folder=folder)
    store = Store(folder, _database(folder, database_url))
    try:
        current = revision_of(store.engine)
    except OperationalError:
        raise InterruptedWrite(folder=folder) from None
    if current is None and database_url:
        raise NotInitialised(folder=folder)
    if current != NEWEST:
        raise OutdatedDatabase(folder=folder)
    return store


def make_store(folder: Path, database_url: str | None = None) -> Store:
    """Make or update the database in `folder`; safe to repeat."""
    # Here alone, and not where every command would wait for it.
    from .migrating import UnknownRevision, migrate  # noqa: PLC0415

    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    store = Store(folder, _database(folder, database_url))
    try:
        migrate(store.engine)
    except UnknownRevision:
        raise NewerDatabase(folder=folder) from None
    if database_url is None:
        (folder / DATABASE).chmod(0o600)
    return store


def _database(folder: Path, database_url: str | None) -> Database:
    try:
        url = make_url(database_url or f"sqlite:///{folder / DATABASE}")
    except ArgumentError:
        raise UnsupportedDatabase(dialect="no database") from None
    match url.drivername:
        case "sqlite":
            return open_sqlite(url, folder)
        case "postgresql" | "postgresql+psycopg":
            return open_postgresql(url)
        case other:
            raise UnsupportedDatabase(dialect=other)
