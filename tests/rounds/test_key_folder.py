"""Key files on disk: never overwritten, never half, never another round's."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from feedback_service.errors import FeedbackError
from feedback_service.rounds import key_folder
from feedback_service.rounds.calendar import Quarter
from feedback_service.rounds.founding import make_missing_keys
from feedback_service.rounds.key_folder import (
    KeyExists,
    KeyMissing,
    counted_path,
    has_keys,
    load_public,
    make_keys,
    private_path,
    public_path,
)
from feedback_service.sealing.key_file import InvalidKeyFile
from feedback_service.sealing.wrapping import WrappingKey, unwrap
from feedback_service.secret import Secret

Wrapping = Callable[[], WrappingKey]


def test_both_halves_are_written_for_their_owner_alone_and_fit(
    tmp_path: Path, wrapping: Wrapping, passphrase: Secret
) -> None:
    folder = tmp_path / "keys"
    public = make_keys(folder, "clients", "2026-Q4", wrapping())
    file = private_path(folder, "clients", "2026-Q4")
    survey, round_id, held = unwrap(file.read_text("utf-8"), file.name, passphrase)
    assert (survey, round_id) == ("clients", "2026-Q4")
    assert held.private_key.public.to_bytes() == public.to_bytes()
    assert load_public(folder, "clients", "2026-Q4").to_bytes() == public.to_bytes()
    assert has_keys(folder, "clients", "2026-Q4") and not has_keys(folder, "clients", "2027-Q1")
    assert sorted(path.name for path in folder.iterdir()) == ["clients-2026-Q4.key", "clients-2026-Q4.pub"]
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o600}
    assert folder.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize(("there", "said"), [(public_path, KeyExists), (private_path, InvalidKeyFile)])
def test_a_key_is_never_overwritten(
    tmp_path: Path,
    wrapping: Wrapping,
    there: Callable[[Path, str, str], Path],
    said: type[FeedbackError],
) -> None:
    path = there(tmp_path, "clients", "2026-Q4")
    path.write_text("precious", "utf-8")
    with pytest.raises(said) as refused:
        make_keys(tmp_path, "clients", "2026-Q4", wrapping())
    assert path.name in str(refused.value)
    assert [one.read_text("utf-8") for one in tmp_path.iterdir()] == ["precious"]


def test_a_missing_key_is_told_with_the_command_that_makes_it(tmp_path: Path) -> None:
    with pytest.raises(KeyMissing, match="feedback-service keys create clients"):
        load_public(tmp_path, "clients", "2026-Q4")


def test_the_private_half_is_on_disk_before_the_public_one(
    tmp_path: Path, wrapping: Wrapping, monkeypatch: pytest.MonkeyPatch
) -> None:
    appeared = []
    original = Path.rename

    def noted(path: Path, target: Path) -> Path:
        appeared.append(target.suffix)
        return original(path, target)

    monkeypatch.setattr(Path, "rename", noted)
    make_keys(tmp_path, "clients", "2026-Q4", wrapping())
    assert [suffix for suffix in appeared if suffix in (".key", ".pub")] == [".key", ".pub"]


def test_key_making_that_was_killed_between_the_halves_can_be_repeated(
    tmp_path: Path, wrapping: Wrapping, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_all: object) -> str:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(key_folder, "public_file", killed)
        make_missing_keys(tmp_path, ["clients"], Quarter(2026, 4), wrapping)
    make_missing_keys(tmp_path, ["clients"], Quarter(2026, 4), wrapping)
    assert has_keys(tmp_path, "clients", "2026-Q4")


def test_another_rounds_public_key_under_this_ones_name_is_refused(
    tmp_path: Path, wrapping: Wrapping
) -> None:
    make_keys(tmp_path, "clients", "2026-Q4", wrapping())
    public_path(tmp_path, "clients", "2026-Q4").rename(public_path(tmp_path, "clients", "2027-Q1"))
    with pytest.raises(FeedbackError):
        load_public(tmp_path, "clients", "2027-Q1")


def test_what_was_counted_lies_beside_the_key() -> None:
    assert counted_path(Path("/stick/clients-2026-Q4.key")) == Path("/stick/clients-2026-Q4.counted")


def test_the_public_file_says_nothing_private(tmp_path: Path, wrapping: Wrapping) -> None:
    make_keys(tmp_path, "clients", "2026-Q4", wrapping())
    document = json.loads(public_path(tmp_path, "clients", "2026-Q4").read_text("utf-8"))
    assert set(document) == {"format", "survey", "round", "public_key"}
