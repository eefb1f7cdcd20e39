"""Several web machines, each with spools of its own, and one database: a round ends when all have mixed."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from feedback_service.rounds import closing
from feedback_service.rounds.calendar import Quarter
from feedback_service.rounds.closing import close_round, mix_spools
from feedback_service.rounds.counting import count_round
from feedback_service.rounds.founding import found
from feedback_service.rounds.key_folder import private_path
from feedback_service.sealing.wrapping import WrappingKey
from feedback_service.secret import Secret
from feedback_service.storage.envelopes import count
from feedback_service.storage.machines import Machine, machines, register, remove
from feedback_service.storage.rounds import Round, mixing_keys
from feedback_service.storage.session import Store

TODAY = date(2027, 1, 1)
TheRound = Callable[..., Round]
Send = Callable[..., None]


@pytest.fixture
def pair(tmp_path: Path, postgres: Any, wrapping: Callable[[], WrappingKey]) -> tuple[Store, Store]:
    """Two machines; the first has the keys."""
    url = postgres.url(postgres.new_database())
    first, second = (found(tmp_path / name, url, Quarter(2026, 4), wrapping).store for name in ("a", "b"))
    return first, second


def _stored(store: Store) -> int:
    with store.read() as connection:
        return count(connection, 1)


def test_a_second_machine_joins_and_makes_nothing_twice(pair: tuple[Store, Store]) -> None:
    first, second = pair
    with second.read() as connection:
        assert len(machines(connection)) == 2
        assert connection.scalar(text("SELECT count(*) FROM round")) == 2
    assert list(first.key_folder.glob("*.key")) and not second.key_folder.exists()


def test_answers_of_all_machines_are_mixed_into_one_round_and_counted_once(
    pair: tuple[Store, Store], the_round: TheRound, send: Send, passphrase: Secret
) -> None:
    first, second = pair
    one = the_round(first)
    send(first, one, 60)
    send(second, one, 100, after=60)
    assert mix_spools(first).report.stored == 50
    assert mix_spools(second).report.stored == 30
    # Some that came over the other machine before, too: a phone that sent again.
    send(second, one, 125, after=90)
    done = close_round(first, first.key_folder, one, TODAY)
    assert done.mixed.stored == 10 and len(done.awaited) == 1
    assert the_round(second).state == "closing" and _stored(first) == 90
    # The key that names rows is still needed by the other machine.
    with first.read() as connection:
        assert any(mixing_keys(connection)[1].value)
    assert mix_spools(second).awaited == {1: ()}
    assert the_round(first).state == "closed" and _stored(first) == 125
    with first.read() as connection:
        assert not any(mixing_keys(connection)[1].value)
        assert connection.scalar(text("SELECT count(*) FROM drained")) == 0
    counted = count_round(
        first, the_round(first), private_path(first.key_folder, "clients", "2026-Q4"), passphrase
    )
    assert (counted.answers, counted.invalid) == (125, 0)


def test_closing_again_waits_for_the_same_machine_and_changes_nothing(
    pair: tuple[Store, Store], the_round: TheRound, send: Send
) -> None:
    first, second = pair
    send(second, the_round(first), 5)
    done = [close_round(first, first.key_folder, the_round(first), TODAY) for _ in range(2)]
    assert done[0].awaited == done[1].awaited != ()
    assert done[1].opened and done[1].opened.round == "2027-Q1"
    mix_spools(second)
    assert the_round(first).state == "closed" and _stored(first) == 5


def test_a_machine_whose_mix_is_killed_before_its_spools_are_clean_is_still_awaited(
    pair: tuple[Store, Store], the_round: TheRound, send: Send, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = pair
    one = the_round(first)
    send(second, one, 30)
    close_round(first, first.key_folder, one, TODAY)

    def killed(_store: Store, _rounds: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(Store, "vacuum", killed)
        mix_spools(second)
    # Its answers are stored, but its spools still hold them: the round must not end without it.
    assert mix_spools(first).awaited != {1: ()}
    assert the_round(first).state == "closing" and _stored(first) == 30
    assert mix_spools(second).report.stranded == 0
    assert the_round(first).state == "closed" and _stored(first) == 30


def test_a_machine_that_is_gone_for_good_can_be_left_out(
    pair: tuple[Store, Store], the_round: TheRound, send: Send
) -> None:
    first, second = pair
    send(first, the_round(first), 5)
    [gone] = close_round(first, first.key_folder, the_round(first), TODAY).awaited
    shutil.rmtree(second.folder)
    with first.begin() as connection:
        remove(connection, gone)
    assert mix_spools(first).awaited == {1: ()}
    assert the_round(first).state == "closed"


def test_a_data_folder_belongs_to_one_machine_also_after_it_was_copied(founded: Store) -> None:
    with founded.begin() as connection:
        register(connection, Machine("0" * 32, "the machine it was copied to"))
        assert [one.id for one in machines(connection)] == ["0" * 32]


def test_a_close_that_was_killed_is_finished_by_the_next_mix(
    founded: Store, the_round: TheRound, send: Send, monkeypatch: pytest.MonkeyPatch
) -> None:
    send(founded, the_round(founded), 25)

    def killed(*_all: object, **_named: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(closing, "note_drained", killed)
        close_round(founded, founded.key_folder, the_round(founded), TODAY)
    assert the_round(founded).state == "closing"
    mix_spools(founded)
    assert the_round(founded).state == "closed" and _stored(founded) == 25
