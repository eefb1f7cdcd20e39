"""The service's database where it is PostgreSQL, read over its own connection and never written."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from ..errors import FeedbackError
from .allowed import ABOUT_SUBMISSIONS
from .model import Row, Table

_PARTITION = "^(envelope|access_code|tombstone)_[0-9]+$"
_SYSTEM = "n.nspname <> 'information_schema' AND left(n.nspname, 3) <> 'pg_'"
_SECONDS_TO_WAIT = 10
_ROWS = 1000


class UnreadableDatabase(FeedbackError):
    """A server that doesn't answer, or a role that may not read."""

    status = 503
    code = "audit-database-unreadable"
    message = (
        "The database can't be read: %(reason)s."
        " Check --database-url (or FEEDBACK_DATABASE_URL); the role must own the tables or be a superuser."
    )


class NotPostgres(FeedbackError):
    """An address of something else."""

    status = 422
    code = "audit-database-unknown"
    message = (
        "The address after --database-url begins with postgresql://; without one the data folder's own"
        " database is audited."
    )


@dataclass(frozen=True, slots=True)
class PostgresStore:
    """A database on a server."""

    url: str = field(repr=False)

    def __post_init__(self) -> None:
        scheme = self.url.partition("://")[0].partition("+")[0]
        if scheme not in ("postgresql", "postgres"):
            raise NotPostgres

    @contextmanager
    def opened(self) -> Iterator[PostgresDatabase]:
        """Open it. Raises `UnreadableDatabase`."""
        _, _, rest = self.url.partition("://")
        try:
            with psycopg.connect(
                f"postgresql://{rest}",
                connect_timeout=_SECONDS_TO_WAIT,
                application_name="audit",
                options="-c default_transaction_read_only=on -c bytea_output=hex",
            ) as connection:
                yield PostgresDatabase(connection)
        except psycopg.Error as error:
            # The first line names the server, the others may name the password's file.
            raise UnreadableDatabase(reason=str(error).strip().partition("\n")[0] or "no reason") from None

    @property
    def name(self) -> str:
        """Host and database, without user or password."""
        parts = conninfo_to_dict(f"postgresql://{self.url.partition('://')[2]}")
        return f"{parts.get('host', 'localhost')}/{parts.get('dbname', '')}"


@dataclass(frozen=True, slots=True)
class PostgresDatabase:
    """An open connection."""

    connection: psycopg.Connection[Row]

    def rows(self, query: str, *values: Any) -> list[Row]:
        """A query of the audit's own."""
        return self.connection.execute(query.encode(), values or None).fetchall()

    def tables(self) -> list[Table]:
        """Every table. Partitions of the expected names are the table that they are part of."""
        query = f"""
            SELECT CASE n.nspname WHEN 'public' THEN '' ELSE n.nspname || '.' END || c.relname,
                   a.attname, upper(format_type(a.atttypid, a.atttypmod))
            FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
            JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
            WHERE c.relkind IN ('r', 'p', 'f', 'm') AND {_SYSTEM}
              AND NOT (c.relispartition AND c.relname ~ '{_PARTITION}')
            ORDER BY 1, a.attnum"""  # noqa: S608  constants
        columns: dict[str, list[tuple[str, str]]] = {}
        for table, column, declared in self.rows(query):
            columns.setdefault(table, []).append((column, declared))
        return [Table(name, tuple(found), has_rowid=False) for name, found in columns.items()]

    def select(self, table: str, columns: Sequence[str]) -> Iterator[Row]:
        """All rows in the order in which the server gives them."""
        query = sql.SQL("SELECT {} FROM {}").format(
            sql.SQL(", ").join(map(_column, columns)), sql.Identifier(*table.split("."))
        )
        with self.connection.cursor(f"audit_{table}") as cursor:
            cursor.itersize = _ROWS
            cursor.execute(query)
            yield from cursor

    def additions(self) -> Iterator[str]:
        """Triggers, views, sequences, indexes; dropped columns, whose values stay in the rows."""
        for kind, name in self.rows(_ADDITIONS, list(ABOUT_SUBMISSIONS)):
            yield f"{kind} {name}"
        for (toast,) in self.rows(_TOAST_OF_COMMENTS):
            [(chunks,)] = self.rows(f"SELECT count(DISTINCT chunk_id) FROM {toast}")  # noqa: S608
            [(drafts,)] = self.rows("SELECT count(draft) FROM comment")
            # Reviewers' drafts are too long for a row, and lie in the order of reviewing; no text may.
            if chunks > drafts:
                yield "TOAST of comment"


def _column(name: str) -> sql.Composable:
    # Numbers of transactions have a type of their own, which can't be compared.
    if name in ("xmin", "cmin"):
        return sql.SQL("{}::text::bigint").format(sql.Identifier(name))
    return sql.Identifier(name)


_ADDITIONS = f"""
    WITH own AS (
        SELECT c.oid, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE {_SYSTEM}
    ), about AS (
        SELECT c.oid, c.relname FROM pg_class c WHERE c.relname = ANY(%s) OR c.relname ~ '{_PARTITION}'
    )
    SELECT 'trigger', tgname FROM pg_trigger WHERE tgrelid IN (SELECT oid FROM own) AND NOT tgisinternal
    UNION ALL SELECT 'event trigger', evtname FROM pg_event_trigger
    UNION ALL SELECT 'rule', rulename FROM pg_rewrite JOIN own ON own.oid = ev_class
        WHERE rulename <> '_RETURN'
    UNION ALL SELECT CASE relkind WHEN 'S' THEN 'sequence' WHEN 'f' THEN 'foreign table' ELSE 'view' END,
        relname FROM pg_class WHERE relkind IN ('S', 'v', 'm', 'f') AND oid IN (SELECT oid FROM own)
    UNION ALL SELECT 'index', i.indexrelid::regclass::text FROM pg_index i
        JOIN about ON about.oid = i.indrelid WHERE NOT i.indisprimary
    UNION ALL SELECT 'dropped column of', relname FROM own JOIN pg_attribute ON attrelid = own.oid
        WHERE attisdropped AND attnum > 0
    UNION ALL SELECT 'statistics', stxname FROM pg_statistic_ext JOIN about ON about.oid = stxrelid
    UNION ALL SELECT 'publication', pubname FROM pg_publication
    UNION ALL SELECT 'function', proname FROM pg_proc p
        JOIN pg_namespace n ON n.oid = p.pronamespace WHERE {_SYSTEM}
    UNION ALL SELECT 'partition', c.relname FROM pg_inherits JOIN pg_class c ON c.oid = inhrelid
        JOIN about ON about.oid = inhparent WHERE c.relkind = 'r' AND c.relname !~ '{_PARTITION}'
    UNION ALL SELECT 'TOAST of', c.relname FROM pg_class c JOIN about ON about.oid = c.oid
        WHERE c.reltoastrelid <> 0 AND pg_relation_size(c.reltoastrelid) > 0 AND c.relname <> 'comment'
"""  # noqa: S608  constants
_TOAST_OF_COMMENTS = f"""
    SELECT c.reltoastrelid::regclass::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE {_SYSTEM} AND c.relname = 'comment' AND c.reltoastrelid <> 0
"""  # noqa: S608  constants
