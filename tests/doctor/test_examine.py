"""The whole examination: a healthy installation, and one broken in one way at a time."""

from __future__ import annotations

import json
import os
import secrets
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert

from feedback_service.doctor.finding import Level
from feedback_service.intake.slot import answer
from feedback_service.intake.spool import Spool
from feedback_service.mixing.mix import mix
from feedback_service.sealing.envelope import ENVELOPE_BYTES
from feedback_service.storage.deliveries import enqueue
from feedback_service.storage.schema import recipient


def _spool(patient: Any, number: int, round_number: int = 1) -> None:
    spool = Spool(patient.store.spool_folder, 64)
    drawn = (secrets.token_bytes(16 + 16 + ENVELOPE_BYTES) for _ in range(number))
    spool.store([answer(round_number, one[:16], one[16:32], one[32:]).packed() for one in drawn])
    spool.close()


def _age_mix(patient: Any) -> None:
    old = (datetime.now(UTC) - timedelta(days=4)).timestamp()
    os.utime(patient.store.spool_folder / "code.pub", times=(old, old))


def test_a_new_installation_has_nothing_to_be_done_now(patient: Any) -> None:
    found = patient.examine()
    assert [one for one in found if one.level is Level.NOW] == []
    assert {one.subject for one in found} >= {
        "settings", "database", "surveys", "clients", "counsellors", "mix", "spool", "backup", "clock",
        "releases", "machine", "keys", "passphrase", str(patient.folder),
    }  # fmt: skip
    assert len([one for one in found if one.level is Level.FINE]) > 15


def test_looking_changes_no_byte_and_no_time_of_any_file(patient: Any) -> None:
    def state() -> dict[Path, tuple[bytes, int]]:
        files = [path for path in patient.folder.rglob("*") if path.is_file()]
        return {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in files}

    _spool(patient, 5)
    before = state()
    patient.examine()
    assert state() == before


def _no_survey(patient: Any) -> None:
    patient.execute("UPDATE round SET state = 'closed' WHERE number = 1")


def _flood(patient: Any) -> None:
    (patient.folder / "settings.toml").write_text("expected_answers = { clients = 2, counsellors = 9 }")
    _spool(patient, 16)


def _damage(patient: Any) -> None:
    with closing(sqlite3.connect(patient.store.spool_folder / "web-0" / "a.spool")) as spool:
        spool.execute("UPDATE slot SET used = 1 WHERE number = 3")
        spool.commit()


def _overdue(patient: Any) -> None:
    _spool(patient, 20)
    _age_mix(patient)


def _broken_release(patient: Any) -> None:
    chain = {"previous": "p", "this": "t", "signature": "s"}
    release = {"survey": "clients", "round": "2026-Q3", "issue": 1, "chain": chain, "atoms": [], "invalid": 0}
    patient.execute(
        "INSERT INTO release VALUES ('clients', '2026-Q3', 1, '2026-10-02', :body)", body=json.dumps(release)
    )


@pytest.mark.parametrize(
    ("break_it", "subject", "sentence"),
    [
        (_no_survey, "clients", "No round is open"),
        (_flood, "clients ", "Nearly 20 answers came"),
        (_damage, "spool", "1 slots are damaged"),
        (_overdue, "mix", "20 or more answers wait; the last mix that moved any was 4 days ago"),
        (
            lambda patient: _spool(patient, 12, 77),
            "spool",
            "10 or more answers wait for rounds that are over",
        ),
        (_broken_release, "releases", "clients 2026-Q3: the chain is not signed"),
        (lambda patient: patient.folder.chmod(0o777), "/", "others may change"),
        (
            lambda patient: (patient.folder / "keys" / "x.key").write_text("bare"),
            "keys",
            "Not wrapped: x.key",
        ),
        (lambda patient: (patient.folder / "settings.toml").write_text("coulour = 1"), "settings", "coulour"),
        (
            lambda patient: os.utime(patient.folder / "settings.toml", times=(4e9, 4e9)),
            "clock",
            "a file here was written on 2096",
        ),
        (
            lambda patient: (patient.store.spool_folder / "web-0" / "a.spool").unlink(),
            "spool",
            "Missing: web-0/a.spool",
        ),
        (
            lambda patient: (patient.folder / "feedback.sqlite").write_bytes(b"rubbish" * 9000),
            "database",
            "can't be read (DatabaseError)",
        ),
        (
            lambda patient: patient.execute("UPDATE alembic_version SET version_num = '0001'"),
            "database",
            "of another version",
        ),
    ],
)
def test_what_is_broken_is_named(
    patient: Any, break_it: Callable[[Any], None], subject: str, sentence: str
) -> None:
    break_it(patient)
    urgent = [one for one in patient.urgent() if sentence in one.found]
    assert len(urgent) == 1, patient.urgent()
    assert urgent[0].subject.startswith(subject)
    assert urgent[0].todo or subject == "database"


