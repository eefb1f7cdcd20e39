"""A good folder is green; broken in one way, it is red in that line; a naive store is red where it must."""

from __future__ import annotations

import gzip
import hashlib
import hmac
import json
import secrets
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from feedback_service.audit import run
from feedback_service.audit.known import UnreadableMarkers, read_known
from feedback_service.audit.model import Verdict
from feedback_service.audit.naive import make_naive
from feedback_service.audit.opening import RoundKey
from feedback_service.audit.run import MUST_FAIL, Asked, NothingToAudit, audit_naive, audit_storage
from feedback_service.sealing.keys import PrivateKey, to_base64url

Only = Callable[..., None]


@contextmanager
def _store(good: Any) -> Iterator[sqlite3.Connection]:
    database = sqlite3.connect(good.folder / "feedback.sqlite", isolation_level=None)
    yield database
    database.close()


@contextmanager
def _spool(good: Any) -> Iterator[sqlite3.Connection]:
    for path in (good.folder / "spool").glob("*/*.spool"):
        database = sqlite3.connect(path, isolation_level=None)
        if database.execute("SELECT accepting FROM gate").fetchone()[0]:
            yield database
        database.close()


def test_a_good_folder_is_green_and_its_order_is_measured(good: Any) -> None:
    key = RoundKey("clients", "2026-Q4", good.key)
    checks = good.checks(keys=[key])
    assert [one for one in checks if one.verdict is Verdict.FINDING] == []
    measured = [one for one in checks if one.number == 7 and "ρ" in one.found]
    assert len(measured) == 2 and any("n = 80" in one.found for one in measured), measured
    assert {one.number for one in checks if one.verdict is Verdict.OK} >= {1, 2, 5, 6, 7, 9, 10, 11, 12, 14}


def test_after_the_close_opened_envelopes_say_who_is_who(good: Any, only: Only) -> None:
    with _store(good) as store:
        store.execute("UPDATE round SET mixing_key = zeroblob(32), state = 'closed'")
    with _spool(good) as spool:
        spool.execute("UPDATE slot SET used = 0")
    without = [one for one in good.checks() if one.looked_at == "order in data/feedback.sqlite"]
    assert [one.verdict for one in without] == [Verdict.NOT_LOOKED_AT]
    checks = good.checks(keys=[RoundKey("clients", "2026-Q4", good.key)])
    measured = next(one for one in checks if one.looked_at == "order in data/feedback.sqlite")
    assert "n = 80" in measured.found and measured.verdict is not Verdict.FINDING


def test_a_naive_store_fails_where_it_must(tmp_path: Path) -> None:
    checks, missed = audit_naive()
    failed = {one.number for one in checks if one.verdict is Verdict.FINDING}
    assert missed == [] and failed >= set(MUST_FAIL) == {1, 2, 5, 7, 10}
    data, _ = make_naive(tmp_path)
    assert (data / "access.log").exists()


def test_the_selftest_would_notice_a_check_that_sees_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "check_lengths", lambda _store: [])
    assert run.audit_naive()[1] == [10]


def test_an_answer_in_a_compressed_log_is_found(good: Any, tmp_path: Path) -> None:
    folder = tmp_path / "logs"
    folder.mkdir()
    (folder / "old.log.gz").write_bytes(gzip.compress(f"{good.known[3].markers[0]}\n".encode()))
    assert (1, f"answers in files ({len(good.known)} told)") in good.findings(also=[folder])
    assert good.findings() == []


def test_an_address_a_browser_and_a_code_in_a_log_are_found(good: Any, only: Only, tmp_path: Path) -> None:
    log = tmp_path / "logs" / "access.log"
    log.parent.mkdir()
    for sender in good.known[5].sender:
        log.write_text(f"127.0.0.1 {sender} GET /")
        only(2, also=[log.parent])
    log.write_text(good.known[5].code.replace("-", ""))
    only(12, also=[log.parent])


@pytest.mark.parametrize(
    ("change", "number"),
    [
        ("ALTER TABLE envelope ADD COLUMN device BLOB", 2),
        ("CREATE TABLE visits (address TEXT)", 2),
        ("ALTER TABLE round ADD COLUMN created_at TEXT", 5),
        ("CREATE INDEX by_body ON envelope (body)", 5),
        ("CREATE TRIGGER t AFTER INSERT ON envelope BEGIN SELECT 1; END", 5),
        ("CREATE VIEW v AS SELECT * FROM envelope", 5),
        ("UPDATE envelope SET body = substr(body, 1, 3000) WHERE key = (SELECT min(key) FROM envelope)", 10),
        ("UPDATE round SET closes = '2026-12-31T10:11:12'", 5),
        ("UPDATE access_code SET mac = substr(mac, 1, 31)", 12),
        ("DELETE FROM access_code WHERE mac > (SELECT mac FROM access_code LIMIT 1 OFFSET 20)", 12),
        ("PRAGMA journal_mode=WAL", 9),
    ],
)
def test_a_database_that_was_changed_is_found_out(good: Any, change: str, number: int) -> None:
    with _store(good) as store:
        store.execute(change)
        assert number in {found for found, _ in good.findings()}


