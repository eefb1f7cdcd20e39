"""A closed round as a file: the same envelopes, flags and facts come out as went in, or nothing does."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import text

from feedback_service.rounds.counting import asked_of
from feedback_service.rounds.export_file import InvalidExport, read_export
from feedback_service.rounds.exporting import LedgerPubMissing, export_round
from feedback_service.rounds.key_folder import load_ledger_key
from feedback_service.rounds.remembering import Place
from feedback_service.storage.ledger import all_entries
from feedback_service.storage.rounds import Round
from feedback_service.storage.session import Store

TheRound = Callable[..., Round]
Execute = Callable[..., int]


@pytest.fixture
def export(closed: Store, the_round: TheRound, tmp_path: Path) -> Path:
    path = tmp_path / "clients.export"
    export_round(closed, the_round(closed), path)
    return path


def _bodies(store: Store) -> list[bytes]:
    with store.read() as connection:
        return list(connection.scalars(text("SELECT body FROM envelope WHERE round_id = 1 ORDER BY key")))


def test_everything_that_a_count_needs_is_in_the_file(
    closed: Store, the_round: TheRound, export: Path
) -> None:
    one = the_round(closed)
    with read_export(export) as found:
        sealed = list(found.sealed())
    with closed.read() as connection:
        asked = asked_of(connection, one)
    head = found.head
    assert head.asked == asked and head.public_key == one.public_key
    assert head.ledger_key == load_ledger_key(closed.key_folder)
    assert (head.place.position, head.envelopes) == (1, 300)
    assert [body for _, body in sealed] == _bodies(closed)
    assert export.stat().st_mode & 0o777 == 0o600


def test_each_envelope_keeps_whether_it_is_verified(
    closed: Store, the_round: TheRound, execute: Execute, tmp_path: Path
) -> None:
    assert execute(closed, "UPDATE envelope SET verified = 1 WHERE key < X'80' AND round_id = 1")
    path = tmp_path / "clients.export"
    export_round(closed, the_round(closed), path)
    with read_export(path) as found:
        flags = [verified for verified, _ in found.sealed()]
    with closed.read() as connection:
        rows = connection.execute(text("SELECT verified FROM envelope WHERE round_id = 1 ORDER BY key"))
        assert flags == [bool(row.verified) for row in rows]
    assert 0 < sum(flags) < 300


def test_rows_of_any_length_travel_as_they_are(
    closed: Store, the_round: TheRound, execute: Execute, tmp_path: Path
) -> None:
    execute(closed, "INSERT INTO envelope VALUES (1, X'00', 1, X'')")
    execute(closed, "INSERT INTO envelope VALUES (1, X'0000', 0, X'0104')")
    path = tmp_path / "clients.export"
    export_round(closed, the_round(closed), path)
    with read_export(path) as found:
        assert list(found.sealed())[:2] == [(True, b""), (False, b"\x01\x04")]


def test_the_same_round_exported_again_gives_the_same_bytes(
    closed: Store, the_round: TheRound, export: Path, tmp_path: Path
) -> None:
    again = tmp_path / "again.export"
    export_round(closed, the_round(closed), again)
    assert again.read_bytes() == export.read_bytes()


def test_a_round_without_answers_is_a_file_too(founded: Store, the_round: TheRound, tmp_path: Path) -> None:
    path = tmp_path / "clients.export"
    assert export_round(founded, the_round(founded), path).envelopes == 0
    with read_export(path) as found:
        assert list(found.sealed()) == []


def test_a_counted_round_is_exported_with_its_place_in_the_ledger(
    counted: Store, the_round: TheRound, tmp_path: Path
) -> None:
    path = tmp_path / "clients.export"
    for one, position in ((the_round(counted), 1), (the_round(counted, survey="counsellors"), None)):
        export_round(counted, one, path)
        with counted.read() as connection:
            entries = all_entries(connection)
        with read_export(path) as found:
            place = found.head.place
        expected = Place(entries[0].previous, 1) if position else Place(entries[-1].this, len(entries) + 1)
        assert place == expected


def test_without_the_ledgers_public_key_nothing_is_written(
    closed: Store, the_round: TheRound, tmp_path: Path
) -> None:
    (closed.key_folder / "ledger.pub").unlink()
    with pytest.raises(LedgerPubMissing, match=r"ledger\.pub"):
        export_round(closed, the_round(closed), tmp_path / "clients.export")
    assert not (tmp_path / "clients.export").exists()


def test_a_full_disk_leaves_no_half_file(
    closed: Store, the_round: TheRound, export: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = export.read_bytes()

    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        export_round(closed, the_round(closed), export)
    assert export.read_bytes() == before
    assert [path.name for path in export.parent.glob("*export*")] == [export.name]


def _refused(path: Path, content: bytes) -> str:
    path.write_bytes(content)
    with pytest.raises(InvalidExport) as caught, read_export(path) as found:
        list(found.sealed())
    assert "export the round again" in str(caught.value)
    return str(caught.value)


def test_a_changed_byte_anywhere_is_found(export: Path) -> None:
    whole = export.read_bytes()
    head = whole.index(b"\n") + 1
    for at in (head, head + 1, head + 2, head + 50, len(whole) // 2, len(whole) - 33, len(whole) - 1):
        changed = bytearray(whole)
        changed[at] ^= 1
        assert _refused(export, bytes(changed))


def test_a_cut_and_a_longer_file_are_refused(export: Path) -> None:
    whole = export.read_bytes()
    head = whole.index(b"\n") + 1
    for end in (0, 10, head - 1, head, head + 2, len(whole) // 2, len(whole) - 1):
        assert _refused(export, whole[:end])
    assert "longer" in _refused(export, whole + b"\x00")


def test_a_missing_or_an_added_envelope_is_found_by_the_digest(export: Path) -> None:
    whole = export.read_bytes()
    head = whole.index(b"\n") + 1
    row = 3 + 3922
    told = json.loads(whole[:head])
    for envelopes, rest in (
        (299, whole[head + row :]),
        (301, whole[head : head + row] + whole[head:]),
    ):
        line = json.dumps({**told, "envelopes": envelopes}, ensure_ascii=False).encode() + b"\n"
        assert "changed" in _refused(export, line + rest)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("format", "feedback-export/2"),
        ("fingerprint", "00"),
        ("survey", "counsellors"),
        ("public_key", 5),
        ("regions", [["0", "nowhere"]]),
        ("regions", 7),
        ("questionnaire", {}),
        ("ledger", None),
        ("envelopes", "many"),
    ],
)
def test_a_head_that_is_not_lawful_is_refused(export: Path, name: str, value: object) -> None:
    whole = export.read_bytes()
    head = whole.index(b"\n") + 1
    line = json.dumps({**json.loads(whole[:head]), name: value}, ensure_ascii=False).encode() + b"\n"
    assert _refused(export, line + whole[head:])


@pytest.mark.parametrize("content", [b"", b"\n", b"PK\x03\x04", b'{"format": "feedback-release/1"}\n'])
def test_another_file_is_no_export(tmp_path: Path, content: bytes) -> None:
    assert "no exported round" in _refused(tmp_path / "other.export", content)


def test_reading_and_writing_keep_one_envelope_at_a_time(export: Path) -> None:
    with read_export(export) as found:
        sealed = found.sealed()
        next(sealed)
        # A stream: after one envelope the file is far from read.
        assert found.file.tell() < export.stat().st_size / 2
