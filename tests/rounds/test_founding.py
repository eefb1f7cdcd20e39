"""An installation is founded once, and finished where it was interrupted."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from feedback_service.regions.directory import baden_wuerttemberg
from feedback_service.rounds import founding, key_folder
from feedback_service.rounds.calendar import Quarter
from feedback_service.rounds.founding import found, make_missing_keys
from feedback_service.sealing.wrapping import WrappingKey, unwrap_ledger_key
from feedback_service.secret import Secret
from feedback_service.storage.regions import read_directory
from feedback_service.storage.rounds import all_rounds
from feedback_service.storage.session import Store
from feedback_service.storage.surveys import newest_survey, survey_names
from feedback_service.surveys.yaml_form import standing_survey

FIRST = Quarter(2026, 4)
ROUNDS = [
    f"{survey}-{round_id}"
    for survey in ("clients", "counsellors")
    for round_id in ("2026-Q4", "2027-Q1", "2027-Q2", "2027-Q3")
]
Wrapping = Callable[[], WrappingKey]


def _never() -> WrappingKey:
    raise AssertionError("no passphrase may be asked for")


def test_a_founded_installation_has_regions_surveys_keys_for_four_rounds_and_one_open(founded: Store) -> None:
    with founded.read() as connection:
        assert read_directory(connection) == baden_wuerttemberg()
        assert survey_names(connection) == ["clients", "counsellors"]
        assert newest_survey(connection, "clients") == standing_survey("clients")
        rounds = all_rounds(connection)
    assert [(one.survey, one.round, one.state, one.closes) for one in rounds] == [
        ("clients", "2026-Q4", "open", date(2026, 12, 31)),
        ("counsellors", "2026-Q4", "open", date(2026, 12, 31)),
    ]
    names = {path.name for path in founded.key_folder.iterdir()}
    assert names == {f"{name}.{half}" for name in [*ROUNDS, "ledger"] for half in ("pub", "key")}
    assert founded.spool_folder.stat().st_mode & 0o777 == 0o700


def test_every_round_has_a_key_of_its_own(founded: Store) -> None:
    keys = {key_folder.load_public(founded.key_folder, *name.split("-", 1)).to_bytes() for name in ROUNDS}
    assert len(keys) == 8


def test_the_first_sitting_makes_the_ledgers_key_and_a_later_one_leaves_it(
    tmp_path: Path, wrapping: Wrapping, passphrase: Secret
) -> None:
    make_missing_keys(tmp_path, ["clients"], FIRST, wrapping)
    public, private = tmp_path / "ledger.pub", tmp_path / "ledger.key"
    before = public.read_bytes(), private.read_bytes()
    found = unwrap_ledger_key(private.read_text(), private.name, passphrase)
    assert found.public == key_folder.load_ledger_key(tmp_path)
    assert {path.stat().st_mode & 0o777 for path in (public, private)} == {0o600}
    make_missing_keys(tmp_path, ["counsellors"], FIRST, wrapping)
    assert (public.read_bytes(), private.read_bytes()) == before


def test_where_only_public_keys_were_brought_nothing_private_is_made(founded: Store, tmp_path: Path) -> None:
    folder = tmp_path / "web"
    (folder / "keys").mkdir(parents=True)
    for path in founded.key_folder.glob("*.pub"):
        (folder / "keys" / path.name).write_bytes(path.read_bytes())
    made = found(folder, None, FIRST, _never)
    assert made.keys == () and len(made.opened) == 2
    assert {path.suffix for path in (folder / "keys").iterdir()} == {".pub"}


def test_a_lost_public_half_of_the_ledgers_key_comes_back_from_the_private_one(
    tmp_path: Path, wrapping: Wrapping
) -> None:
    first = key_folder.make_ledger_key(tmp_path, wrapping())
    (tmp_path / "ledger.pub").unlink()
    assert key_folder.make_ledger_key(tmp_path, wrapping()) == first
    assert key_folder.load_ledger_key(tmp_path) == first


def test_founding_again_changes_nothing_and_asks_for_nothing(
    founded: Store, contents: Callable[[Store], dict[str, bytes]]
) -> None:
    before = contents(founded)
    again = found(founded.folder, None, Quarter(2027, 1), _never)
    assert (again.keys, again.opened) == ((), ())
    assert contents(founded) == before


@pytest.mark.parametrize("step", ["baden_wuerttemberg", "make_missing_keys", "open_round"])
def test_founding_that_was_killed_is_finished_by_the_next(
    tmp_path: Path, wrapping: Wrapping, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    def killed(*_all: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(founding, step, killed)
        found(tmp_path, None, FIRST, wrapping)
    finished = found(tmp_path, None, FIRST, wrapping if step != "open_round" else _never)
    assert [(one.survey, one.round) for one in finished.opened] == [
        ("clients", "2026-Q4"),
        ("counsellors", "2026-Q4"),
    ]
    assert len(list(finished.store.key_folder.iterdir())) == 18


def test_keys_are_made_only_where_they_are_missing(tmp_path: Path, wrapping: Wrapping) -> None:
    asked = []

    def once() -> WrappingKey:
        asked.append(1)
        return wrapping()

    first = make_missing_keys(tmp_path, ["clients"], Quarter(2026, 3), once)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    more = make_missing_keys(tmp_path, ["clients"], Quarter(2027, 1), once)
    assert first == [f"clients-{name}" for name in ("2026-Q3", "2026-Q4", "2027-Q1", "2027-Q2")]
    assert more == ["clients-2027-Q3", "clients-2027-Q4"]
    assert make_missing_keys(tmp_path, ["clients"], Quarter(2027, 1), _never) == []
    assert {name: (tmp_path / name).read_bytes() for name in before} == before
    # One derivation, hence one question, a sitting.
    assert len(asked) == 2