def test_a_mix_mends_what_was_overdue_and_below_its_threshold_it_is_not_asked_for(patient: Any) -> None:
    _overdue(patient)
    assert [one.subject for one in patient.urgent()] == ["mix"]
    mix(patient.store)
    _age_mix(patient)
    assert patient.urgent() == []


def test_keys_ready_are_counted_from_the_next_quarter_on(patient: Any) -> None:
    def told() -> set[tuple[Level, str]]:
        return {(one.level, one.found) for one in patient.examine() if one.subject == "clients"}

    assert (Level.FINE, "The next 3 rounds have their keys.") in told()
    keys = sorted((patient.folder / "keys").glob("clients-*.pub"))
    keys[2].unlink()
    assert (Level.ADVICE, "Only the next round has its key.") in told()
    keys[1].unlink()
    assert any("There is no key for the next round" in found for _, found in told())


def test_a_passphrase_in_the_data_folder_and_counting_without_a_person_are_seen(
    patient: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FEEDBACK_PASSPHRASE_FILE", str(patient.folder / "keys" / "phrase"))
    patient.environment["FEEDBACK_ROUND_KEY_FILE"] = "/run/key"
    assert [one.subject for one in patient.urgent()] == ["passphrase"]
    assert any("FEEDBACK_ROUND_KEY_FILE" in one.found for one in patient.examine())


def test_a_journal_that_a_crash_left_is_not_touched_and_the_rest_is_looked_at(patient: Any) -> None:
    path = patient.store.spool_folder / "web-0" / "a.spool"
    script = (
        "import os, sqlite3, sys; d = sqlite3.connect(sys.argv[1], isolation_level=None);"
        "d.execute('PRAGMA cache_size=1'); d.execute('BEGIN IMMEDIATE');"
        "d.execute('UPDATE slot SET content = randomblob(4080)'); os._exit(9)"
    )
    subprocess.run([sys.executable, "-c", script, str(path)], check=False)
    journal = path.with_name("a.spool-journal")
    before = journal.read_bytes()
    assert before
    assert any("web-0/a.spool" in one.found and one.level is Level.ADVICE for one in patient.examine())
    assert journal.read_bytes() == before
    # Who may write mends it.
    Spool(patient.store.spool_folder, 64).close()
    _spool(patient, 1)
    assert not any("Can't be read now" in one.found for one in patient.examine())


def test_mail_that_waits_and_recipients_that_are_suspended_are_told(patient: Any) -> None:
    with patient.store.begin() as connection:
        for place, state in enumerate(("active", "suspended")):
            connection.execute(
                insert(recipient).values(
                    id=f"{place:032}", address=bytes(284), address_mac=bytes([place]) * 16, region="08416",
                    language="de", formats="", state=state, reason="550 no",
                )
            )  # fmt: skip
        enqueue(connection, f"{0:032}", "digest", "2026-Q4", "<1@x.example>", date(2026, 1, 1))
    found = {one.found for one in patient.examine() if one.level is not Level.FINE}
    assert any("no mail server is set" in one for one in found)
    assert any("1 mails wait, the oldest since 2026-01-01" in one for one in found)
    assert any("1 are suspended" in one for one in found)
