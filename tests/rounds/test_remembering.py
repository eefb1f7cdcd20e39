"""What lies beside a key: which set it counted, and where the next count is chained."""

from __future__ import annotations

from pathlib import Path

import pytest

from feedback_service.disclosure.noise import ReleaseSecret
from feedback_service.rounds.remembering import (
    OtherAnswers,
    Place,
    Remembered,
    UnreadableMemory,
    followed,
    mac_of_set,
    read_counted,
    refuse_other_answers,
)
from feedback_service.tally.table import CountTable, RegionCount

START = Place("h0", 1)


def _remember(folder: Path, survey: str, previous: str, position: int, head: str) -> Path:
    path = folder / f"{survey}-2026-Q4.counted"
    Remembered(survey, "2026-Q4", "mac", previous, position, head, position + 10).write(path)
    return path


def _table(*keys: str) -> CountTable:
    return CountTable("clients", "2026-Q4", "clients", (), {"08": RegionCount("08", keys, {})}, 0)


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    path = _remember(tmp_path, "clients", "h0", 1, "h1")
    found = read_counted(path)
    assert found == Remembered("clients", "2026-Q4", "mac", "h0", 1, "h1", 11)
    assert path.stat().st_mode & 0o777 == 0o600
    assert read_counted(tmp_path / "none.counted") is None


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"survey": "clients"}', "7"])
def test_a_memory_that_cannot_be_read_is_no_empty_one(tmp_path: Path, text: str) -> None:
    path = tmp_path / "clients-2026-Q4.counted"
    path.write_text(text, "utf-8")
    with pytest.raises(UnreadableMemory, match="clients-2026-Q4"):
        read_counted(path)


def test_only_the_same_set_under_the_same_secret_has_the_same_mac() -> None:
    one, two = ReleaseSecret(bytes(32)), ReleaseSecret(bytes(31) + b"\x01")
    macs = {
        mac_of_set(one, _table("a", "b")),
        mac_of_set(one, _table("a")),
        mac_of_set(two, _table("a", "b")),
    }
    assert len(macs) == 3
    assert mac_of_set(one, _table("b", "a")) in macs


def test_another_set_is_refused_and_the_first_never(tmp_path: Path) -> None:
    known = read_counted(_remember(tmp_path, "clients", "h0", 1, "h1"))
    refuse_other_answers(known, "clients", "2026-Q4", "mac")
    refuse_other_answers(None, "clients", "2026-Q4", "other")
    with pytest.raises(OtherAnswers, match="2026-Q4"):
        refuse_other_answers(known, "clients", "2026-Q4", "other")


def test_a_count_is_chained_behind_all_that_were_made_here_since(tmp_path: Path) -> None:
    own = tmp_path / "third-2026-Q4.counted"
    assert followed(own, START) == (START, ())
    _remember(tmp_path, "second", "h1", 11, "h2")
    assert followed(own, START) == (START, ())
    _remember(tmp_path, "first", "h0", 1, "h1")
    assert followed(own, START) == (Place("h2", 21), ("first 2026-Q4", "second 2026-Q4"))


def test_a_count_made_again_goes_where_it_was(tmp_path: Path) -> None:
    first, second = (
        _remember(tmp_path, "first", "h0", 1, "h1"),
        _remember(tmp_path, "second", "h1", 11, "h2"),
    )
    assert followed(first, START) == (START, ())
    assert followed(second, START) == (Place("h1", 11), ("first 2026-Q4",))


def test_a_ledger_that_went_on_elsewhere_leads_behind_nothing(tmp_path: Path) -> None:
    _remember(tmp_path, "first", "h0", 1, "h1")
    moved = Place("h9", 1)
    assert followed(tmp_path / "own.counted", moved) == (moved, ())
    assert followed(tmp_path / "own.counted", Place("h0", 2)) == (Place("h0", 2), ())


def test_memories_that_lead_in_a_circle_end(tmp_path: Path) -> None:
    _remember(tmp_path, "first", "h0", 1, "h0")
    path = tmp_path / "loop-2026-Q4.counted"
    Remembered("loop", "2026-Q4", "mac", "h0", 11, "h0", 1).write(path)
    assert followed(tmp_path / "own.counted", START)[0] == START
