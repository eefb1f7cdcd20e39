"""What is being asked right now, also while the database can't be read."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Iterator
from datetime import date
from types import SimpleNamespace

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import OperationalError

from feedback_service.intake import open_rounds as module
from feedback_service.intake.open_rounds import Asked, OpenRounds
from feedback_service.sealing.keys import PrivateKey
from feedback_service.storage.releases import ReleaseHead, add_release
from feedback_service.storage.rounds import RoundState, move
from feedback_service.storage.session import Store


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """The module's clock, standing still at `now`."""
    clock = SimpleNamespace(now=100.0)
    monkeypatch.setattr(module, "time", SimpleNamespace(monotonic=lambda: clock.now))
    return clock


def _close_clients(store: Store) -> None:
    _close_clients_from(store, "open")


def _close_clients_from(store: Store, state: RoundState) -> None:
    with store.begin() as connection:
        assert move(connection, 1, [state], "closing")


def test_every_open_round_is_there_with_what_it_takes_to_seal_for_it(
    store: Store, private_key: PrivateKey
) -> None:
    asked = OpenRounds(store).latest
    clients = asked.survey("clients")
    assert clients and asked.by_slug[clients.questionnaire.slug] is clients
    assert (clients.round_number, clients.round_id, clients.closes) == (1, "2026-Q4", date(2026, 12, 31))
    assert clients.sealing.public_key.to_bytes() == private_key.public.to_bytes()
    assert clients.sealing.fingerprint == clients.questionnaire.fingerprint
    assert asked.directory.state.ags == "08" and asked.releases == ()
    assert asked.round_numbers == {("clients", "2026-Q4"): 1, ("counsellors", "2026-Q4"): 2}


def test_a_round_that_is_closing_is_asked_no_more_but_its_address_and_number_stay(store: Store) -> None:
    slug = next(slug for slug, one in OpenRounds(store).latest.by_slug.items() if one.round_number == 1)
    _close_clients(store)
    asked = OpenRounds(store).latest
    assert asked.survey("clients") is None and slug not in asked.by_slug
    assert slug in asked.slugs and asked.round_numbers["clients", "2026-Q4"] == 1
    assert asked.survey("counsellors") is not None


def test_a_round_that_is_ending_is_shown_to_nobody_new_and_still_taken(store: Store) -> None:
    with store.begin() as connection:
        assert move(connection, 1, ["open"], "ending")
    asked = OpenRounds(store).latest
    assert asked.survey("clients") is None and [one.round_number for one in asked.ending] == [1]
    taken = asked.taken("clients", "2026-Q4")
    assert taken and taken.round_number == 1 and taken.sealing.round_id == "2026-Q4"
    assert [one.round_number for one in asked.taking] == [2, 1]
    assert asked.taken("clients", "2027-Q1") is asked.taken("nobody", "2026-Q4") is None
    _close_clients_from(store, "ending")
    assert OpenRounds(store).latest.taken("clients", "2026-Q4") is None


def test_a_survey_that_is_unknown_has_no_open_round(open_rounds: OpenRounds) -> None:
    assert open_rounds.latest.survey("nobody") is None


def test_releases_are_listed(store: Store) -> None:
    head = ReleaseHead("clients", "2026-Q3", 1, date(2026, 10, 4))
    with store.begin() as connection:
        add_release(connection, head, b"{}")
    assert OpenRounds(store).latest.releases == (head,)


def test_the_snapshot_is_kept_for_a_second_and_then_read_again(store: Store, clock: SimpleNamespace) -> None:
    rounds = OpenRounds(store)
    first = rounds.latest
    _close_clients(store)
    clock.now = 100.9
    assert asyncio.run(rounds.current()) is first
    clock.now = 101.0
    again = asyncio.run(rounds.current())
    assert again is rounds.latest is not first
    assert again.survey("clients") is None


def test_after_a_refusal_the_snapshot_is_read_at_once(store: Store, clock: SimpleNamespace) -> None:
    rounds = OpenRounds(store)
    _close_clients(store)
    rounds.renew_now()
    assert rounds.latest.survey("clients") is None


def test_a_crowd_reads_the_database_once(
    store: Store, clock: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    rounds = OpenRounds(store)
    clock.now = 200.0
    read = 0
    original = Store.read

    @contextlib.contextmanager
    def counted(self: Store) -> Iterator[Connection]:
        nonlocal read
        read += 1
        with original(self) as connection:
            yield connection

    monkeypatch.setattr(Store, "read", counted)

    async def crowd() -> None:
        await asyncio.gather(*(rounds.current() for _ in range(20)))

    asyncio.run(crowd())
    assert read == 1


def test_people_can_answer_while_the_database_cannot_be_read(
    store: Store, clock: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    rounds = OpenRounds(store)
    first = rounds.latest

    def locked(_self: Store) -> None:
        raise OperationalError("SELECT", {}, Exception("database is locked"))

    clock.now = 150.0
    with monkeypatch.context() as patch:
        patch.setattr(Store, "read", locked)
        assert asyncio.run(rounds.current()) is first
    clock.now = 151.0
    assert asyncio.run(rounds.current()) is not first


def test_nobody_waits_while_the_mix_holds_the_database(
    store: Store, clock: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    rounds = OpenRounds(store)
    first = rounds.latest
    freed = threading.Event()
    original = OpenRounds._read
    monkeypatch.setattr("feedback_service.intake.open_rounds._PATIENCE_SECONDS", 0.01)

    def held(self: OpenRounds) -> Asked:
        assert freed.wait(30)
        return original(self)

    monkeypatch.setattr(OpenRounds, "_read", held)

    async def story() -> None:
        clock.now = 300.0
        assert await rounds.current() is first
        assert await rounds.current() is first
        freed.set()
        monkeypatch.setattr("feedback_service.intake.open_rounds._PATIENCE_SECONDS", 30)
        assert await rounds.current() is not first

    asyncio.run(story())


def test_a_fault_that_nobody_foresaw_keeps_what_is_known(
    store: Store,
    clock: SimpleNamespace,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    rounds = OpenRounds(store)
    first = rounds.latest

    def broken(_self: OpenRounds) -> Asked:
        raise LookupError("text that must not be printed")

    monkeypatch.setattr(OpenRounds, "_read", broken)
    clock.now = 400.0
    assert asyncio.run(rounds.current()) is first
    printed = capsys.readouterr().err
    assert "LookupError at" in printed and "must not" not in printed


def test_a_process_that_cannot_read_at_its_start_says_so(store: Store) -> None:
    with store.begin() as connection:
        connection.execute(text("DROP TABLE release"))
    with pytest.raises(OperationalError):
        OpenRounds(store)