def test_a_time_in_an_allowed_column_is_found(good: Any, only: Only) -> None:
    with _store(good) as store:
        store.execute("PRAGMA secure_delete=ON")
        store.execute("UPDATE envelope SET verified = 1764000000")
    # More than a flag, a time, and more verified answers than codes were spent.
    only(2, 5, 13)


def test_numbered_rows_in_the_order_of_arrival_are_found_by_their_number(good: Any) -> None:
    """The table with row numbers, filled as answers came."""
    with _store(good) as store:
        key = store.execute("SELECT mixing_key FROM round").fetchone()[0]
        rows = dict(store.execute("SELECT key, body FROM envelope"))
        store.execute("DROP TABLE envelope")
        store.execute("CREATE TABLE envelope (round_id INT, key BLOB, verified INT, body BLOB)")
        for row_key in (_row_key(key, one) for one in good.known):
            if row_key in rows:
                store.execute("INSERT INTO envelope VALUES (1, ?, 0, ?)", (row_key, rows[row_key]))
        store.execute("VACUUM")
    found = [one for one in good.checks() if one.number == 7 and one.verdict is Verdict.FINDING]
    assert any("max |ρ| 1.000" in one.found for one in found)
    assert {5, 7} <= {number for number, _ in good.findings()}


def _row_key(secret: bytes, known: Any) -> bytes:
    halves = (known.tag, known.tag + known.id)
    return b"".join(hmac.new(secret, half, hashlib.sha256).digest()[:8] for half in halves)


def test_a_spool_that_is_filled_from_the_front_is_found_out(good: Any, only: Only) -> None:
    with _spool(good) as spool:
        waiting = {
            row[1][5:21]: row[1] for row in spool.execute("SELECT number, content FROM slot WHERE used")
        }
        spool.execute("UPDATE slot SET used = 0")
        ordered = [one.tag for one in good.known if one.tag in waiting]
        for number, tag in enumerate(ordered, start=1):
            spool.execute("UPDATE slot SET used = 1, content = ? WHERE number = ?", (waiting[tag], number))
    # The order, the tags left in slots that are free now, and slots side by side.
    only(7, 9, 11)


def test_slots_of_zeros_and_stale_slots_are_found(good: Any, only: Only) -> None:
    with _spool(good) as spool:
        spool.execute("UPDATE slot SET content = zeroblob(4080) WHERE used = 0")
    only(11)


def test_what_waits_for_a_round_that_is_over_is_found(good: Any) -> None:
    with _store(good) as store:
        store.execute("UPDATE round SET state = 'counted'")
    assert (11, "used slots of rounds that are over") in good.findings()


@pytest.mark.parametrize("state", ["open", "ending", "closing"])
def test_what_waits_for_a_round_that_is_not_closed_yet_is_no_finding(
    good: Any, only: Only, state: str
) -> None:
    with _store(good) as store:
        store.execute("UPDATE round SET state = ?", (state,))
    only()


def test_a_copy_of_an_envelope_in_free_space_is_found(good: Any, only: Only) -> None:
    with _store(good) as store:
        store.execute("PRAGMA secure_delete=OFF")
        store.execute("CREATE TABLE copy AS SELECT * FROM envelope")
        store.execute("DROP TABLE copy")
    only(9)


def test_a_journal_that_stays_is_found(good: Any, only: Only) -> None:
    (good.folder / "feedback.sqlite-journal").write_bytes(b"left behind by a crash")
    only(9)


@pytest.mark.parametrize("shape", ["raw", "hex", "base64", "pem"])
def test_an_unwrapped_private_key_is_found_in_every_shape(good: Any, shape: str) -> None:
    scalar = good.key.to_bytes()
    content = {
        "raw": b"\x01" + scalar,
        "hex": f"key = {scalar.hex()}".encode(),
        "base64": json.dumps({"wrapped": to_base64url(scalar)}).encode(),
        "pem": b"-----BEGIN PRIVATE KEY-----",
    }[shape]
    (good.folder / "keys").mkdir()
    (good.folder / "keys" / "clients-2026-Q4.pub").write_bytes(content)
    assert [name for number, name in good.findings() if number == 14 and name.startswith("private keys")]


