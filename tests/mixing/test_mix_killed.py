"""The mix killed at each of its stages: what was acknowledged is in the store once in the end."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from feedback_service.intake import slot_file
from feedback_service.intake.slot import Pending, filler
from feedback_service.intake.slot_file import SlotFile
from feedback_service.intake.spool import Spool, SpoolPair
from feedback_service.mixing import mix as module
from feedback_service.mixing.draining import carry
from feedback_service.mixing.mix import mix
from feedback_service.mixing.pool import choose
from feedback_service.storage.rewriting import rewrite_round
from feedback_service.storage.rounds import Round
from feedback_service.storage.session import Store

Fresh = Callable[..., Pending]
Several = Callable[..., list[Pending]]
Put = Callable[..., None]
MakeSpool = Callable[..., Spool]
TheRound = Callable[..., Round]
InSpools = Callable[[Store], list[Pending]]
InStore = Callable[..., list[tuple[bytes, bytes]]]
RowsOf = Callable[..., list[tuple[bytes, bytes]]]


class Killed(BaseException):
    """Stands for kill -9: nothing in the service may catch it."""


def _accepting(pair: SpoolPair) -> list[str]:
    found = []
    for file in pair.open():
        found += [file.path.name] if file.accepting else []
        file.close()
    return found


def _after(calls: int, original: Callable[..., object]) -> Callable[..., object]:
    """`original`, killed at its call number `calls`."""
    done = 0

    def killed(*args: object, **named: object) -> object:
        nonlocal done
        done += 1
        if done == calls:
            raise Killed
        return original(*args, **named)

    return killed


def _kill_after_the_work(original: Callable[..., object]) -> Callable[..., object]:
    def killed(*args: object, **named: object) -> object:
        original(*args, **named)
        raise Killed

    return killed


def _arm(patch: pytest.MonkeyPatch, stage: str) -> None:
    """Let the next mix be killed at a stage."""
    match stage:
        case "both files on":
            patch.setattr(SlotFile, "set_accepting", _after(2, SlotFile.set_accepting))
        case "first pair turned, second not":
            patch.setattr(SlotFile, "set_accepting", _after(3, SlotFile.set_accepting))
        case "all turned":
            patch.setattr(module, "choose", _after(1, choose))
        case "before the store's commit":
            patch.setattr(module, "rewrite_round", _kill_after_the_work(rewrite_round))
        case "after the store's commit":
            patch.setattr(Store, "vacuum", _after(1, Store.vacuum))
        case "after the vacuum":
            patch.setattr(Store, "vacuum", _kill_after_the_work(Store.vacuum))
        case "first pair carried":
            patch.setattr(SlotFile, "refill", _after(1, SlotFile.refill))
        case "in the first pair's refill":
            patch.setattr(slot_file, "filler", _after(60, filler))
        case "first pair refilled":
            patch.setattr(module, "carry", _after(2, carry))
        case "second pair carried":
            patch.setattr(SlotFile, "refill", _after(2, SlotFile.refill))
        case _:
            raise LookupError(stage)


STAGES = (
    "both files on",
    "first pair turned, second not",
    "all turned",
    "before the store's commit",
    "after the store's commit",
    "after the vacuum",
    "first pair carried",
    "in the first pair's refill",
    "first pair refilled",
    "second pair carried",
)


@pytest.mark.parametrize("turned", [False, True], ids=["a accepts", "b accepts"])
@pytest.mark.parametrize("closing_too", [False, True], ids=["ordinary", "closing"])
@pytest.mark.parametrize("stage", STAGES)
def test_killed_at_any_stage_every_answer_is_in_the_store_once_in_the_end(
    store: Store,
    make_spool: MakeSpool,
    several: Several,
    put: Put,
    in_spools: InSpools,
    in_store: InStore,
    rows_of: RowsOf,
    the_round: TheRound,
    monkeypatch: pytest.MonkeyPatch,
    stage: str,
    closing_too: bool,
    turned: bool,
) -> None:
    spools = [make_spool(store), make_spool(store)]
    sent = several(60)
    put(spools[0], *sent[:25])
    put(spools[1], *sent[25:])
    if turned:
        mix(store)
        more = several(40)
        put(spools[0], *more[:20])
        put(spools[1], *more[20:])
        sent += more
    with monkeypatch.context() as patch, pytest.raises(Killed):
        _arm(patch, stage)
        mix(store, closing=[the_round(store)] if closing_too else [])
    # What was acknowledged lies in a spool or in the store, at once.
    stored = {body for _, body in in_store(store)}
    assert {one.envelope for one in sent} == stored | {one.envelope for one in in_spools(store)}
    if not closing_too:
        late = several(2)
        put(spools[0], late[0])
        put(spools[1], late[1])
        sent += late
        mix(store)
        assert all(len(_accepting(one.pair)) == 1 for one in spools)
    mix(store, closing=[the_round(store)])
    assert in_store(store) == rows_of(sent)
    assert in_spools(store) == []
    assert all(len(_accepting(one.pair)) == 1 for one in spools)


def test_killed_between_the_files_a_process_that_starts_then_loses_nothing(
    store: Store,
    several: Several,
    pending: Fresh,
    put: Put,
    in_store: InStore,
    rows_of: RowsOf,
    the_round: TheRound,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    spool = Spool(store.spool_folder, 64)
    sent = several(30)
    put(spool, *sent)
    spool.close()
    with monkeypatch.context() as patch, pytest.raises(Killed):
        _arm(patch, "both files on")
        mix(store)
    for _ in range(2):
        spool = Spool(store.spool_folder, 64)
        late = pending()
        put(spool, late)
        sent.append(late)
        spool.close()
    mix(store, closing=[the_round(store)])
    assert in_store(store) == rows_of(sent)


def test_an_answer_that_comes_while_a_killed_mix_is_cleaned_up_is_not_lost(
    store: Store,
    spool: Spool,
    pending: Fresh,
    several: Several,
    put: Put,
    in_store: InStore,
    rows_of: RowsOf,
    the_round: TheRound,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sent = several(30)
    put(spool, *sent)
    mix(store)
    sent += [pending()]
    put(spool, sent[-1])  # The process writes to b.spool now.
    with monkeypatch.context() as patch, pytest.raises(Killed):
        _arm(patch, "both files on")
        mix(store, closing=[the_round(store, 2)])
    original = SlotFile.refill

    def refill(file: SlotFile, keep: frozenset[int] = frozenset()) -> None:
        late = pending()
        put(spool, late)
        sent.append(late)
        original(file, keep)

    with monkeypatch.context() as patch:
        patch.setattr(SlotFile, "refill", refill)
        mix(store)
    mix(store, closing=[the_round(store)])
    assert in_store(store) == rows_of(sent)


@pytest.mark.parametrize("lost", ["a.spool", "b.spool"])
def test_a_pair_that_lost_its_other_file_is_mixed_at_the_close_all_the_same(
    store: Store,
    several: Several,
    put: Put,
    in_store: InStore,
    rows_of: RowsOf,
    the_round: TheRound,
    lost: str,
) -> None:
    spool = Spool(store.spool_folder, 64)
    sent = several(25)
    if lost == "a.spool":
        # Turn the pair once, so that what comes now waits in b.
        put(spool, *several(25, 2))
        mix(store, closing=[the_round(store, 2)])
    put(spool, *sent)
    spool.close()
    (spool.pair.folder / lost).unlink()
    mix(store, closing=[the_round(store)])
    assert in_store(store) == rows_of(sent)
