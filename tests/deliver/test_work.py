"""The work process over a quarter, with a clock of our own: a tick is a function of moment and folder."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from feedback_service.demo.setting_up import _answer_round
from feedback_service.intake.spool import Spool
from feedback_service.mixing.nights import Nights
from feedback_service.rounds.calendar import Quarter
from feedback_service.rounds.counting import count_round
from feedback_service.rounds.founding import found
from feedback_service.rounds.grace import Clock
from feedback_service.rounds.key_folder import private_path, public_path
from feedback_service.rounds.releasing import release_round
from feedback_service.rounds.tending import Tending
from feedback_service.sealing.wrapping import Derivation, derive
from feedback_service.secret import Secret
from feedback_service.settings import Settings
from feedback_service.storage.deliveries import by_state
from feedback_service.storage.rounds import Round, all_rounds
from feedback_service.storage.session import Store, open_store
from feedback_service.work import Work, work

PASSPHRASE = Secret(b"correct horse")
HOUR = timedelta(hours=1)
DECEMBER_28 = datetime(2026, 12, 28, tzinfo=UTC)


@pytest.fixture(scope="session")
def founded_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Both surveys' rounds 2026-Q4 open with some answers, keys for four quarters."""
    folder = tmp_path_factory.mktemp("work") / "data"
    small = Derivation(memory_kib=8 * 1024, passes=1, lanes=1)
    store = found(folder, None, Quarter(2026, 4), lambda: derive(PASSPHRASE, small)).store
    with pytest.MonkeyPatch.context() as patch, store.read() as connection:
        patch.setattr("feedback_service.demo.setting_up.Spool", lambda where: Spool(where, 256))
        for one in all_rounds(connection):
            _answer_round(store, one, 60)
    return folder


@pytest.fixture
def store(founded_folder: Path, tmp_path: Path) -> Store:
    shutil.copytree(founded_folder, tmp_path / "data")
    return open_store(tmp_path / "data")


MakeWork = Callable[..., Work]


@pytest.fixture
def make_work(store: Store, interfaces: Any, fake_clock: Any) -> MakeWork:
    """A worker with a mail server at a port; `said` collects its lines, `nights` the nights it mixed."""

    def make(port: int = 0, **changed: Any) -> Work:
        settings = Settings(
            smtp_host="127.0.0.1" if port else "", smtp_port=port, smtp_security="none",
            mail_from="feedback@sender.example", operator_mail="operator@sender.example",
            public_url="https://feedback.example", mail_per_minute=60_000,
        ).model_copy(update=changed.pop("settings", {}))  # fmt: skip
        said: list[str] = changed.pop("said", [])
        nights: list[date] = changed.pop("nights", [])
        return Work(
            store, settings, interfaces, Nights(), Tending(), Clock(lambda: fake_clock.at, fake_clock.pause),
            said.append, mixed=date(2026, 12, 27), note_mixed=nights.append, **changed,
        )  # fmt: skip

    return make


def moments(start: datetime, end: datetime, step: timedelta = HOUR) -> Iterator[datetime]:
    while start < end:
        yield start
        start += step


def rounds(store: Store) -> list[Round]:
    with store.read() as connection:
        return all_rounds(connection)


def states(store: Store) -> dict[str, str]:
    return {f"{one.survey} {one.round}": one.state for one in rounds(store)}


def count(store: Store, one: Round) -> bool:
    count_round(store, one, private_path(store.key_folder, one.survey, one.round), PASSPHRASE)
    return True


def people_do(store: Store, what: str) -> None:
    """The key holders count, or the operator releases, what is due."""
    for one in rounds(store):
        if what == "count" and one.state == "closed":
            count(store, one)
        elif what == "release" and one.state == "counted":
            release_round(store, one, date(2027, 1, 3))


