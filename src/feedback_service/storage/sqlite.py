"""SQLite in the data folder, with the settings under which order and residues disappear.

A rollback journal that is cut to nothing (write-ahead logs keep the order of arrival), deleted content
overwritten, pages of 16 KiB so that an envelope never needs an overflow page.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, text
from sqlalchemy.pool import NullPool

PAGE_BYTES = 16384
_SECONDS_TO_WAIT = 60.0


@dataclass(frozen=True, slots=True)
class SqliteDatabase:
    """One file. What SQLite must write beside it goes into the data folder too."""

    engine: Engine

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        """One unit of work that may write; other writers wait from its beginning on."""
        engine = self.engine.execution_options(sqlite_begin="BEGIN IMMEDIATE")
        with engine.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """One consistent view."""
        with self.engine.connect() as connection, connection.begin():
            yield connection

    @property
    def cuts_its_log(self) -> bool:
        """Its journal is cut to nothing by each transaction."""
        return True

    @contextmanager
    def one_mix(self) -> Iterator[None]:
        """Nothing to do: the file belongs to one machine, whose own lock is enough."""
        yield

    @contextmanager
    def one_sender(self) -> Iterator[None]:
        """Nothing to do: as with `one_mix`."""
        yield

    def vacuum(self, rounds: Collection[int]) -> None:  # noqa: ARG002  the file is rewritten as one
        """Rewrite the whole file in the order of its keys; its copy for that stays in the data folder."""
        with self.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM"))

    def scrub(self) -> None:
        """Nothing to do: `secure_delete` overwrote it in the same transaction."""


def open_sqlite(url: URL, folder: Path) -> SqliteDatabase:
    """The database at `url`, of the installation in `folder`."""
    # No pool: a kept connection of a long-lived web process would hold locks while the mix wants them.
    # `hide_parameters`: SQLAlchemy's errors would print bound values.
    engine = create_engine(
        url, hide_parameters=True, poolclass=NullPool, connect_args={"timeout": _SECONDS_TO_WAIT}
    )
    event.listen(engine, "connect", _prepare(folder / "tmp"))
    event.listen(engine, "begin", _begin)
    return SqliteDatabase(engine)


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
