"""A close: nothing more is taken, the rest is mixed, the next round opens, and the mixing key is gone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select

from feedback_service.intake.slot import tombstone
from feedback_service.intake.spool import Spool
from feedback_service.mixing.mix import mix
from feedback_service.rounds import closing
from feedback_service.rounds.calendar import Quarter
from feedback_service.rounds.closing import GraceOver, NoNextKey, begin_grace, close_round
from feedback_service.storage.envelopes import count
from feedback_service.storage.rounds import Round, all_rounds, mixing_keys
from feedback_service.storage.schema import tombstone as tombstones
from feedback_service.storage.session import Store

TODAY = date(2027, 1, 1)
TheRound = Callable[..., Round]
Send = Callable[[Store, Round, int], None]


def _mixing_key(store: Store, number: int = 1) -> bytes:
    with store.read() as connection:
        return mixing_keys(connection)[number].value


def _envelopes(store: Store, number: int = 1) -> int:
    with store.read() as connection:
        return count(connection, number)


def _states(store: Store) -> dict[str, str]:
    with store.read() as connection:
        return {f"{one.survey} {one.round}": one.state for one in all_rounds(connection)}


def test_a_close_stores_everything_opens_the_next_round_and_tells_both(
    founded: Store, the_round: TheRound, send: Send
) -> None:
    one = the_round(founded)
    send(founded, one, 33)
    stages: list[str] = []
    done = close_round(founded, founded.key_folder, one, TODAY, stages.append)
    assert (done.mixed.stored, done.mixed.staying, done.awaited) == (33, 0, ())
    assert done.round == one and len(stages) == 4
    assert done.opened == the_round(founded, "2027-Q1") and done.next_quarter == Quarter(2027, 1)
    assert done.opened and done.opened.closes == date(2027, 3, 31)
    assert _states(founded) == {
        "clients 2026-Q4": "closed",
        "counsellors 2026-Q4": "open",
        "clients 2027-Q1": "open",
    }


def test_after_a_close_the_mixing_key_is_zeros_and_nowhere_on_the_disk(
    founded: Store, the_round: TheRound, send: Send
) -> None:
    one = the_round(founded)
    send(founded, one, 25)
    key = _mixing_key(founded)
    assert len(key) == 32 and key != bytes(32)
    close_round(founded, founded.key_folder, one, TODAY)
    assert _mixing_key(founded) == bytes(32)
    assert _mixing_key(founded, the_round(founded, survey="counsellors").number) != bytes(32)
    files = [path for path in founded.folder.rglob("*") if path.is_file()]
    assert len(files) > 15 and not any(key in path.read_bytes() for path in files)


def test_a_deletion_is_done_and_then_forgotten(founded: Store, the_round: TheRound, send: Send) -> None:
    one = the_round(founded)
    send(founded, one, 25)
    spool = Spool(founded.spool_folder, 64)
    with_tag = next(pending for _, pending in spool._current.read() if pending)
    spool.store([tombstone(one.number, with_tag.tag).packed()])
    spool.close()
    close_round(founded, founded.key_folder, one, TODAY)
    with founded.read() as connection:
        assert count(connection, one.number) == 24
        assert connection.execute(select(tombstones)).all() == []


def test_a_close_without_the_next_key_says_so_and_closes_all_the_same(
    founded: Store, the_round: TheRound, tmp_path: Path
) -> None:
    done = close_round(founded, tmp_path / "no keys", the_round(founded), TODAY)
    assert done.opened is None and str(done.next_quarter) == "2027-Q1"
    assert _states(founded) == {"clients 2026-Q4": "closed", "counsellors 2026-Q4": "open"}


def test_a_late_close_opens_the_quarter_that_it_is_and_not_one_that_is_over(
    founded: Store, the_round: TheRound
) -> None:
    done = close_round(founded, founded.key_folder, the_round(founded), date(2027, 5, 2))
    assert done.opened and done.opened.round == "2027-Q2"


def test_closing_again_changes_nothing(
    closed: Store, the_round: TheRound, contents: Callable[[Store], dict[str, bytes]]
) -> None:
    with closed.read() as connection:
        rounds = all_rounds(connection)
    done = close_round(closed, closed.key_folder, the_round(closed), TODAY)
    assert done.mixed.stored == 0
    assert done.opened and done.opened.round == "2027-Q1"
    with closed.read() as connection:
        assert all_rounds(connection) == rounds


def test_there_is_no_moment_at_which_nobody_could_answer(
    founded: Store, the_round: TheRound, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[dict[str, str]] = []

    def watched(*arguments: object, **named: object) -> object:
        seen.append(_states(founded))
        return mix(*arguments, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(closing, "mix", watched)
    close_round(founded, founded.key_folder, the_round(founded), TODAY)
    assert seen == [{"clients 2026-Q4": "closing", "counsellors 2026-Q4": "open", "clients 2027-Q1": "open"}]


@pytest.mark.parametrize(
    "step", ["open_round", "mix", "note_drained", "destroy_hashing_keys", "forget_tombstones"]
)
def test_a_close_that_was_killed_is_finished_by_the_next(
    founded: Store, the_round: TheRound, send: Send, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    one = the_round(founded)
    key = _mixing_key(founded)
    send(founded, one, 25)

    def killed(*_all: object, **_named: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(closing, step, killed)
        close_round(founded, founded.key_folder, one, TODAY)
    left = the_round(founded)
    assert left.state == ("open" if step == "open_round" else "closing")
    assert _mixing_key(founded) == key
    done = close_round(founded, founded.key_folder, left, TODAY)
    assert done.opened and done.opened.round == "2027-Q1"
    assert _states(founded)["clients 2026-Q4"] == "closed"
    assert _mixing_key(founded) == bytes(32)
    with founded.read() as connection:
        assert count(connection, one.number) == 25
        assert len(all_rounds(connection, "clients")) == 2


def _begin(store: Store, one: Round) -> Round:
    opened = begin_grace(store, store.key_folder, one, TODAY)
    assert opened
    return opened


def test_a_grace_opens_the_next_round_and_what_comes_for_the_old_one_is_counted_in_it(
    founded: Store, the_round: TheRound, send: Send
) -> None:
    one = the_round(founded)
    send(founded, one, 20)
    opened = _begin(founded, one)
    assert opened == the_round(founded, "2027-Q1")
    assert _states(founded) == {
        "clients 2026-Q4": "ending",
        "counsellors 2026-Q4": "open",
        "clients 2027-Q1": "open",
    }
    assert any(_mixing_key(founded))
    # The first twenty of these are the same answers again.
    send(founded, the_round(founded), 33)
    send(founded, opened, 2)
    done = close_round(founded, founded.key_folder, the_round(founded), TODAY)
    assert _envelopes(founded) == 33 and done.opened == opened
    assert _states(founded)["clients 2026-Q4"] == "closed"
    assert _mixing_key(founded) == bytes(32)


def test_a_nightly_mix_in_the_grace_treats_the_round_like_an_open_one(
    founded: Store, the_round: TheRound, send: Send
) -> None:
    one = the_round(founded)
    send(founded, one, 25)
    _begin(founded, one)
    report = mix(founded)
    assert (report.stored, report.staying, report.stranded) == (15, 10, 0)
    send(founded, one, 30)
    close_round(founded, founded.key_folder, the_round(founded), TODAY)
    assert _envelopes(founded) == 30


def test_beginning_a_grace_again_changes_nothing(founded: Store, the_round: TheRound) -> None:
    opened = _begin(founded, the_round(founded))
    before = _states(founded)
    assert _begin(founded, the_round(founded)) == opened
    assert _states(founded) == before


def test_without_the_next_key_there_is_no_grace_and_nothing_is_changed(
    founded: Store, the_round: TheRound, tmp_path: Path
) -> None:
    with pytest.raises(NoNextKey, match=r"2027-Q1.*keys create clients"):
        begin_grace(founded, tmp_path / "no keys", the_round(founded), TODAY)
    assert _states(founded) == {"clients 2026-Q4": "open", "counsellors 2026-Q4": "open"}


@pytest.mark.parametrize("state", ["closing", "closed", "counted"])
def test_a_round_that_takes_nothing_more_gets_no_grace(
    founded: Store, the_round: TheRound, execute: Callable[..., int], state: str
) -> None:
    execute(founded, "UPDATE round SET state = :state WHERE number = 1", state=state)
    with pytest.raises(GraceOver, match=f"is {state}"):
        _begin(founded, the_round(founded))
    assert _states(founded) == {"clients 2026-Q4": state, "counsellors 2026-Q4": "open"}


def test_killed_while_the_next_round_opens_the_old_one_is_still_open(
    founded: Store, the_round: TheRound, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_all: object, **_named: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(closing, "open_round", killed)
        _begin(founded, the_round(founded))
    assert _states(founded) == {"clients 2026-Q4": "open", "counsellors 2026-Q4": "open"}
