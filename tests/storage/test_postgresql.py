"""PostgreSQL: how its tables are made, what stays of old rows, and what is said when it can't be used."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect, text
from sqlalchemy.exc import InternalError

from feedback_service.reports.quotes import Quote
from feedback_service.sealing.comment import Kind
from feedback_service.sealing.mail_key import MailKey
from feedback_service.storage import postgresql
from feedback_service.storage.access_codes import add_codes, spend
from feedback_service.storage.comments import (
    SealedBatch,
    all_comments,
    decide,
    forget_batch,
    put_batch,
    put_draft,
)
from feedback_service.storage.deliveries import DeliveryKey, claim, enqueue, finish
from feedback_service.storage.envelopes import StoredEnvelope, bury, forget_tombstones
from feedback_service.storage.migrating import migrate
from feedback_service.storage.postgresql import DatabaseUnreachable, OldServer
from feedback_service.storage.quotes import add_quote, remove_quote
from feedback_service.storage.recipients import Recipient, add, remove
from feedback_service.storage.rewriting import rewrite_round
from feedback_service.storage.rounds import Round, destroy_hashing_keys
from feedback_service.storage.schema import metadata
from feedback_service.storage.session import NotInitialised, Store, make_store, open_store

KEY = b"mixing key of thirty-two bytes.."
Look = Callable[[str], list[tuple[Any, ...]]]


@pytest.fixture
def url(postgres: Any) -> str:
    return str(postgres.url(postgres.new_database()))


@pytest.fixture
def store(tmp_path: Path, url: str) -> Store:
    return make_store(tmp_path / "data", url)


@pytest.fixture
def look(store: Store) -> Look:
    """Asks the database itself."""

    def ask(query: str) -> list[tuple[Any, ...]]:
        with store.read() as connection:
            return [tuple(row) for row in connection.execute(text(query))]

    return ask


def _random(number: int) -> list[StoredEnvelope]:
    return [
        StoredEnvelope(secrets.token_bytes(16), verified=False, body=secrets.token_bytes(3922))
        for _ in range(number)
    ]


def _in_files(postgres: Any, look: Look, needle: bytes) -> list[str]:
    """The tables' files that hold some bytes; the server has written everything before."""
    postgres.execute("CHECKPOINT")
    [(oid,)] = look("SELECT oid FROM pg_database WHERE datname = current_database()")
    files = (postgres.pgdata / "base" / str(oid)).iterdir()
    return [path.name for path in files if path.is_file() and needle in path.read_bytes()]


def test_migrations_make_the_schema_of_the_code_and_can_be_taken_back(store: Store) -> None:
    with store.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        # Comments stay in the code: nobody reads them in the database.
        found = [one for one in compare_metadata(context, metadata) if one[0] != "add_table_comment"]
    assert found == []
    migrate(store.engine, "base")
    assert set(inspect(store.engine).get_table_names()) == {"alembic_version"}
    migrate(store.engine)
    assert set(metadata.tables) < set(inspect(store.engine).get_table_names())


def test_a_round_has_partitions_of_its_own_in_which_an_envelope_stays_in_its_row(
    store: Store, open_one: Callable[..., Round], look: Look
) -> None:
    open_one()
    open_one("2027-Q1")
    with store.begin() as connection:
        rewrite_round(connection, 2, _random(20))
    store.vacuum([2])
    assert look("SELECT count(*) FROM envelope_2") == [(20,)]
    assert look("SELECT count(*) FROM envelope_1") == [(0,)]
    assert (
        look("SELECT reloptions FROM pg_class WHERE relname ~ '^envelope_[12]$'")
        == [(["toast_tuple_target=8160"],)] * 2
    )
    assert look(
        "SELECT attstorage FROM pg_attribute WHERE attname = 'body' AND attrelid = 'envelope_2'::regclass"
    ) == [("m",)]
    # Two rows fill a page, none is anywhere else.
    assert look("SELECT pg_relation_size('envelope_2')") == [(10 * 8192,)]
    assert (
        look("SELECT pg_relation_size(reltoastrelid) FROM pg_class WHERE relname ~ '^envelope_[12]$'")
        == [(0,)] * 2
    )


def test_nothing_counts_up_and_nothing_but_the_key_is_indexed(
    open_one: Callable[..., Round], look: Look
) -> None:
    open_one()
    assert look("SELECT relname FROM pg_class WHERE relkind = 'S'") == []
    assert look("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal") == []
    indexes = look(
        "SELECT indexrelid::regclass::text FROM pg_index"
        " WHERE indrelid::regclass::text ~ '^(envelope|access_code|tombstone)' ORDER BY 1"
    )
    assert {name for (name,) in indexes} == {
        "pk_envelope",
        "pk_access_code",
        "pk_tombstone",
        "envelope_1_pkey",
        "access_code_1_pkey",
    }


