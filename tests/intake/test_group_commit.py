"""The asynchronous side of a spool: each one is told only after the commit, and nobody is forgotten."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from feedback_service.intake.group_commit import GroupCommit
from feedback_service.intake.slot import Packed, Pending
from feedback_service.intake.slot_file import SlotFile
from feedback_service.intake.spool import RoundClosed, Spool, SpoolUnavailable

Make = Callable[..., Spool]
Fresh = Callable[..., Pending]
Tags = Callable[..., list[bytes]]

# Generous: only a writer that died lets a test wait that long.
PATIENCE = 30.0


class HeldSpool(Spool):
    """Writes nothing until it is let; remembers the sizes of the groups."""

    def __init__(self, folder: Path, slots: int) -> None:
        super().__init__(folder, slots)
        self.go = threading.Event()
        self.begun = threading.Event()
        self.groups: list[int] = []

    def store(self, group: Sequence[Packed]) -> frozenset[int]:
        self.begun.set()
        assert self.go.wait(PATIENCE)
        self.groups.append(len(group))
        return super().store(group)


@pytest.fixture
def held(tmp_path: Path) -> Iterator[HeldSpool]:
    spool = HeldSpool(tmp_path / "spool", 1024)
    yield spool
    spool.go.set()
    spool.close()


def _files(spool: Spool) -> list[Path]:
    return sorted(spool.pair.folder.glob("*.spool"))


async def _begun(spool: HeldSpool) -> None:
    """Until the writer's thread holds its first group."""
    await asyncio.to_thread(spool.begun.wait, PATIENCE)


def test_done_means_that_another_process_can_read_it(make_spool: Make, pending: Fresh, tags_in: Tags) -> None:
    spool = make_spool()

    async def story() -> None:
        commit = GroupCommit(spool)
        for number in range(1, 6):
            one = pending()
            await commit.put(one)
            stored = tags_in(*_files(spool))
            assert one.tag in stored and len(stored) == number
        await commit.close()

    asyncio.run(story())


def test_nobody_is_told_before_the_commit_and_what_waits_goes_together(
    held: HeldSpool, pending: Fresh, tags_in: Tags
) -> None:
    group = [pending() for _ in range(100)]

    async def story() -> None:
        commit = GroupCommit(held)
        first = asyncio.create_task(commit.put(pending()))
        await _begun(held)
        waiting = [asyncio.create_task(commit.put(one)) for one in group]
        assert tags_in(*_files(held)) == []
        assert not any(task.done() for task in (first, *waiting))
        held.go.set()
        await asyncio.wait_for(asyncio.gather(first, *waiting), PATIENCE)
        assert len(tags_in(*_files(held))) == 101
        await commit.close()

    asyncio.run(story())
    assert held.groups == [1, 100]


def test_a_large_crowd_is_committed_in_several_groups(held: HeldSpool, pending: Fresh, tags_in: Tags) -> None:
    async def story() -> None:
        commit = GroupCommit(held)
        waiting = [asyncio.create_task(commit.put(pending())) for _ in range(600)]
        held.go.set()
        await asyncio.wait_for(asyncio.gather(*waiting), PATIENCE)
        await commit.close()

    asyncio.run(story())
    assert sum(held.groups) == 600 == len(tags_in(*_files(held)))
    assert max(held.groups) <= 256


def test_only_those_of_a_closed_round_are_refused(make_spool: Make, pending: Fresh, tags_in: Tags) -> None:
    spool = make_spool()
    spool._current.close_rounds([7])
    group = [pending(7 if number % 3 == 0 else 8) for number in range(12)]

    async def story() -> list[BaseException | None]:
        commit = GroupCommit(spool)
        outcomes = await asyncio.gather(*(commit.put(one) for one in group), return_exceptions=True)
        await commit.close()
        return outcomes

    outcomes = asyncio.run(story())
    assert [type(one) for one in outcomes] == [RoundClosed, type(None), type(None)] * 4
    assert tags_in(*_files(spool)) == sorted(one.tag for one in group if one.round_number == 8)


def test_a_full_disk_is_told_to_everyone_in_the_group_and_the_next_is_stored(
    make_spool: Make, pending: Fresh, tags_in: Tags, monkeypatch: pytest.MonkeyPatch
) -> None:
    spool = make_spool()
    later = pending()

    @contextmanager
    def full(_file: SlotFile) -> Iterator[None]:
        raise sqlite3.OperationalError("database or disk is full")
        yield

    async def story() -> list[BaseException | None]:
        commit = GroupCommit(spool)
        with monkeypatch.context() as patch:
            patch.setattr(SlotFile, "transaction", full)
            outcomes = await asyncio.gather(
                *(commit.put(pending()) for _ in range(5)), return_exceptions=True
            )
        await commit.put(later)
        await commit.close()
        return outcomes

    outcomes = asyncio.run(story())
    assert [type(one) for one in outcomes] == [SpoolUnavailable] * 5
    # An exception of one's own: a shared one would collect the tracebacks of all.
    assert len(set(map(id, outcomes))) == 5
    assert tags_in(*_files(spool)) == [later.tag]