def test_a_quarter_goes_by(store: Store, make_work: MakeWork, add_recipient: Any, sink: Any) -> None:
    offices = [f"office{place}@stadt.example" for place in range(3)]
    for address in offices:
        add_recipient(store, address)
    said: list[str] = []
    nights: list[date] = []
    worker = make_work(sink.port, settings={"digest_days_after": 10}, said=said, nights=nights)
    public_path(store.key_folder, "clients", "2027-Q2").unlink()
    at: dict[str, datetime] = {}
    mails: dict[datetime, int] = {}
    for now in moments(DECEMBER_28, DECEMBER_28 + timedelta(days=16)):
        if now == datetime(2027, 1, 2, 12, tzinfo=UTC):
            people_do(store, "count")
        if now == datetime(2027, 1, 3, 12, tzinfo=UTC):
            people_do(store, "release")
        before = len(sink.got())
        assert worker.tick(now) == 0
        for name, state in states(store).items():
            at.setdefault(f"{name} {state}", now)
        if len(sink.got()) > before:
            mails[now] = len(sink.got()) - before
    midnight = datetime(2027, 1, 1, tzinfo=UTC)
    for survey in ("clients", "counsellors"):
        assert at[f"{survey} 2026-Q4 ending"] == at[f"{survey} 2027-Q1 open"] == midnight
        assert at[f"{survey} 2026-Q4 closed"] == midnight + 2 * HOUR
    # One mix a night, the first of them in the night that begins after the start.
    assert nights == [date(2026, 12, 28) + timedelta(days=day) for day in range(16)]
    # Two counts are due, then two releases; digests and links on their day, each once.
    assert mails == {
        midnight + 2 * HOUR: 2,
        datetime(2027, 1, 2, 12, tzinfo=UTC): 2,
        datetime(2027, 1, 10, tzinfo=UTC): 6,
    }
    got = Counter(to for to, _ in sink.got())
    assert got == {"operator@sender.example": 4, **dict.fromkeys(offices, 2)}
    for now in moments(datetime(2027, 1, 13, tzinfo=UTC), datetime(2027, 3, 31, tzinfo=UTC), 12 * HOUR):
        assert worker.tick(now) == 0
    assert len(sink.got()) == 11
    assert sink.mails()[-1]["Subject"] == "Feedback: keys for clients 2027-Q2 are missing"
    assert not any("stadt.example" in line for line in said)


def test_two_days_without_power_lose_nothing(store: Store, make_work: MakeWork, sink: Any) -> None:
    nights: list[date] = []
    worker = make_work(sink.port, nights=nights)
    for now in moments(DECEMBER_28, datetime(2026, 12, 31, 12, tzinfo=UTC)):
        worker.tick(now)
    nights.clear()
    # Back on the 2nd of January at noon, as a new process.
    restarted = make_work(sink.port, nights=nights)
    restarted.mixed = worker.mixed
    back = datetime(2027, 1, 2, 12, tzinfo=UTC)
    restarted.tick(back)
    assert states(store) == {
        **dict.fromkeys(("clients 2026-Q4", "counsellors 2026-Q4"), "ending"),
        **dict.fromkeys(("clients 2027-Q1", "counsellors 2027-Q1"), "open"),
    }
    for now in moments(back + HOUR, back + 4 * HOUR):
        assert restarted.tick(now) == 0
    assert {state for name, state in states(store).items() if "Q4" in name} == {"closed"}
    assert nights == [date(2027, 1, 2)]
    assert len(sink.got()) == 2


def test_a_mail_server_that_is_down_for_two_days_loses_nothing(
    store: Store, make_work: MakeWork, add_recipient: Any, start_sink: Any, unused_tcp_port: int
) -> None:
    for place in range(5):
        add_recipient(store, f"office{place}@stadt.example")
    said: list[str] = []
    worker = make_work(unused_tcp_port, said=said)
    for now in moments(datetime(2027, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, 4, tzinfo=UTC)):
        worker.tick(now)
    people_do(store, "count")
    people_do(store, "release")
    minutes = list(moments(datetime(2027, 1, 3, tzinfo=UTC), datetime(2027, 1, 5, tzinfo=UTC), HOUR / 4))
    for now in minutes:
        assert worker.tick(now) == 0
    with store.read() as connection:
        waiting = by_state(connection)
    assert waiting["digest", "2026-Q4"] == {"waiting": 5}
    # It was asked ever more seldom: 1, 2, 4 … 360 minutes, not at each tick.
    assert 10 < sum("can't be reached" in line for line in said) < 25
    with start_sink(port=unused_tcp_port) as sink:
        for now in moments(datetime(2027, 1, 5, tzinfo=UTC), datetime(2027, 1, 5, 7, tzinfo=UTC)):
            worker.tick(now)
        got = sink.got()
    assert len(got) == len(set(got)) == 2 * 5 + 2
    with store.read() as connection:
        assert by_state(connection)["digest", "2026-Q4"] == {"sent": 5}