def test_all_rows_of_a_round_come_from_one_transaction_in_the_order_of_their_keys(
    store: Store, open_one: Callable[..., Round], look: Look
) -> None:
    open_one()
    for _ in range(4):
        with store.begin() as connection:
            rewrite_round(connection, 1, _random(25))
        store.vacuum([1])
        assert look("SELECT count(DISTINCT xmin::text) FROM envelope") == [(1,)]
        keys = [key for (key,) in look("SELECT key FROM envelope_1 ORDER BY ctid")]
        assert keys == sorted(keys)
    assert len(keys) == 100


def test_codes_that_were_spent_stand_among_the_others_after_the_mix(
    store: Store, open_one: Callable[..., Round], look: Look
) -> None:
    open_one()
    codes = [secrets.token_bytes(32) for _ in range(100)]
    with store.begin() as connection:
        add_codes(connection, 1, codes)
    for start in range(0, 40, 10):
        with store.begin() as connection:
            spend(connection, 1, codes[start : start + 10])
        store.vacuum([1])
        rows = look("SELECT mac, xmin::text FROM access_code_1 ORDER BY ctid")
        assert [mac for mac, _ in rows] == sorted(codes)
        assert len({xmin for _, xmin in rows}) == 1
    assert look("SELECT count(*) FROM access_code WHERE spent") == [(40,)]


def test_of_deleted_and_overwritten_things_nothing_is_left_in_a_table_s_file(
    store: Store, open_one: Callable[..., Round], look: Look, postgres: Any
) -> None:
    open_one()
    (first, second) = _random(2)
    with store.begin() as connection:
        rewrite_round(connection, 1, [first, second])
        bury(connection, 1, [b"form-one"])
    assert all(_in_files(postgres, look, one) for one in (KEY, first.body[:99], b"form-one"))
    with store.begin() as connection:
        bury(connection, 1, [first.key[:8]])
        rewrite_round(connection, 1, [])
        destroy_hashing_keys(connection, 1)
        forget_tombstones(connection, 1)
    # The old versions are still there: the search can find something.
    assert all(_in_files(postgres, look, one) for one in (KEY, first.body[:99], b"form-one"))
    store.vacuum([1])
    assert not any(_in_files(postgres, look, one) for one in (KEY, first.body[:99], b"form-one"))
    assert _in_files(postgres, look, second.body[:99])


def test_of_decided_comments_and_offices_that_left_nothing_is_left_either(
    store: Store, open_one: Callable[..., Round], look: Look, postgres: Any
) -> None:
    number = open_one().number
    bodies = tuple(secrets.token_bytes(Kind.COMMENT.sealed_bytes) for _ in range(2))
    draft, themes = (secrets.token_bytes(Kind.DRAFT.sealed_bytes) for _ in range(2))
    key = MailKey.generate()
    office = Recipient(
        "a" * 32, key.seal_address("a" * 32, "a@b.example"), bytes(16), "08", "de", (), "active"
    )
    sealed = SealedBatch(bytes(32), secrets.token_bytes(Kind.THEMES.sealed_bytes), bodies)
    with store.begin() as connection:
        put_batch(connection, number, sealed)
        first, second = all_comments(connection, number)
        add_quote(connection, Quote("b" * 32, "clients", "2026-Q4", "08", {"de": "Ein Satz von jemandem."}))
        add(connection, office)
    [(toast,)] = look("SELECT reltoastrelid::regclass::text FROM pg_class WHERE relname = 'comment'")
    chunks = f"SELECT count(DISTINCT chunk_id) FROM {toast}"
    assert look(chunks) == [(0,)], "numbered as they come, they would tell an order"
    with store.begin() as connection:
        assert put_draft(connection, number, first, draft)
    postgres.execute("ANALYZE", database=look("SELECT current_database()")[0][0])
    assert look("SELECT count(*) > 0 FROM pg_stats WHERE tablename = 'quote'") == [(True,)]
    assert look(chunks) == [(1,)]
    # Read again: it isn't as it was before any more.
    with store.begin() as connection:
        assert not decide(connection, number, first, themes)
        now = next(one for one in all_comments(connection, number) if one.key == first.key)
        assert decide(connection, number, now, themes)
        remove_quote(connection, "b" * 32)
        remove(connection, office.id)
    assert first.body and second.body
    gone = (first.body[99:199], draft[99:199], b"Ein Satz von jemandem", office.address[:99])
    # Samples for the planner lie in a table of their own.
    assert (
        look(
            "SELECT tablename, attname FROM pg_stats WHERE tablename IN ('quote', 'recipient') AND"
            " attname IN ('id', 'texts', 'address', 'address_mac')"
        )
        == []
    )
    assert all(_in_files(postgres, look, one) for one in gone), "the search can find something"
    store.scrub()
    assert not any(_in_files(postgres, look, one) for one in gone)
    assert _in_files(postgres, look, second.body[99:199]) and _in_files(postgres, look, themes[99:199])
    with store.begin() as connection:
        forget_batch(connection, number)
    store.scrub()
    assert not any(_in_files(postgres, look, one) for one in (second.body[99:199], themes[99:199]))


