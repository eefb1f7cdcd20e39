"""The whole audit on PostgreSQL: two web machines with the role that may only read, a crowd, kills, a close.

Then somebody with root on the database's machine searches its files, and measures every order in them.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

ROOT = Path(__file__).parent.parent.parent
PEOPLE = 300


@pytest.fixture(scope="module")
def postgres(start_postgres: Any) -> Iterator[Any]:
    """A server of its own: all its files are searched."""
    with start_postgres() as made:
        yield made


@pytest.fixture(scope="module")
def roles(postgres: Any) -> None:
    """The two roles and the database, made with the shipped file."""
    # As in server.conf: a segment that is over isn't kept under another name.
    postgres.execute("ALTER SYSTEM SET wal_recycle = off", "SELECT pg_reload_conf()")
    passwords = ("-v", "owner_password=one", "-v", "web_password=two")
    _psql(postgres, "postgres", "postgres", "roles.sql", *passwords)


def _psql(postgres: Any, database: str, user: str, file: str, *more: str) -> None:
    subprocess.run(
        [postgres.programs / "psql", "-q", "-X", "-h", postgres.pgdata, "-d", database, "-U", user, *more,
         "-f", ROOT / "deploy" / "postgresql" / file],
        check=True,
        capture_output=True,
    )  # fmt: skip


@pytest.fixture
def machines(roles: None, postgres: Any, new_installation: Any) -> tuple[Any, Any]:
    """Two installations on one database, each with the owner's address for its commands."""
    postgres.execute("DROP SCHEMA public CASCADE", "CREATE SCHEMA public", database="feedback")
    postgres.execute("ALTER SCHEMA public OWNER TO feedback_owner", database="feedback")
    url = postgres.url("feedback", "feedback_owner")
    first, second = new_installation("first", url), new_installation("second", url)
    _psql(postgres, "feedback", "feedback_owner", "grants.sql")
    return first, second


def _as_web(postgres: Any) -> dict[str, str]:
    return {"FEEDBACK_DATABASE_URL": postgres.url("feedback", "feedback_web")}


@pytest.mark.long
def test_a_crowd_over_two_machines_is_counted_once_each_and_nobody_can_be_found(
    machines: tuple[Any, Any], postgres: Any, crowd: Any, search: Any, tmp_path: Path
) -> None:
    first, second = machines
    people = sorted(
        [*crowd.people(PEOPLE // 2, "web"), *crowd.people(PEOPLE // 2, "bot")], key=lambda p: p.marker
    )
    one, other = first.start(_as_web(postgres)), second.start(_as_web(postgres))
    crowd.make_mistakes(one.url, people[:3])
    for start in range(0, 200, 50):
        crowd.send(one.url, people[start : start + 25])
        crowd.send(other.url, people[start + 25 : start + 50])
    other.kill()
    for machine in (first, second):
        machine.json("mix")
    other = second.start(_as_web(postgres))
    crowd.send(other.url, people[200:])
    closing = first.json("rounds", "close", "clients")
    assert len(closing["awaited"]) == 1
    [(_, awaited)] = second.json("mix")["awaited"].items()
    assert awaited == []
    printed = one.stop() + other.stop()
    counted = first.json("rounds", "count", "clients")
    assert (counted["answers"], counted["invalid"]) == (PEOPLE, 0)
    first.json("rounds", "release", "clients")
    for machine in machines:
        search(machine.data, printed)
    postgres.execute("CHECKPOINT")
    search(postgres.pgdata, printed)
    _audit(first, postgres, crowd.write_markers(tmp_path / "markers.jsonl"))


def _audit(installation: Any, postgres: Any, markers: Path) -> None:
    """What an outsider with root on both machines would find: nothing, in all orders that there are."""
    key = next((installation.data / "keys").glob("clients-2026-Q4.key"))
    words = ("--markers", str(markers), "--key", str(key), "--pgdata", str(postgres.pgdata))
    done = installation.run(
        "audit", "storage", *words, "--database-url", postgres.url("feedback"), "--json",
        environment={"PATH": f"{postgres.programs}:{os.environ['PATH']}"},
    )  # fmt: skip
    checks = done.json["checks"]
    assert [one for one in checks if one["verdict"] == "finding"] == []
    assert f"{PEOPLE} of {PEOPLE}" in [one["found"] for one in checks if one["number"] == 6]
    orders = [one for one in checks if one["number"] == 7 and f"n = {PEOPLE}" in one["found"]]
    # The rows as the server gives them, and the file of the round's partition. Its log has been cut; at most
    # it has the rows once more, by their keys, since the server writes down a page that it first reads.
    assert len(orders) >= 2, checks
    assert any(one["looked_at"].startswith("order in the write-ahead log") for one in checks), checks
    for one in orders:
        print(one["looked_at"], one["found"], "limit", one["limit"])


def test_without_the_database_people_go_on_answering(
    machines: tuple[Any, Any], postgres: Any, crowd: Any, search: Any
) -> None:
    first, _ = machines
    served = first.start(_as_web(postgres))
    people = crowd.people(60, "web")
    crowd.send(served.url, people[:20])
    postgres.execute("ALTER DATABASE feedback ALLOW_CONNECTIONS false")
    try:
        crowd.send(served.url, people[20:])
        failed = first.run("mix")
        assert failed.code == 1 and "can't be reached" in failed.err and "feedback_owner" not in failed.err
    finally:
        postgres.execute("ALTER DATABASE feedback ALLOW_CONNECTIONS true")
    printed = served.stop()
    search(first.data, printed + failed.err)
    first.json("mix")
    assert postgres.execute("SELECT count(*) FROM envelope", database="feedback") == [(50,)]


def test_the_web_role_reads_what_is_public_and_nothing_about_answers(
    machines: tuple[Any, Any], postgres: Any
) -> None:
    with psycopg.connect(postgres.url("feedback", "feedback_web"), autocommit=True) as web:
        for table in ("region", "survey", "release"):
            web.execute(f"SELECT * FROM {table}".encode())
        for refused in (
            "SELECT count(*) FROM envelope",
            "SELECT count(*) FROM envelope_1",
            "SELECT count(*) FROM access_code",
            "SELECT count(*) FROM tombstone",
            "SELECT mixing_key FROM round",
            "SELECT * FROM ledger",
            "SET default_transaction_read_only = off; UPDATE round SET state = 'closed'",
            "CREATE TABLE left_behind (number int)",
            "SELECT pg_advisory_lock(7301002)",
            "SELECT pg_try_advisory_xact_lock(7301001)",
        ):
            with pytest.raises((psycopg.errors.InsufficientPrivilege, psycopg.errors.ReadOnlySqlTransaction)):
                web.execute(refused.encode())
