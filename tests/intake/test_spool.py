"""The spool of a web process: done means durable, refused means not stored."""

from __future__ import annotations

import fcntl
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from feedback_service.intake.slot import Pending
from feedback_service.intake.slot_file import SlotFile
from feedback_service.intake.spool import Spool, SpoolPair, SpoolUnavailable, registered_pairs

Make = Callable[..., Spool]
Fresh = Callable[..., Pending]
Tags = Callable[..., list[bytes]]


@contextmanager
def _full(_file: SlotFile) -> Iterator[None]:
    raise sqlite3.OperationalError("database or disk is full")
    yield


def _files(spool: Spool) -> list[Path]:
    return sorted(spool.pair.folder.glob("*.spool"))


def _store(spool: Spool, *group: Pending) -> frozenset[int]:
    return spool.store([one.packed() for one in group])


def _turn(spool: Spool, to: int) -> None:
    """What a mix does to a pair: the other file on, then this one off."""
    for path, accepting in sorted(
        zip(_files(spool), (to == 0, to == 1), strict=True), key=lambda it: not it[1]
    ):
        with closing(SlotFile(path)) as file:
            file.set_accepting(accepting)


def test_stored_means_that_another_process_can_read_it(
    make_spool: Make, pending: Fresh, tags_in: Tags
) -> None:
    spool = make_spool()
    for number in range(1, 6):
        one = pending()
        assert _store(spool, one) == frozenset()
        stored = tags_in(*_files(spool))
        assert one.tag in stored and len(stored) == number


def test_a_group_is_one_transaction(
    make_spool: Make, pending: Fresh, tags_in: Tags, monkeypatch: pytest.MonkeyPatch
) -> None:
    spool = make_spool(1024)
    begun = []
    original = SlotFile.transaction

    @contextmanager
    def transaction(file: SlotFile) -> Iterator[None]:
        begun.append(file.path.name)
        with original(file):
            yield

    monkeypatch.setattr(SlotFile, "transaction", transaction)
    group = [pending() for _ in range(300)]
    _store(spool, *group)
    assert begun == ["a.spool"]
    assert tags_in(*_files(spool)) == sorted(one.tag for one in group)


def test_an_answer_for_a_closed_round_is_refused_and_its_neighbours_are_stored(
    make_spool: Make, pending: Fresh, tags_in: Tags
) -> None:
    spool = make_spool()
    with closing(SlotFile(_files(spool)[0])) as file:
        file.close_rounds([7, 9])
    good, late = pending(8), pending(7)
    assert _store(spool, late, good, late) == {7, 9}
    assert tags_in(*_files(spool)) == [good.tag]


def test_a_disk_that_is_full_stores_nothing_says_so_and_later_all_is_well_again(
    make_spool: Make, pending: Fresh, tags_in: Tags, monkeypatch: pytest.MonkeyPatch
) -> None:
    spool = make_spool()
    with monkeypatch.context() as patch:
        patch.setattr(SlotFile, "transaction", _full)
        with pytest.raises(SpoolUnavailable) as refused:
            _store(spool, pending())
    # SQLite's message could say where the file lies.
    assert refused.value.__suppress_context__ and refused.value.__cause__ is None
    assert tags_in(*_files(spool)) == []
    one = pending()
    _store(spool, one)
    assert tags_in(*_files(spool)) == [one.tag]


def test_a_file_that_may_not_grow_stores_nothing_of_a_group_that_does_not_fit(
    make_spool: Make, pending: Fresh, tags_in: Tags
) -> None:
    spool = make_spool()
    few = [pending() for _ in range(20)]
    _store(spool, *few)
    pages = _files(spool)[0].stat().st_size // 8192
    spool._current._db.execute(f"PRAGMA max_page_count={pages}")
    with pytest.raises(SpoolUnavailable):
        _store(spool, *(pending() for _ in range(200)))
    assert tags_in(*_files(spool)) == sorted(one.tag for one in few)


def test_the_spool_follows_the_mix_to_the_other_file_and_back(
    make_spool: Make, pending: Fresh, tags_in: Tags
) -> None:
    spool = make_spool()
    first, second = _files(spool)
    before, after, back = [pending()], [pending() for _ in range(9)], [pending()]
    _store(spool, *before)
    _turn(spool, to=1)
    _store(spool, *after)
    assert (len(tags_in(first)), len(tags_in(second))) == (1, 9)
    _turn(spool, to=0)
    _store(spool, *back)
    assert tags_in(first) == sorted(one.tag for one in before + back)


def test_two_processes_never_share_a_pair(
    make_spool: Make, pending: Fresh, tags_in: Tags, tmp_path: Path
) -> None:
    first, second = make_spool(), make_spool()
    assert [one.pair.folder.name for one in (first, second)] == ["web-0", "web-1"]
    one, other = pending(), pending()
    _store(first, one)
    _store(second, other)
    assert tags_in(*_files(first)) == [one.tag] and tags_in(*_files(second)) == [other.tag]
    assert registered_pairs(tmp_path / "spool") == [first.pair, second.pair]


