"""Shredding: the key is gone, and with it every sealed answer, in each backup too. Figures stay."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text

from feedback_service.rounds import shredding
from feedback_service.rounds.backing_up import back_up
from feedback_service.rounds.counting import RoundShredded, count_round
from feedback_service.rounds.key_folder import cards_path, counted_path
from feedback_service.rounds.restoring import restore
from feedback_service.rounds.shredding import CopiesLeft, NotReleased, NotShredded, shred_round
from feedback_service.sealing.cards import Cards
from feedback_service.sealing.keys import PrivateKey
from feedback_service.sealing.open import CannotOpen, open_envelope
from feedback_service.sealing.wrapping import unwrap
from feedback_service.secret import Secret
from feedback_service.storage.ledger import all_entries
from feedback_service.storage.releases import release_body
from feedback_service.storage.rounds import Round
from feedback_service.storage.session import Store
from feedback_service.storage.shredding import forget_submissions

TheRound = Callable[..., Round]
KeyOf = Callable[[Store, Round], Path]
Contents = Callable[[Store], dict[str, bytes]]


def _bodies(database: Path) -> list[bytes]:
    with closing(sqlite3.connect(database)) as connection:
        return [body for (body,) in connection.execute("SELECT body FROM envelope WHERE round_id = 1")]


def _published(store: Store) -> object:
    with store.read() as connection:
        return all_entries(connection), release_body(connection, "clients", "2026-Q4")


def _keys_left(store: Store, passphrase: Secret) -> list[PrivateKey]:
    """Every private key, of rounds and of reviewers, that the files left here give with their passphrase."""
    rounds = [path for path in store.key_folder.glob("*.key") if path.name != "ledger.key"]
    held = [unwrap(path.read_text(), path.name, passphrase)[2] for path in rounds]
    return [key for one in held for key in (one.private_key, one.reviewers_key)]


def _opened(bodies: list[bytes], keys: list[PrivateKey], one: Round) -> int:
    number = 0
    for body in bodies:
        for key in keys:
            try:
                open_envelope(body, key, one.round, one.fingerprint)
                number += 1
            except CannotOpen:
                continue
    return number


def test_a_backup_from_before_opens_no_envelope_with_any_key_left(
    released: Store, the_round: TheRound, passphrase: Secret
) -> None:
    one = the_round(released)
    backup = released.folder.parent / "backup.sqlite"
    shutil.copy(released.folder / "feedback.sqlite", backup)
    assert _opened(_bodies(backup)[:20], _keys_left(released, passphrase), one) == 20
    shred_round(released, one)
    shutil.copy(backup, released.folder / "feedback.sqlite")
    bodies, keys = _bodies(released.folder / "feedback.sqlite"), _keys_left(released, passphrase)
    assert len(bodies) == 300 and len(keys) == 14
    assert _opened(bodies, keys, one) == 0


def test_what_the_backup_command_kept_from_before_opens_nothing_either(
    released: Store, the_round: TheRound, passphrase: Secret
) -> None:
    one = the_round(released)
    backup = back_up(released, released.folder.parent / "backup.tar").target
    shred_round(released, one)
    again = restore(backup, released.folder.parent / "again").store
    for path in released.key_folder.glob("*.key"):
        shutil.copy(path, again.key_folder)
    bodies, keys = _bodies(again.folder / "feedback.sqlite"), _keys_left(again, passphrase)
    assert len(bodies) == 300 and len(keys) == 14
    assert _opened(bodies, keys, one) == 0
    assert _published(again) == _published(released)


def test_keys_cards_and_memory_are_gone_and_what_was_published_stays(
    released: Store,
    the_round: TheRound,
    key_of: KeyOf,
    give_cards: Callable[..., Cards],
) -> None:
    one = the_round(released)
    give_cards(released, one)
    key, before = key_of(released, one), _published(released)
    done = shred_round(released, one)
    assert [path.suffix for path in done.files] == [".key", ".cards", ".counted"]
    assert (done.envelopes, done.keys_left) == (300, 8)
    assert not any(path.exists() for path in (key, cards_path(key), counted_path(key)))
    assert key.with_suffix(".pub").exists()
    assert the_round(released).state == "shredded"
    assert _published(released) == before


def test_the_database_file_gives_back_the_room(released: Store, the_round: TheRound) -> None:
    file = released.folder / "feedback.sqlite"
    before = file.stat().st_size
    shred_round(released, the_round(released))
    assert file.stat().st_size < before - 300 * 3922


def test_no_piece_of_an_envelope_stays_in_any_file(released: Store, the_round: TheRound) -> None:
    bodies = _bodies(released.folder / "feedback.sqlite")
    shred_round(released, the_round(released))
    for path in released.folder.rglob("*"):
        if path.is_file() and "spool" not in path.parts:
            content = path.read_bytes()
            assert not [body for body in bodies if body[1:40] in content or body[2000:2040] in content], path


def test_other_rounds_keep_their_answers_codes_and_keys(
    released: Store, the_round: TheRound, execute: Callable[..., int], key_of: KeyOf
) -> None:
    for number in (1, 2):
        execute(released, "INSERT INTO access_code VALUES (:n, zeroblob(32), 1)", n=number)
        execute(released, "INSERT INTO tombstone VALUES (:n, zeroblob(8))", n=number)
    execute(released, "INSERT INTO envelope VALUES (2, zeroblob(16), 0, zeroblob(3922))")
    shred_round(released, the_round(released))
    with released.read() as connection:
        for table in ("envelope", "access_code", "tombstone"):
            left = connection.scalars(text(f"SELECT round_id FROM {table}"))
            assert list(left) == [2], table
    assert key_of(released, the_round(released, "2027-Q1")).exists()


@pytest.mark.parametrize("state", ["open", "ending", "closing", "closed", "counted"])
def test_only_a_released_round_is_shredded(
    released: Store, the_round: TheRound, execute: Callable[..., int], contents: Contents, state: str
) -> None:
    execute(released, "UPDATE round SET state = :state WHERE number = 1", state=state)
    before = contents(released)
    with pytest.raises(NotReleased, match=f"is {state}.*Nothing was destroyed"):
        shred_round(released, the_round(released))
    assert contents(released) == before


def test_a_copy_of_the_key_in_the_data_folder_is_told_before_anything_is_destroyed(
    released: Store, the_round: TheRound, key_of: KeyOf, contents: Contents
) -> None:
    one = the_round(released)
    copy = released.folder / "backup of key"
    shutil.copy(key_of(released, one), copy)
    before = contents(released)
    with pytest.raises(CopiesLeft, match="backup of key"):
        shred_round(released, one)
    assert contents(released) == before
    copy.unlink()
    assert shred_round(released, one).envelopes == 300


@pytest.mark.parametrize("step", ["destroy_round_files", "forget_submissions", "move", "_prove"])
def test_shredding_that_was_killed_is_finished_by_the_next(
    released: Store, the_round: TheRound, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    def killed(*_all: object) -> None:
        raise KeyboardInterrupt

    before = _published(released)
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(shredding, step, killed)
        shred_round(released, the_round(released))
    shred_round(released, the_round(released))
    assert the_round(released).state == "shredded"
    assert _bodies(released.folder / "feedback.sqlite") == []
    assert _published(released) == before


def test_killed_while_answers_are_deleted_the_rest_goes_next_time(
    released: Store, the_round: TheRound, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("feedback_service.storage.shredding._ROWS_AT_ONCE", 70)

    def killed(_gone: int) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(
            shredding,
            "forget_submissions",
            lambda store, number, _told: forget_submissions(store, number, killed),
        )
        shred_round(released, the_round(released))
    assert len(_bodies(released.folder / "feedback.sqlite")) == 230
    assert the_round(released).state == "released"
    assert shred_round(released, the_round(released)).envelopes == 230


def test_shredding_again_finds_nothing_and_says_so(
    released: Store, the_round: TheRound, contents: Contents
) -> None:
    shred_round(released, the_round(released))
    before = contents(released)
    done = shred_round(released, the_round(released))
    assert (done.files, done.envelopes) == ((), 0)
    assert {name: content for name, content in contents(released).items() if name != "feedback.sqlite"} == {
        name: content for name, content in before.items() if name != "feedback.sqlite"
    }


def test_what_is_found_again_is_told(
    released: Store, the_round: TheRound, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shredding, "destroy_round_files", lambda _key: [])
    with pytest.raises(NotShredded, match="0 rows and 1 key files"):
        shred_round(released, the_round(released))


def test_a_shredded_round_is_not_counted(
    released: Store, the_round: TheRound, key_of: KeyOf, passphrase: Secret, contents: Contents
) -> None:
    one = the_round(released)
    shred_round(released, one)
    before = contents(released)
    with pytest.raises(RoundShredded, match="destroyed"):
        count_round(released, the_round(released), key_of(released, one), passphrase)
    assert contents(released) == before