def test_with_a_key_it_counts_by_itself_and_reminds_of_the_release_only(
    store: Store, make_work: MakeWork, sink: Any
) -> None:
    worker = make_work(sink.port, count=lambda one: count(store, one))
    for now in moments(datetime(2027, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, 5, tzinfo=UTC)):
        assert worker.tick(now) == 0
    assert states(store)["clients 2026-Q4"] == "counted"
    assert sorted(mail["Subject"] for mail in sink.mails()) == [
        "Feedback: clients 2026-Q4 is to be released",
        "Feedback: counsellors 2026-Q4 is to be released",
    ]


def test_without_a_mail_server_rounds_go_on_and_nothing_is_sent(
    store: Store, make_work: MakeWork, add_recipient: Any
) -> None:
    add_recipient(store, "a@stadt.example")
    worker = make_work()
    for now in moments(datetime(2027, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, 5, tzinfo=UTC)):
        assert worker.tick(now) == 0
    assert states(store)["clients 2026-Q4"] == "closed"
    with store.read() as connection:
        assert by_state(connection) == {}


def test_a_step_that_fails_is_told_without_its_text_and_the_others_go_on(
    store: Store, make_work: MakeWork, sink: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries: list[int] = []

    def broken(*_: object) -> int:
        tries.append(1)
        raise ValueError("amt@stadt.example")

    monkeypatch.setattr("feedback_service.deliver.incoming.apply_inbox", broken)
    said: list[str] = []
    worker = make_work(sink.port, said=said)
    for now in moments(datetime(2027, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, 3, tzinfo=UTC), HOUR / 60):
        worker.tick(now)
    assert states(store)["clients 2026-Q4"] == "closed" and len(sink.got()) == 2
    told = [line for line in said if line.startswith("inbox: ")]
    assert "unhandled ValueError at" in told[0] and "amt" not in "".join(said)
    # After 1, 2, 4 … minutes, at most an hour.
    assert len(tries) == len(told) == 8
    monkeypatch.undo()
    assert worker.tick(datetime(2027, 1, 1, 4, 30, tzinfo=UTC)) == 0


def test_a_round_that_can_t_end_is_told_and_the_other_survey_ends(
    store: Store, make_work: MakeWork, sink: Any
) -> None:
    public_path(store.key_folder, "clients", "2027-Q1").unlink()
    said: list[str] = []
    worker = make_work(sink.port, said=said)
    assert worker.tick(datetime(2027, 1, 1, tzinfo=UTC)) == 1
    assert any("feedback-service keys create clients" in line for line in said)
    assert states(store)["counsellors 2026-Q4"] == "ending"
    assert states(store)["clients 2026-Q4"] == "open"
    assert [mail["Subject"] for mail in sink.mails()] == ["Feedback: keys for clients 2027-Q1 are missing"]


def test_it_does_not_wait_for_another_process_that_sends(
    store: Store, make_work: MakeWork, add_recipient: Any, sink: Any
) -> None:
    worker = make_work(sink.port)
    with store.one_sender():
        assert worker.tick(datetime(2027, 1, 1, 0, tzinfo=UTC)) == 0
    assert states(store)["clients 2026-Q4"] == "ending"


def test_it_ticks_once_a_minute_until_it_is_asked_to_end(make_work: MakeWork) -> None:
    pauses: list[float] = []
    worker = make_work(stopped=lambda: len(pauses) >= 3)
    work(worker, lambda: DECEMBER_28, pauses.append)
    assert pauses == [60.0] * 3


def test_asked_to_end_it_begins_no_further_step(store: Store, make_work: MakeWork) -> None:
    worker = make_work(stopped=lambda: True)
    worker.tick(datetime(2027, 1, 1, tzinfo=UTC))
    assert states(store)["clients 2026-Q4"] == "open"
