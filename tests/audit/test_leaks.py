"""Leaks that a service might have, made one by one in a good folder: each is a line that turns red."""

from __future__ import annotations

import base64
import hashlib
import ipaddress
import json
import os
import random
import secrets
import sqlite3
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import shamir_mnemonic
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from feedback_service.audit.opening import RoundKey
from feedback_service.audit.search import Needles, search
from feedback_service.sealing.seal import SealingContext, seal
from feedback_service.surveys.yaml_form import standing_survey

Only = Callable[..., None]


@contextmanager
def _changed(path: Path) -> Iterator[sqlite3.Connection]:
    """A database that is changed as the service changes it: what was there is overwritten."""
    database = sqlite3.connect(path, isolation_level=None)
    database.execute("PRAGMA secure_delete=ON")
    yield database
    database.execute("VACUUM")
    database.close()


def _spool(good: Any) -> Path:
    for path in (good.folder / "spool").glob("*/*.spool"):
        database = sqlite3.connect(path)
        accepting, used = database.execute(
            "SELECT accepting, (SELECT sum(used) FROM slot) FROM gate"
        ).fetchone()
        database.close()
        if accepting and used:
            return Path(path)
    raise AssertionError("no spool with answers")


def _rekeyed(good: Any, new_key: Callable[[int], bytes]) -> None:
    """All rows under other keys, sorted by them."""
    with _changed(good.folder / "feedback.sqlite") as store:
        bodies = [body for (body,) in store.execute("SELECT body FROM envelope")]
        store.execute("DELETE FROM envelope")
        for number, body in enumerate(bodies):
            store.execute("INSERT INTO envelope VALUES (1, ?, 0, ?)", (new_key(number), body))


@pytest.mark.parametrize(
    "new_key",
    [
        lambda number: int(time.time() * 1000).to_bytes(6, "big") + secrets.token_bytes(10),
        lambda _number: uuid.uuid1().bytes,
        lambda number: secrets.token_bytes(12) + number.to_bytes(4, "big"),
    ],
    ids=["time in front", "uuid1", "counter behind"],
)  # fmt: skip
def test_a_key_that_holds_a_time_or_a_counter_is_found(good: Any, only: Only, new_key: Any) -> None:
    _rekeyed(good, new_key)
    only(5)


def test_bytes_in_every_envelope_that_are_no_chance_are_found(good: Any, only: Only) -> None:
    with _changed(good.folder / "feedback.sqlite") as store:
        rows = store.execute("SELECT key, body FROM envelope").fetchall()
        for number, (key, body) in enumerate(rows):
            marked = body[:-4] + (1764000000 + number).to_bytes(4, "big")
            store.execute("UPDATE envelope SET body = ? WHERE key = ?", (marked, key))
    only(5)


@pytest.mark.parametrize(
    "value", ["2026-11-23T10:11", "23/Nov/2026:10:11:12", "Mon, 23 Nov 2026 10:11:12 GMT", "1764000000.5"]
)
def test_a_time_in_settings_or_a_release_is_found(good: Any, only: Only, value: str) -> None:
    (good.folder / "settings.toml").write_text(f'operator = "{value}"\n')
    only(5)
    (good.folder / "settings.toml").unlink()
    with _changed(good.folder / "feedback.sqlite") as store:
        body = json.dumps({"rows": [], "counted": value})
        store.execute("INSERT INTO release VALUES ('clients', '2026-Q3', 1, '2026-10-01', ?)", (body,))
    only(5)


def test_an_account_s_number_in_an_allowed_column_is_found(good: Any, only: Only) -> None:
    """SQLite writes a number in as few bytes as it needs: it stands in no file as it was told."""
    known = good.known
    account = 7_123_456_789
    lines = [json.loads(line) for line in good.markers.read_text().splitlines()]
    lines[3]["telegram_id"] = account
    good.markers.write_text("\n".join(map(json.dumps, lines)))
    only()
    with _changed(good.folder / "feedback.sqlite") as store:
        store.execute("UPDATE round SET contested = ?", (account,))
    only(2)
    with _changed(good.folder / "feedback.sqlite") as store:
        store.execute("UPDATE round SET contested = ?", (int(ipaddress.ip_address(known[0].address)),))
    only(2)


