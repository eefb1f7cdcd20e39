"""The demonstration travels the whole real path, and goes on where it was interrupted."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from feedback_service.demo import setting_up
from feedback_service.demo.passphrase import DEMO_PASSPHRASE
from feedback_service.demo.setting_up import is_demo
from feedback_service.disclosure.ledger import read_table
from feedback_service.disclosure.protected import ProtectedTable
from feedback_service.intake.spool import registered_pairs
from feedback_service.rounds.counting import count_round
from feedback_service.rounds.key_folder import private_path
from feedback_service.settings import Settings, load_settings
from feedback_service.storage.ledger import all_entries, entries_of
from feedback_service.storage.releases import release_body, release_heads
from feedback_service.storage.rounds import all_rounds
from feedback_service.storage.session import Store

Make = Callable[..., Store]
Answered = Callable[[Store], dict[str, int]]

# 60 a quarter, 82 % of them clients.
EXPECTED = {
    "clients 2026-Q3": 49,
    "counsellors 2026-Q3": 11,
    "clients 2026-Q4": 49,
    "counsellors 2026-Q4": 11,
    "clients 2027-Q1": 0,
    "counsellors 2027-Q1": 0,
}


def _states(store: Store) -> dict[str, str]:
    with store.read() as connection:
        return {f"{one.survey} {one.round}": one.state for one in all_rounds(connection)}


def test_two_past_quarters_are_released_and_the_current_one_is_open(
    finished: Store, answered: Answered
) -> None:
    states = {name: "open" if name.endswith("2027-Q1") else "released" for name in EXPECTED}
    assert _states(finished) == states
    assert answered(finished) == EXPECTED
    with finished.read() as connection:
        issued = [str(one.issued) for one in release_heads(connection)]
        _, body = release_body(connection, "clients", "2026-Q4") or (None, b"{}")
    assert issued == ["2027-01-04", "2027-01-04", "2026-10-04", "2026-10-04"]
    document = json.loads(body)
    assert document["invalid"] == 0 and document["rows"] and document["withheld"]


def test_each_step_is_told(finished: Store) -> None:
    steps = (finished.folder / "steps").read_text("utf-8").split("\n")
    assert len(steps) == 16 and steps[:3] == [
        "inventing answers for clients 2026-Q3",
        "closing and mixing clients 2026-Q3",
        "counting clients 2026-Q3",
    ]


def test_every_page_can_say_that_the_answers_are_invented(finished: Store) -> None:
    settings = load_settings(finished.folder)
    assert settings.demo and is_demo(finished.folder, settings)


def test_a_real_installation_is_never_used_for_a_demonstration(tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_text("demo = false\n", "utf-8")
    assert not is_demo(tmp_path, load_settings(tmp_path))
    assert is_demo(tmp_path / "new", Settings())


def test_two_demonstrations_have_the_same_answers_and_noise_of_their_own(
    finished: Store, make: Make, tmp_path: Path, answered: Answered
) -> None:
    def table(store: Store) -> ProtectedTable:
        with store.read() as connection:
            return read_table(entries_of(connection, "clients", "2026-Q4"))

    one = table(finished)
    finished.folder.rename(tmp_path / "before")
    store = make()
    other = table(store)
    assert answered(store) == EXPECTED
    assert [(atom.id, atom.n) for atom in one.atoms] == [(atom.id, atom.n) for atom in other.atoms]
    assert one.atoms != other.atoms


def test_setting_up_again_changes_nothing(finished: Store, make: Make) -> None:
    file = finished.folder / "feedback.sqlite"
    before = file.read_bytes()
    steps: list[str] = []
    make(progress=steps.append)
    assert (file.read_bytes(), steps) == (before, [])


@pytest.mark.parametrize(
    ("step", "calls"),
    [
        ("invent", 2),
        ("close_round", 3),
        ("count_round", 4),
        ("release_round", 2),
        ("review_comments", 2),
    ],
)
def test_killed_and_started_again_it_goes_on_and_nobody_answered_twice(
    make: Make, answered: Answered, monkeypatch: pytest.MonkeyPatch, step: str, calls: int
) -> None:
    original, done = getattr(setting_up, step), 0

    def killed(*arguments: object, **named: object) -> object:
        nonlocal done
        done += 1
        if done == calls:
            raise KeyboardInterrupt
        return original(*arguments, **named)

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(setting_up, step, killed)
        make()
    store = make()
    assert answered(store) == EXPECTED
    assert set(_states(store).values()) == {"open", "released"}
    with store.read() as connection:
        entries = all_entries(connection)
        assert all(
            read_table(entries_of(connection, *name.split())).invalid == 0
            for name in EXPECTED
            if not name.endswith("2027-Q1")
        )
    assert [entry.position for entry in entries] == list(range(1, len(entries) + 1))


def test_answers_that_were_stored_before_a_kill_are_not_doubled(
    make: Make, answered: Answered, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The answers lie in the spool already, and the same ones are sent once more."""

    def killed(*_all: object) -> None:
        raise KeyboardInterrupt

    for _ in range(2):
        with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
            patch.setattr(setting_up, "close_round", killed)
            make()
    assert answered(make()) == EXPECTED


def test_no_invented_answer_is_left_in_a_spool(finished: Store) -> None:
    (pair,) = registered_pairs(finished.spool_folder)
    used = []
    for file in pair.open():
        used.append(file.used())
        file.close()
    assert used == [0, 0]


def test_whoever_tries_it_can_count_with_the_public_passphrase(finished: Store) -> None:
    with finished.read() as connection:
        one = all_rounds(connection, "clients")[0]
    key = private_path(finished.key_folder, one.survey, one.round)
    assert count_round(finished, one, key, DEMO_PASSPHRASE).again
    assert DEMO_PASSPHRASE.value == b"demo"


def test_a_demonstration_goes_on_in_the_next_quarter(finished: Store, make: Make, answered: Answered) -> None:
    store = make(date(2027, 5, 1))
    states = _states(store)
    assert states["clients 2027-Q1"] == "released" and states["clients 2027-Q2"] == "open"
    assert answered(store)["clients 2027-Q1"] == 49