def test_a_pair_that_was_let_go_is_claimed_again_with_what_lies_in_it(
    tmp_path: Path, pending: Fresh, tags_in: Tags
) -> None:
    group = [pending(), pending()]
    for one in group:
        spool = Spool(tmp_path / "spool", 64)
        _store(spool, one)
        spool.close()
        assert spool.pair.folder.name == "web-0"
    assert tags_in(*_files(spool)) == sorted(one.tag for one in group)


def test_a_closed_spool_refuses_instead_of_losing(tmp_path: Path, pending: Fresh) -> None:
    spool = Spool(tmp_path / "spool", 64)
    spool.close()
    with pytest.raises(SpoolUnavailable):
        _store(spool, pending())


def test_a_pair_that_a_living_process_is_just_making_is_not_registered(tmp_path: Path) -> None:
    half = SpoolPair(tmp_path / "spool" / "web-0")
    half.folder.mkdir(parents=True)
    with (half.folder / "claimed.lock").open("wb") as claim:
        fcntl.flock(claim, fcntl.LOCK_EX)
        SlotFile.create(half.folder / "a.spool", 64, accepting=True).close()
        assert registered_pairs(tmp_path / "spool") == []
    assert registered_pairs(tmp_path / "spool") == [half]


def test_a_pair_that_nobody_began_to_fill_is_not_registered(tmp_path: Path) -> None:
    (tmp_path / "spool" / "web-0").mkdir(parents=True)
    assert registered_pairs(tmp_path / "spool") == []


def test_a_pair_that_nobody_finished_making_is_completed_by_the_next(
    make_spool: Make, tmp_path: Path
) -> None:
    half = SpoolPair(tmp_path / "spool" / "web-0")
    half.folder.mkdir(parents=True)
    SlotFile.create(half.folder / "a.spool", 64, accepting=True).close()
    spool = make_spool()
    assert spool.pair == half and registered_pairs(tmp_path / "spool") == [half]
    gates = []
    for path in _files(spool):
        with closing(SlotFile(path)) as file:
            gates.append(file.accepting)
    assert gates == [True, False]


def test_a_pair_that_lost_its_accepting_file_accepts_again(make_spool: Make, tmp_path: Path) -> None:
    spool = Spool(tmp_path / "spool", 64)
    _turn(spool, to=1)
    spool.close()
    (spool.pair.folder / "b.spool").unlink()
    assert make_spool()._current.accepting


def test_no_spools_are_registered_where_none_ran(tmp_path: Path) -> None:
    assert registered_pairs(tmp_path / "spool") == []


def test_a_heartbeat_goes_to_the_accepting_file_and_stores_nothing(
    make_spool: Make, pending: Fresh, tags_in: Tags
) -> None:
    spool = make_spool()
    one = pending()
    _store(spool, one)
    before = [path.read_bytes() for path in _files(spool)]
    spool.heartbeat()
    after = [path.read_bytes() for path in _files(spool)]
    assert (before[0] != after[0], before[1] == after[1]) == (True, True)
    assert tags_in(*_files(spool)) == [one.tag]


def test_a_heartbeat_that_fails_costs_no_answer(
    make_spool: Make, pending: Fresh, tags_in: Tags, monkeypatch: pytest.MonkeyPatch
) -> None:
    spool = make_spool()
    with monkeypatch.context() as patch:
        patch.setattr(SlotFile, "transaction", _full)
        spool.heartbeat()
    _store(spool, pending())
    assert len(tags_in(*_files(spool))) == 1


_SENDER = """
import secrets, sys
from pathlib import Path
from feedback_service.intake.slot import answer
from feedback_service.intake.spool import Spool
spool = Spool(Path(sys.argv[1]), 64)
while True:
    group = [(secrets.token_bytes(16), secrets.token_bytes(16)) for _ in range(3)]
    spool.store([answer(1, tag, id_, secrets.token_bytes(3922)).packed() for tag, id_ in group])
    for tag, _ in group:
        print(tag.hex(), flush=True)
"""


def test_every_acknowledged_answer_outlives_a_process_that_was_killed(
    make_spool: Make, pending: Fresh, tags_in: Tags, tmp_path: Path
) -> None:
    child = subprocess.Popen(
        [sys.executable, "-c", _SENDER, str(tmp_path / "spool")], stdout=subprocess.PIPE, text=True
    )
    assert child.stdout
    acknowledged = [child.stdout.readline().strip() for _ in range(150)]
    os.kill(child.pid, signal.SIGKILL)
    acknowledged += [line.strip() for line in child.stdout if line.endswith("\n")]
    child.stdout.close()
    assert child.wait(30) == -signal.SIGKILL
    spool = make_spool()
    assert spool.pair.folder.name == "web-0"
    _store(spool, *(pending() for _ in range(10)))
    stored = [tag.hex() for tag in tags_in(*_files(spool))]
    assert set(acknowledged) <= set(stored)
    # At most one group was committed and not told any more.
    assert len(acknowledged) + 10 <= len(stored) == len(set(stored)) <= len(acknowledged) + 13
