"""What a PostgreSQL server keeps beside the tables: logs of statements, copies, times of transactions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from .model import Check, hardened, listed, none_of
from .postgres import PostgresDatabase, PostgresStore

# Each of these keeps the order, the time or the content of what was written.
_MUST_BE: Mapping[str, tuple[str, ...]] = {
    "archive_mode": ("off",),
    "wal_level": ("minimal", "replica"),
    "track_commit_timestamp": ("off",),
    "log_statement": ("none", "ddl"),
    "log_min_duration_statement": ("-1",),
    "log_min_duration_sample": ("-1",),
    "log_transaction_sample_rate": ("0",),
    "debug_print_parse": ("off",),
    "debug_print_plan": ("off",),
}
_SHOULD_BE: Mapping[str, tuple[str, ...]] = {
    "log_parameter_max_length": ("0",),
    "log_parameter_max_length_on_error": ("0",),
    "log_error_verbosity": ("terse",),
    "log_connections": ("off", ""),
    "log_disconnections": ("off",),
    "log_replication_commands": ("off",),
}
_TELLING_LIBRARIES = ("pgaudit", "auto_explain", "pg_stat_statements", "pg_stat_monitor", "wal2json")
_COPIES = """
    SELECT 'slot ' || slot_name FROM pg_replication_slots
    UNION ALL SELECT 'replica ' || coalesce(application_name, '') FROM pg_stat_replication
    UNION ALL SELECT 'subscription ' || subname FROM pg_subscription
        WHERE has_database_privilege(current_user, subdbid, 'CONNECT')
    UNION ALL SELECT 'prepared transaction ' || gid FROM pg_prepared_xacts
"""
# Two envelopes fill a page of 8,192 bytes; what lies beyond that many pages is no longer alive.
_ROOM = """
    SELECT c.oid::regclass::text, pg_relation_size(c.oid) / current_setting('block_size')::int,
           (SELECT attstorage FROM pg_attribute WHERE attrelid = c.oid AND attname = 'body')
    FROM pg_class c WHERE c.relkind = 'r' AND (c.relname = 'envelope' OR c.relname ~ '^envelope_[0-9]+$')
"""
_ROWS_A_PAGE = 2


def check_server(store: PostgresStore) -> list[Check]:
    """Lines 5, 7 and 9 about the server."""
    with store.opened() as database:
        settings = {
            name: str(value) for name, value in database.rows("SELECT name, setting FROM pg_settings")
        }
        copies = [name for (name,) in database.rows(_COPIES)]
        room = list(_room(database))
        changing = list(_transactions(database))
    bad = list(_differing(settings, _MUST_BE))
    libraries = settings.get("shared_preload_libraries", "") + settings.get("session_preload_libraries", "")
    bad += [name for name in _TELLING_LIBRARIES if name in libraries]
    soft = list(_differing(settings, _SHOULD_BE))
    return [
        none_of(9, "server settings that keep order, time or content", bad),
        none_of(9, "copies that the server feeds", copies),
        none_of(9, "rows that are dead or put away", room),
        none_of(7, "rounds written in more than one transaction", changing),
        hardened(9, "server settings that could tell less", listed(soft), "none", not soft),
    ]


def _differing(settings: Mapping[str, str], wanted: Mapping[str, tuple[str, ...]]) -> Iterator[str]:
    for name, allowed in wanted.items():
        if name in settings and settings[name] not in allowed:
            yield f"{name} = {settings[name]}"


def _room(database: PostgresDatabase) -> Iterator[str]:
    """A partition whose pages hold more than its rows: deleted ones stand there still."""
    for name, pages, storage in database.rows(_ROOM):
        ((rows,),) = database.rows(f"SELECT count(*) FROM {name}")  # noqa: S608  as the catalogue quotes it
        if pages > -(-rows // _ROWS_A_PAGE):
            yield f"{name} has {pages} pages for {rows} rows"
        if storage not in ("p", "m"):
            yield f"{name}.body may be put away in a numbered table"


def _transactions(database: PostgresDatabase) -> Iterator[str]:
    """A mix writes a round whole; spent codes are written with it."""
    for table, wanted in (("envelope", "true"), ("access_code", "spent")):
        if any(one.name == table and ("round_id" in dict(one.columns)) for one in database.tables()):
            query = f"""
                SELECT round_id, count(DISTINCT (xmin::text, cmin::text)) FROM {table}
                WHERE {wanted} GROUP BY round_id"""  # noqa: S608  constants
            for number, transactions in database.rows(query):
                if transactions > 1:
                    yield f"{table} of round {number} in {transactions}"
