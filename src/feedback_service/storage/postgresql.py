"""PostgreSQL, with what it takes that its rows too tell nothing about the order of arrival.

Measured with one row a transaction: `xmin`, TOAST's `chunk_id` and the log's positions give the order back
with ρ = 1.000. So rows come in by the mix alone, a whole round in one transaction, sorted; each round has
partitions of its own, which `VACUUM FULL` writes anew; an envelope never leaves its row for a TOAST table.
The write-ahead log would still show with which mix an answer came: after each its old segments are removed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import URL, Connection, Engine, create_engine, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import NullPool

from ..errors import FeedbackError

OLDEST_VERSION = 15
_SECONDS_TO_CONNECT = 10
# Numbers of advisory locks; any will do that nobody else in this database takes.
_WRITING = 7_301_001
_MIXING = 7_301_002
_SENDING = 7_301_003
# A row of 3,922 bytes and its header stays below it: it is never compressed and never moved elsewhere.
_TOAST_TUPLE_TARGET = 8160
_CHANGED = (
    "round",
    "tombstone",
    "comment",
    "comment_batch",
    "quote",
    "recipient",
    "delivery",
    "reply",
)
_MAY_CUT = (
    "SELECT pg_has_role(current_user, 'pg_checkpoint', 'USAGE')"
    " AND has_function_privilege('pg_switch_wal()', 'EXECUTE')"
)


class DatabaseUnreachable(FeedbackError):
    """The server doesn't answer, or lets nobody in."""

    status = 503
    code = "database-unreachable"
    message = (
        "The database %(database)s can't be reached: %(reason)s. Check FEEDBACK_DATABASE_URL and the server."
    )


class OldServer(FeedbackError):
    """A PostgreSQL under which the promises weren't tried."""

    status = 500
    code = "database-server-old"
    message = "The database is PostgreSQL %(found)s; %(oldest)s or newer is needed."


@dataclass(frozen=True, slots=True)
class PostgresDatabase:
    """One database on a server, which several web machines may share."""

    engine: Engine

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        """One unit of work that may write; other writers wait from its beginning on."""
        with self.engine.connect() as connection, connection.begin():
            # As in SQLite: what is read before it is written can't have changed in between.
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _WRITING})
            yield connection

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """One consistent view."""
        engine = self.engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        with engine.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def one_mix(self) -> Iterator[None]:
        """A lock of the database's: several machines mix into it one after the other."""
        with self._locked(_MIXING):
            yield

    @contextmanager
    def one_sender(self) -> Iterator[None]:
        """A lock of the database's: several machines may have the mail key."""
        with self._locked(_SENDING):
            yield

    def vacuum(self, rounds: Collection[int]) -> None:
        """Write the partitions of these rounds anew, without dead rows."""
        names = (name for number in sorted(rounds) for name in partitions(number))
        self._rewrite(*names, *_CHANGED)

    def scrub(self) -> None:
        """A changed row leaves its old version: destroyed secrets, comments and addresses too."""
        self._rewrite(*_CHANGED)

    @property
    def cuts_its_log(self) -> bool:
        """Whether this role may: `deploy/postgresql/roles.sql` lets the owner."""
        with self.read() as connection:
            return bool(connection.scalar(text(_MAY_CUT)))

    def _rewrite(self, *tables: str) -> None:
        cuts = self.cuts_its_log
        with self._autocommit() as connection:
            for table in tables:
                connection.execute(text(f'VACUUM FULL "{table}"'))
            if cuts:
                # A new segment first: else what was just written stays in the one that is in use.
                connection.execute(text("SELECT pg_switch_wal()"))
                connection.execute(text("CHECKPOINT"))

    @contextmanager
    def _locked(self, lock: int) -> Iterator[None]:
        with self._autocommit() as connection:
            connection.execute(text("SELECT pg_advisory_lock(:lock)"), {"lock": lock})
            # Closing the connection lets go of it, as does the server when this process dies.
            yield

    @contextmanager
    def _autocommit(self) -> Iterator[Connection]:
        with self.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            yield connection


def open_postgresql(url: URL) -> PostgresDatabase:
    """The database at `url`. Raises `DatabaseUnreachable`, `OldServer`."""
    # No pool: a command ends soon, and a web process asks once a second. `hide_parameters`: SQLAlchemy's
    # errors would print bound values.
    engine = create_engine(
        url,
        hide_parameters=True,
        poolclass=NullPool,
        connect_args={"connect_timeout": _SECONDS_TO_CONNECT},
    )
    try:
        with engine.connect() as connection:
            version = int(connection.scalar(text("SHOW server_version_num")) or 0) // 10_000
    except OperationalError as error:
        # `from None`, and the first line only: the rest may repeat what was sent.
        reason = str(error.orig).splitlines()[0] if str(error.orig) else "no answer"
        raise DatabaseUnreachable(database=_shown(url), reason=reason) from None
    if version < OLDEST_VERSION:
        raise OldServer(found=version, oldest=OLDEST_VERSION)
    return PostgresDatabase(engine)


def partitions(number: int) -> tuple[str, str]:
    """The names of a round's tables of submissions."""
    return f"envelope_{number}", f"access_code_{number}"


def make_partitions(connection: Connection, number: int) -> None:
    """The tables that hold a round's submissions; nothing where the database isn't PostgreSQL."""
    if connection.dialect.name != "postgresql":
        return
    envelopes, codes = partitions(number)
    values = f"FOR VALUES IN ({number})"
    stored = f"WITH (toast_tuple_target = {_TOAST_TUPLE_TARGET})"
    connection.execute(text(f"CREATE TABLE {envelopes} PARTITION OF envelope {values} {stored}"))
    connection.execute(text(f"CREATE TABLE {codes} PARTITION OF access_code {values}"))
    # The planner's statistics would keep copies of some, also when the rows are gone.
    connection.execute(text(f"ALTER TABLE {envelopes} ALTER COLUMN key SET STATISTICS 0"))
    connection.execute(text(f"ALTER TABLE {codes} ALTER COLUMN mac SET STATISTICS 0"))


def _shown(url: URL) -> str:
    """Where a database is, without who or the password."""
    place = url.host or url.query.get("host") or "this machine"
    return f"“{url.database}” on {place}"