@pytest.mark.parametrize(
    ("shape", "name"),
    [("raw", "md5"), ("hex", "sha1"), ("base64", "sha256"), ("cut", "sha512"), ("raw", "blake2b")],
)
def test_a_digest_of_an_address_is_that_address(
    good: Any, only: Only, tmp_path: Path, name: str, shape: str
) -> None:
    one = good.known[9]
    digest = hashlib.new(name, one.address.encode()).digest()
    content = {
        "raw": b"\x01" + digest,
        "hex": digest.hex().upper().encode(),
        "base64": base64.urlsafe_b64encode(digest),
        "cut": digest.hex()[:16].encode(),
    }[shape]
    log = tmp_path / "logs" / "visitors"
    log.parent.mkdir()
    log.write_bytes(b"visitor=" + content + b"\n")
    only(2, also=[log.parent])
    log.write_bytes(hashlib.sha1(f"{one.address}|{one.user_agent}".encode()).hexdigest().encode())
    only(2, also=[log.parent])


@pytest.mark.parametrize("shape", ["raw", "hex", "base64"])
def test_a_tag_in_a_log_or_in_a_file_of_the_folder_is_found(
    good: Any, only: Only, tmp_path: Path, shape: str
) -> None:
    tag = good.known[3].tag
    content = {"raw": tag, "hex": tag.hex().encode(), "base64": base64.b64encode(tag)}[shape]
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs" / "requests").write_bytes(b"stored " + content)
    only(9, also=[tmp_path / "logs"])
    (good.folder / "spool" / "code.pub").write_bytes(b"stored " + content)
    only(9)


def test_a_row_that_was_deleted_and_still_stands_in_its_page_is_found(good: Any, only: Only) -> None:
    store = sqlite3.connect(good.folder / "feedback.sqlite", isolation_level=None)
    store.execute("PRAGMA secure_delete=OFF")
    store.execute("DELETE FROM envelope WHERE key IN (SELECT key FROM envelope LIMIT 3 OFFSET 40)")
    store.close()
    only(9)


def test_a_text_cut_in_two_by_a_page_is_found(tmp_path: Path) -> None:
    """A long value goes on in another page: neither part of the short text is enough."""
    text = "twelve bytes"
    parts = 0
    for before in range(280, 300):
        path = tmp_path / f"cache-{before}.db"
        database = sqlite3.connect(path, isolation_level=None)
        database.execute("PRAGMA page_size=512")
        database.execute("CREATE TABLE cache (body TEXT)")
        database.execute("INSERT INTO cache VALUES (?)", ("." * before + text + "." * (1300 - before),))
        database.close()
        parts += text.encode() not in path.read_bytes()
        assert search([path], Needles([text.encode()])).hits
    assert parts, "no page cut it: the test looks at nothing"


def test_what_an_envelope_holds_beside_answers_is_found_by_its_key(good: Any) -> None:
    questionnaire = standing_survey("clients")
    context = SealingContext("clients", "2026-Q4", questionnaire.fingerprint, good.key.public)
    sealed = seal(context, lang="de", channel=f"web {good.known[0].user_agent}", answers={"region": "08111"})
    with _changed(good.folder / "feedback.sqlite") as store:
        store.execute("UPDATE envelope SET body = ? WHERE key = (SELECT min(key) FROM envelope)", (sealed,))
    found = good.findings(keys=[RoundKey("clients", "2026-Q4", good.key)])
    assert [number for number, _ in found] == [6], found


def test_an_order_on_the_page_is_found_by_pairs(good: Any, only: Only) -> None:
    """Two on one page, of which the earlier stands first; which page is chance."""
    with _changed(_spool(good)) as spool:
        waiting = {
            content[5:21]: content
            for (content,) in spool.execute("SELECT content FROM slot WHERE used = 1").fetchall()
        }
        in_order = [waiting[one.tag] for one in good.known if one.tag in waiting]
        spool.execute("UPDATE slot SET used = 0, content = randomblob(4080)")
        pages = random.Random(3).sample(range(1, 120), len(in_order) // 2)
        for page, (first, second) in zip(
            pages, zip(in_order[::2], in_order[1::2], strict=False), strict=False
        ):
            for number, content in ((2 * page, first), (2 * page + 1, second)):
                spool.execute("UPDATE slot SET used = 1, content = ? WHERE number = ?", (content, number))
    assert {7, 11} & {number for number, _ in good.findings()}


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE slot SET used = number + 1 WHERE number = (SELECT min(number) FROM slot WHERE used = 1)",
        "UPDATE gate SET accepting = 0",
        "UPDATE slot SET content = content || x'00' WHERE number = 5",
        "CREATE TABLE seen (tag BLOB)",
        "CREATE INDEX by_use ON slot (used)",
        "UPDATE slot SET content = randomblob(4080) WHERE used = 1",
    ],
)
def test_a_spool_that_was_changed_is_found_out(good: Any, change: str) -> None:
    with _changed(_spool(good)) as spool:
        spool.execute(change)
    assert {2, 10, 11} & {number for number, _ in good.findings()}