def test_a_key_file_that_is_not_wrapped_and_a_passphrase_beside_it_are_found(
    good: Any, only: Only, monkeypatch: pytest.MonkeyPatch
) -> None:
    (good.folder / "keys").mkdir()
    (good.folder / "keys" / "clients-2026-Q4.key").write_text('{"private": "abc"}')
    only(14)
    (good.folder / "keys" / "clients-2026-Q4.key").unlink()
    monkeypatch.setenv("FEEDBACK_PASSPHRASE_FILE", str(good.folder / "keys" / "passphrase"))
    only(14)
    monkeypatch.setenv("FEEDBACK_PASSPHRASE_FILE", "/elsewhere/passphrase")
    only()
    monkeypatch.setenv("FEEDBACK_SMTP_PASSWORD", "secret")
    only(14)


def test_a_file_that_the_service_does_not_make_is_found(good: Any, only: Only) -> None:
    (good.folder / "notes.txt").write_text("x")
    only(2)


def test_an_envelope_that_does_not_open_is_found_and_one_that_opens_with_another_key(good: Any) -> None:
    stranger = RoundKey("clients", "2026-Q4", PrivateKey.generate())
    found = good.findings(keys=[stranger])
    assert (6, "envelopes that open, clients 2026-Q4") in found
    mine = RoundKey("clients", "2026-Q4", good.key)
    again = good.findings(keys=[mine, RoundKey("clients", "2026-Q4", good.key)])
    assert (6, "that open with another key, clients 2026-Q4") in again


def test_a_random_order_of_the_spool_is_no_finding_and_a_folder_without_a_store_is_told(
    good: Any, tmp_path: Path
) -> None:
    assert good.findings() == []
    with pytest.raises(NothingToAudit):
        audit_storage(Asked(tmp_path / "nothing"))


@pytest.mark.parametrize("content", [secrets.token_bytes(50_000), b"", b"SQLite format 3\0" + bytes(9000)])
def test_a_store_that_is_no_database_is_told_and_the_rest_is_looked_at(good: Any, content: bytes) -> None:
    (good.folder / "feedback.sqlite").write_bytes(content)
    checks = good.checks()
    found = {one.number for one in checks if one.verdict is Verdict.FINDING}
    # An empty file is a database without tables; whatever else is told by name.
    assert 7 in found and (not content or {2, 10} <= found), found
    assert any(one.number == 11 and one.verdict is Verdict.OK for one in checks)


def test_a_damaged_spool_is_told_and_the_rest_is_looked_at(good: Any) -> None:
    for path in (good.folder / "spool").glob("*/a.spool"):
        content = bytearray(path.read_bytes())
        content[8192:16384] = bytes(8192)
        path.write_bytes(content)
    checks = good.checks()
    assert {9, 11} <= {one.number for one in checks if one.verdict is Verdict.FINDING}
    assert any(one.number == 6 or one.number == 12 for one in checks if one.verdict is Verdict.OK)


def test_a_folder_without_spools_and_one_just_founded_are_green(good: Any, only: Only) -> None:
    shutil.rmtree(good.folder / "spool")
    only()
    with _store(good) as store:
        store.execute("PRAGMA secure_delete=ON")
        store.execute("DELETE FROM envelope")
        store.execute("VACUUM")
    only()


def test_beside_a_hot_journal_the_audit_says_so_and_changes_nothing(good: Any) -> None:
    path = good.folder / "feedback.sqlite"
    script = (
        "import os, sqlite3, sys\n"
        "db = sqlite3.connect(sys.argv[1], isolation_level=None)\n"
        "db.execute('PRAGMA cache_size=1')\n"
        "db.execute('BEGIN'); db.execute('UPDATE envelope SET body = randomblob(3922)')\n"
        "os.kill(os.getpid(), 9)"
    )
    subprocess.run([sys.executable, "-c", script, str(path)], check=False)
    journal = Path(f"{path}-journal")
    assert journal.stat().st_size
    before = path.read_bytes(), journal.read_bytes()
    assert (9, "journals at rest") in good.findings()
    assert (path.read_bytes(), journal.read_bytes()) == before


def test_the_markers_file_is_read_strictly(good: Any, tmp_path: Path) -> None:
    file = tmp_path / "known"
    for wrong in (
        "no json",
        "[]",
        "{}",
        '{"marker": "short"}',
        '{"tag": "xyz"}',
        '{"name": "unknown field"}',
    ):
        file.write_text(wrong)
        with pytest.raises(UnreadableMarkers, match="line 1"):
            read_known(file)
    file.write_text('\n{"marker": ["a long enough text", "another long text"], "telegram_id": 123456789}\n')
    (one,) = read_known(file)
    assert one.markers == ("a long enough text", "another long text") and one.sender == ("123456789",)


def test_what_would_be_found_by_chance_is_no_known_answer(tmp_path: Path) -> None:
    file = tmp_path / "known"
    for short in ('{"language": "uk"}', '{"address": "::1"}', '{"telegram_id": 12345}'):
        file.write_text(short)
        with pytest.raises(UnreadableMarkers, match="found by chance"):
            read_known(file)