def test_statistics_keep_no_copy_of_a_key(store: Store, open_one: Callable[..., Round], look: Look) -> None:
    open_one()
    with store.begin() as connection:
        rewrite_round(connection, 1, _random(50))
        add_codes(connection, 1, [secrets.token_bytes(32) for _ in range(50)])
        bury(connection, 1, [secrets.token_bytes(8) for _ in range(50)])
        connection.execute(text("ANALYZE"))
    kept = look("SELECT DISTINCT attname FROM pg_stats WHERE tablename ~ '^(envelope|access_code|tombstone)'")
    assert {name for (name,) in kept} <= {"round_id", "verified", "spent", "body"}
    # Of a body only how many there are: it is too long for a copy.
    assert (
        look(
            "SELECT 1 FROM pg_stats WHERE attname = 'body' AND histogram_bounds IS NOT NULL"
            " AND tablename LIKE 'envelope%'"
        )
        == []
    )


def _until_somebody_waits(store: Store, or_else: threading.Event) -> None:
    """Until a lock of the service is waited for, or what should have waited didn't."""
    waiting = text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
    with store.engine.connect() as connection:
        while not or_else.is_set() and not connection.scalar(waiting):
            connection.rollback()


def test_what_is_read_before_it_is_written_cannot_have_changed_in_between(
    store: Store, open_one: Callable[..., Round], look: Look
) -> None:
    open_one()
    has_read = threading.Event()

    def second() -> None:
        with store.begin() as connection:
            mixed = connection.scalar(text("SELECT mixed FROM round")) or 0
            has_read.set()
            connection.execute(text("UPDATE round SET mixed = :mixed"), {"mixed": mixed + 1})

    thread = threading.Thread(target=second)
    with store.begin() as connection:
        thread.start()
        _until_somebody_waits(store, has_read)
        connection.execute(text("UPDATE round SET mixed = 7"))
    thread.join()
    assert look("SELECT mixed FROM round") == [(8,)]


def test_a_view_stays_as_it_was_and_cannot_write(store: Store, open_one: Callable[..., Round]) -> None:
    open_one()
    with store.read() as connection:
        before = connection.scalar(text("SELECT count(*) FROM round"))
        open_one("2027-Q1")
        assert connection.scalar(text("SELECT count(*) FROM round")) == before == 1
    with pytest.raises(InternalError), store.read() as connection:
        connection.execute(text("DELETE FROM round"))


def test_one_mix_at_a_time_whichever_folder_it_runs_in(store: Store, url: str, tmp_path: Path) -> None:
    other = open_store(store.folder, url)
    inside = threading.Event()

    def second() -> None:
        with other.database.one_mix():
            inside.set()

    thread = threading.Thread(target=second)
    with store.one_mix():
        thread.start()
        _until_somebody_waits(store, inside)
        assert not inside.is_set()
    thread.join()
    assert inside.is_set()


def test_one_sender_at_a_time_whichever_folder_it_runs_in(store: Store, url: str) -> None:
    other = open_store(store.folder, url)
    inside = threading.Event()

    def second() -> None:
        with other.database.one_sender():
            inside.set()

    thread = threading.Thread(target=second)
    with store.one_sender():
        thread.start()
        _until_somebody_waits(store, inside)
        assert not inside.is_set()
    thread.join()
    assert inside.is_set()


def test_a_mail_is_entered_once_and_claimed_once(store: Store) -> None:
    key = DeliveryKey("a" * 32, "digest", "2026-Q4")
    with store.begin() as connection:
        new = [
            enqueue(connection, key.recipient_id, "digest", "2026-Q4", "<1@x>", date(2027, 1, 20))
            for _ in range(2)
        ]
        assert new == [True, False]
        assert [claim(connection, key), claim(connection, key)] == [True, False]
        assert [finish(connection, key, date(2027, 1, 20)), finish(connection, key, date(2027, 1, 20))] == [
            True,
            False,
        ]
        connection.execute(text("DELETE FROM delivery"))


def test_an_unreachable_server_is_told_without_who_and_password(tmp_path: Path) -> None:
    with pytest.raises(DatabaseUnreachable) as refused:
        make_store(tmp_path / "data", "postgresql://nobody:secret@127.0.0.1:1/feedback")
    told = str(refused.value)
    assert "“feedback” on 127.0.0.1" in told and "FEEDBACK_DATABASE_URL" in told
    assert "nobody" not in told and "secret" not in told and "\n" not in told
    assert refused.value.__cause__ is None


def test_an_old_server_is_refused(tmp_path: Path, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgresql, "OLDEST_VERSION", 99)
    with pytest.raises(OldServer, match="99 or newer"):
        make_store(tmp_path / "data", url)


def test_an_empty_database_or_folder_is_told_with_the_command_that_helps(tmp_path: Path, url: str) -> None:
    for folder in (tmp_path, tmp_path / "nowhere"):
        with pytest.raises(NotInitialised, match="feedback-service init"):
            open_store(folder, url)
