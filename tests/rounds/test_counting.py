"""A count: once from one set of answers, the same again, and refused from any other."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from types import ModuleType

import pytest

from feedback_service.disclosure.ledger import BrokenChain, read_table, verify_chain
from feedback_service.rounds import counting, remembering
from feedback_service.rounds.closing import close_round
from feedback_service.rounds.counting import (
    Counted,
    UnknownQuestionnaire,
    count_round,
)
from feedback_service.rounds.key_folder import KeyMissing, counted_path
from feedback_service.rounds.remembering import OtherAnswers
from feedback_service.rounds.unlocking import WrongKey
from feedback_service.sealing.wrapping import WrongPassphrase
from feedback_service.secret import Secret
from feedback_service.storage.ledger import all_entries
from feedback_service.storage.rounds import Round
from feedback_service.storage.session import Store

TheRound = Callable[..., Round]
KeyOf = Callable[[Store, Round], Path]
CountIt = Callable[[Store, Round], Counted]
Contents = Callable[[Store], dict[str, bytes]]
Execute = Callable[..., int]
# A random row of the clients' round: the first by its key.
FIRST = "(SELECT min(key) FROM envelope WHERE round_id = 1)"


def test_a_count_writes_the_ledger_and_what_was_counted_beside_the_key(
    closed: Store, the_round: TheRound, count_it: CountIt, key_of: KeyOf
) -> None:
    done = count_it(closed, the_round(closed))
    assert (done.answers, done.invalid, done.again) == (300, 0, False)
    assert the_round(closed).state == "counted"
    with closed.read() as connection:
        entries = all_entries(connection)
    verify_chain(entries)
    assert len(entries) == done.atoms + 1 > 5
    assert {(one.survey, one.round) for one in entries} == {("clients", "2026-Q4")}
    beside = counted_path(key_of(closed, the_round(closed)))
    told = json.loads(beside.read_text("utf-8"))
    assert (told["survey"], told["round"], told["head"]) == ("clients", "2026-Q4", entries[-1].this)
    assert len(told["set"]) == 64 and beside.stat().st_mode & 0o777 == 0o600


def test_every_answer_is_in_one_atom_of_each_class_or_in_none(counted: Store) -> None:
    with counted.read() as connection:
        table = read_table(all_entries(connection))
    for publish_class in {atom.publish_class for atom in table.atoms}:
        assert 0 < sum(one.n for one in table.atoms if one.publish_class == publish_class) <= 300


def test_the_same_set_counted_again_gives_the_same_and_changes_nothing(
    counted: Store, the_round: TheRound, count_it: CountIt, contents: Contents
) -> None:
    before = contents(counted)
    done = count_it(counted, the_round(counted))
    assert (done.answers, done.invalid, done.again) == (300, 0, True)
    assert contents(counted) == before


def test_a_count_by_several_workers_is_the_same_count(
    counted: Store, the_round: TheRound, key_of: KeyOf, passphrase: Secret
) -> None:
    one, seen = the_round(counted), list[tuple[int, int]]()
    with ThreadPoolExecutor(3) as pool:
        done = count_round(
            counted, one, key_of(counted, one), passphrase, pool, lambda *told: seen.append(told)
        )
    assert done.again and done.answers == 300
    assert seen[-1] == (300, 300)


def test_a_wrong_passphrase_changes_nothing(
    closed: Store, the_round: TheRound, key_of: KeyOf, contents: Contents
) -> None:
    before, one = contents(closed), the_round(closed)
    with pytest.raises(WrongPassphrase):
        count_round(closed, one, key_of(closed, one), Secret(b"wrong horse"))
    assert contents(closed) == before


def test_a_missing_key_changes_nothing_and_is_named(
    closed: Store, the_round: TheRound, passphrase: Secret, contents: Contents, tmp_path: Path
) -> None:
    before = contents(closed)
    with pytest.raises(KeyMissing, match=r"stick\.key"):
        count_round(closed, the_round(closed), tmp_path / "stick.key", passphrase)
    assert contents(closed) == before


@pytest.mark.parametrize("other", [("2027-Q1", "clients"), ("2026-Q4", "counsellors")])
def test_another_rounds_key_changes_nothing(
    closed: Store,
    the_round: TheRound,
    key_of: KeyOf,
    passphrase: Secret,
    contents: Contents,
    other: tuple[str, str],
) -> None:
    before, file = contents(closed), key_of(closed, the_round(closed, *other))
    with pytest.raises(WrongKey) as refused:
        count_round(closed, the_round(closed), file, passphrase)
    assert str(file) in str(refused.value) and "Nothing was changed" in str(refused.value)
    assert contents(closed) == before


def test_a_key_of_this_round_to_which_nothing_was_sealed_is_refused(
    closed: Store, the_round: TheRound, count_it: CountIt, execute: Execute
) -> None:
    other = the_round(closed, "2027-Q1").public_key
    execute(closed, "UPDATE round SET public_key = :key WHERE number = 1", key=other)
    with pytest.raises(WrongKey):
        count_it(closed, the_round(closed))


@pytest.mark.parametrize(
    "statement",
    [
        f"DELETE FROM envelope WHERE key = {FIRST}",
        f"INSERT INTO envelope SELECT 1, zeroblob(16), 0, body FROM envelope WHERE key = {FIRST}",
        "INSERT INTO envelope VALUES (1, zeroblob(16), 0, zeroblob(3922))",
        f"UPDATE envelope SET body = zeroblob(3922) WHERE key = {FIRST}",
    ],
    ids=["removed", "copied", "rubbish added", "spoiled"],
)
def test_after_a_count_other_answers_are_refused(
    counted: Store,
    the_round: TheRound,
    count_it: CountIt,
    contents: Contents,
    execute: Execute,
    statement: str,
) -> None:
    assert execute(counted, statement) == 1
    before = contents(counted)
    with pytest.raises(OtherAnswers):
        count_it(counted, the_round(counted))
    assert contents(counted) == before


def test_a_database_from_before_the_count_with_one_answer_removed_is_refused(
    closed: Store, the_round: TheRound, count_it: CountIt, contents: Contents, execute: Execute
) -> None:
    backup = closed.folder.parent / "backup.sqlite"
    shutil.copy(closed.folder / "feedback.sqlite", backup)
    count_it(closed, the_round(closed))
    shutil.copy(backup, closed.folder / "feedback.sqlite")
    assert execute(closed, f"DELETE FROM envelope WHERE key = {FIRST}") == 1
    before = contents(closed)
    with pytest.raises(OtherAnswers) as refused:
        count_it(closed, the_round(closed))
    assert "refused" in str(refused.value)
    assert contents(closed) == before


def test_a_database_from_before_the_count_with_the_same_answers_gives_the_same_ledger(
    closed: Store, the_round: TheRound, count_it: CountIt
) -> None:
    backup = closed.folder.parent / "backup.sqlite"
    shutil.copy(closed.folder / "feedback.sqlite", backup)
    count_it(closed, the_round(closed))
    with closed.read() as connection:
        entries = all_entries(connection)
    shutil.copy(backup, closed.folder / "feedback.sqlite")
    done = count_it(closed, the_round(closed))
    with closed.read() as connection:
        assert all_entries(connection) == entries
    assert (done.answers, done.again) == (300, False)


def test_a_copied_envelope_counts_once_and_is_told_as_invalid(
    closed: Store, the_round: TheRound, count_it: CountIt, execute: Execute
) -> None:
    copied = "INSERT INTO envelope SELECT 1, randomblob(16), 0, body FROM envelope WHERE key = "
    assert execute(closed, copied + FIRST) == 1
    done = count_it(closed, the_round(closed))
    assert (done.answers, done.invalid) == (300, 1)


def test_rubbish_and_another_rounds_envelopes_are_told_as_invalid_and_count_nowhere(
    closed: Store, the_round: TheRound, send: Callable[..., None], count_it: CountIt, execute: Execute
) -> None:
    execute(closed, "INSERT INTO envelope VALUES (1, zeroblob(16), 0, zeroblob(3922))")
    execute(closed, "INSERT INTO envelope VALUES (1, X'01', 0, X'0104')")
    other = the_round(closed, survey="counsellors")
    send(closed, other, 5)
    close_round(closed, closed.key_folder, other, date(2027, 1, 1))
    moved = "INSERT INTO envelope SELECT 1, key, verified, body FROM envelope WHERE round_id = 2"
    assert execute(closed, moved) == 5
    done = count_it(closed, the_round(closed))
    assert (done.answers, done.invalid) == (300, 7)


@pytest.mark.parametrize(
    ("module", "step"),
    [(remembering, "write_durably"), (counting, "append_entries"), (counting, "move")],
    ids=["remembering", "appending", "moving"],
)
def test_a_count_that_was_killed_is_finished_by_the_next(
    closed: Store,
    the_round: TheRound,
    count_it: CountIt,
    monkeypatch: pytest.MonkeyPatch,
    module: ModuleType,
    step: str,
) -> None:
    def killed(*_all: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(module, step, killed)
        count_it(closed, the_round(closed))
    with closed.read() as connection:
        assert all_entries(connection) == []
    assert the_round(closed).state == "closed"
    done = count_it(closed, the_round(closed))
    assert (done.answers, done.again) == (300, False)
    assert the_round(closed).state == "counted"


def test_killed_after_it_was_remembered_beside_the_key_another_set_is_refused(
    closed: Store,
    the_round: TheRound,
    count_it: CountIt,
    execute: Execute,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def killed(*_all: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(counting, "append_entries", killed)
        count_it(closed, the_round(closed))
    execute(closed, f"DELETE FROM envelope WHERE key = {FIRST}")
    with pytest.raises(OtherAnswers):
        count_it(closed, the_round(closed))


def test_a_tampered_ledger_is_found_by_counting_again(
    counted: Store, the_round: TheRound, count_it: CountIt, execute: Execute
) -> None:
    execute(counted, "UPDATE ledger SET body = replace(body, 'audience', 'audiencf') WHERE position = 3")
    with pytest.raises(BrokenChain):
        count_it(counted, the_round(counted))


def test_a_second_round_continues_the_chain(
    counted: Store, the_round: TheRound, send: Callable[..., None], count_it: CountIt
) -> None:
    one = the_round(counted, "2027-Q1")
    send(counted, one, 120)
    close_round(counted, counted.key_folder, one, date(2027, 4, 1))
    count_it(counted, one)
    with counted.read() as connection:
        entries = all_entries(connection)
    verify_chain(entries)
    assert [one.position for one in entries] == list(range(1, len(entries) + 1))
    assert {entry.round for entry in entries} == {"2026-Q4", "2027-Q1"}


def test_a_round_without_answers_is_counted_too(
    founded: Store, the_round: TheRound, count_it: CountIt
) -> None:
    close_round(founded, founded.key_folder, the_round(founded), date(2027, 1, 1))
    done = count_it(founded, the_round(founded))
    assert (done.answers, done.invalid, done.atoms, done.again) == (0, 0, 0, False)
    assert count_it(founded, the_round(founded)).again


def test_a_questionnaire_that_is_gone_is_told(
    closed: Store, the_round: TheRound, count_it: CountIt, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("feedback_service.rounds.counting.survey_by_fingerprint", lambda *_: None)
    with pytest.raises(UnknownQuestionnaire, match="2026-Q4"):
        count_it(closed, the_round(closed))


def test_a_round_that_still_takes_answers_is_never_counted(
    founded: Store, the_round: TheRound, count_it: CountIt, contents: Contents
) -> None:
    before = contents(founded)
    with pytest.raises(Exception, match="open"):
        count_it(founded, the_round(founded))
    assert contents(founded) == before