def test_a_request_that_is_given_up_stops_nobody_else(held: HeldSpool, pending: Fresh, tags_in: Tags) -> None:
    kept = [pending() for _ in range(5)]

    async def story() -> None:
        commit = GroupCommit(held)
        first = asyncio.create_task(commit.put(pending()))
        await _begun(held)
        given_up = asyncio.create_task(commit.put(pending()))
        waiting = [asyncio.create_task(commit.put(one)) for one in kept]
        await asyncio.sleep(0)
        assert first.cancel() and given_up.cancel()
        held.go.set()
        await asyncio.wait_for(asyncio.gather(*waiting), PATIENCE)
        assert first.cancelled() and given_up.cancelled()
        later = pending()
        await asyncio.wait_for(commit.put(later), PATIENCE)
        await commit.close()
        kept.append(later)

    asyncio.run(story())
    assert {one.tag for one in kept} <= set(tags_in(*_files(held)))


def test_something_that_cannot_be_packed_is_refused_at_once(
    make_spool: Make, pending: Fresh, tags_in: Tags
) -> None:
    spool = make_spool()

    async def story() -> None:
        commit = GroupCommit(spool)
        with pytest.raises(Exception, match="format"):
            await asyncio.wait_for(commit.put(pending(2**32)), PATIENCE)
        await asyncio.wait_for(commit.put(pending()), PATIENCE)
        await commit.close()

    asyncio.run(story())
    assert len(tags_in(*_files(spool))) == 1


def test_nobody_waits_for_ever_after_a_fault_that_nobody_foresaw(
    make_spool: Make, pending: Fresh, monkeypatch: pytest.MonkeyPatch
) -> None:
    spool = make_spool()

    def broken(_group: Sequence[Packed]) -> frozenset[int]:
        raise MemoryError

    async def story() -> None:
        asyncio.get_running_loop().set_exception_handler(lambda _loop, _context: None)
        commit = GroupCommit(spool)
        with monkeypatch.context() as patch:
            patch.setattr(spool, "store", broken)
            with pytest.raises(SpoolUnavailable):
                await asyncio.wait_for(commit.put(pending()), 0.5)
        await asyncio.wait_for(commit.put(pending()), PATIENCE)
        await commit.close()

    asyncio.run(story())


def test_closing_finishes_what_waits_and_lets_the_pair_go(
    tmp_path: Path, make_spool: Make, pending: Fresh, tags_in: Tags
) -> None:
    spool = Spool(tmp_path / "spool", 64)

    async def story() -> None:
        commit = GroupCommit(spool)
        waiting = [asyncio.create_task(commit.put(pending())) for _ in range(20)]
        await asyncio.sleep(0)
        await commit.close()
        assert all(task.done() or not task.cancelled() for task in waiting)
        await asyncio.gather(*waiting)

    asyncio.run(story())
    assert len(tags_in(*_files(spool))) == 20
    assert make_spool().pair == spool.pair


def test_the_file_is_rewritten_while_nobody_answers(
    make_spool: Make, tags_in: Tags, monkeypatch: pytest.MonkeyPatch
) -> None:
    spool = make_spool()
    beaten = threading.Event()
    original = SlotFile.heartbeat

    def heartbeat(file: SlotFile) -> None:
        original(file)
        beaten.set()

    monkeypatch.setattr(SlotFile, "heartbeat", heartbeat)

    async def story() -> None:
        commit = GroupCommit(spool, heartbeat_seconds=0.01)
        assert await asyncio.to_thread(beaten.wait, PATIENCE)
        await commit.close()

    before = _files(spool)[0].read_bytes()
    asyncio.run(story())
    assert _files(spool)[0].read_bytes() != before
    assert tags_in(*_files(spool)) == []


def test_a_heartbeat_that_fails_in_an_unforeseen_way_stops_no_answer(
    make_spool: Make, pending: Fresh, tags_in: Tags, monkeypatch: pytest.MonkeyPatch
) -> None:
    spool = make_spool()
    failed = threading.Event()

    def broken() -> None:
        failed.set()
        raise MemoryError

    monkeypatch.setattr(spool, "heartbeat", broken)

    async def story() -> None:
        commit = GroupCommit(spool, heartbeat_seconds=0.01)
        assert await asyncio.to_thread(failed.wait, PATIENCE)
        await asyncio.wait_for(commit.put(pending()), PATIENCE)
        await commit.close()

    asyncio.run(story())
    assert len(tags_in(*_files(spool))) == 1