def test_more_waiting_than_a_mix_leaves_is_found_if_one_has_just_run(good: Any, only: Only) -> None:
    only()
    only(11, after_mix=True)


def test_a_spool_that_is_claimed_and_silent_is_found(good: Any, only: Only) -> None:
    lock = _spool(good).parent / "claimed.lock"
    lock.touch()
    (good.machine / "proc").mkdir()
    (good.machine / "proc" / "locks").write_text(
        f"1: FLOCK  ADVISORY  WRITE 77 fe:00:{lock.stat().st_ino} 0 EOF\n"
    )
    only()
    hours_ago = time.time() - 7200
    for path in lock.parent.glob("*.spool"):
        os.utime(path, (hours_ago, hours_ago))
    only(11)


def test_codes_that_have_something_in_common_with_answers_are_found(good: Any) -> None:
    with _changed(good.folder / "feedback.sqlite") as store:
        store.execute(
            "UPDATE access_code SET mac = (SELECT min(key) FROM envelope) || substr(mac, 1, 16)"
            " WHERE mac = (SELECT min(mac) FROM access_code)"
        )
    # The changed one may also stand in the wrong place among the others.
    assert 13 in {number for number, _ in good.findings()} <= {12, 13}


def test_more_verified_answers_than_spent_codes_are_found(good: Any, only: Only) -> None:
    with _changed(good.folder / "feedback.sqlite") as store:
        store.execute("UPDATE envelope SET verified = 1 WHERE key = (SELECT min(key) FROM envelope)")
    only(13)


def _der(scalar: bytes) -> bytes:
    key = ec.derive_private_key(int.from_bytes(scalar, "big"), ec.SECP256R1())
    return key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())


@pytest.mark.parametrize("shape", ["hex", "pem body", "der", "decimal", "colons"])
def test_a_private_key_in_a_log_or_a_layer_is_found(
    good: Any, only: Only, tmp_path: Path, shape: str
) -> None:
    scalar = good.key.to_bytes()
    pem = base64.encodebytes(_der(scalar))
    content = {
        "hex": b"key " + scalar.hex().encode(),
        "pem body": b"-----BEGIN PRIVATE KEY-----\n" + pem + b"-----END PRIVATE KEY-----\n",
        "der": secrets.token_bytes(3000) + _der(scalar),
        "decimal": str(int.from_bytes(scalar, "big")).zfill(77).encode(),
        "colons": scalar.hex(":").encode(),
    }[shape]
    place = tmp_path / "image"
    place.mkdir()
    (place / "layer.tar").write_bytes(b"\0" * 700 + content + b"\0" * 700)
    only(14, also=[place])


def test_a_private_key_in_an_allowed_column_is_found(good: Any, only: Only) -> None:
    with _changed(good.folder / "feedback.sqlite") as store:
        store.execute("UPDATE round SET pepper = ?", (good.key.to_bytes(),))
    only(14)


def test_the_mix_s_key_anywhere_but_in_its_place_is_found(good: Any, only: Only) -> None:
    key = (good.folder / "mix" / "code.key").read_bytes()
    (good.folder / "keys").mkdir(exist_ok=True)
    (good.folder / "keys" / "clients-2026-Q4.counted").write_bytes(b"\x00" + key)
    only(14)


def test_named_secrets_and_trustees_cards_are_found(good: Any, only: Only, tmp_path: Path) -> None:
    keys = good.folder / "keys"
    keys.mkdir(exist_ok=True)
    counted = keys / "clients-2026-Q4.counted"
    counted.write_text(json.dumps({"release_secret": base64.b64encode(secrets.token_bytes(32)).decode()}))
    only(14)
    ((first, second, *_),) = shamir_mnemonic.generate_mnemonics(1, [(3, 5)], secrets.token_bytes(32))
    counted.write_text(f"<ol><li>{'</li><li>'.join(first.split())}</li></ol>")
    only(14)
    counted.unlink()
    (tmp_path / "printed").mkdir()
    (tmp_path / "printed" / "cards.html").write_text(f"<p>{second}</p>")
    only(14, also=[tmp_path / "printed"])


def test_the_passphrase_in_a_file_is_found(
    good: Any, only: Only, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = tmp_path / "passphrase"
    secret.write_text("three plain words\n")
    monkeypatch.setenv("FEEDBACK_PASSPHRASE_FILE", str(secret))
    only()
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "todo.txt").write_text("remember: three plain words")
    only(14, also=[tmp_path / "notes"])


def test_attributes_of_a_file_and_links_are_found(good: Any, only: Only) -> None:
    (good.folder / "latest").symlink_to("/var/log")
    only(2)
