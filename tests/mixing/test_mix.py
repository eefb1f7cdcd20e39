"""The mix: what waits goes to the store together, or stays, and nothing is lost or doubled."""

from __future__ import annotations

import fcntl
import sqlite3
from collections.abc import Callable
from contextlib import closing
from itertools import chain

import pytest
from sqlalchemy import select

from feedback_service.intake.slot import Pending, tombstone
from feedback_service.intake.slot_file import SlotFile
from feedback_service.intake.spool import Spool, SpoolPair
from feedback_service.mixing.mix import MixReport, mix
from feedback_service.mixing.row_keys import row_key, tag_mac
from feedback_service.secret import Secret
from feedback_service.storage.rounds import Round, move
from feedback_service.storage.schema import tombstone as tombstone_table
from feedback_service.storage.session import Store

Fresh = Callable[..., Pending]
Several = Callable[..., list[Pending]]
Put = Callable[..., None]
MakeSpool = Callable[..., Spool]
TheRound = Callable[..., Round]
InSpools = Callable[[Store], list[Pending]]
InStore = Callable[..., list[tuple[bytes, bytes]]]
RowsOf = Callable[..., list[tuple[bytes, bytes]]]


def _accepting(pair: SpoolPair) -> list[str]:
    found = []
    for file in pair.open():
        found += [file.path.name] if file.accepting else []
        file.close()
    return found


def _ids(pendings: list[Pending]) -> list[bytes]:
    return sorted(one.id for one in pendings)


def test_a_row_is_named_by_form_and_answer_under_the_mixing_key() -> None:
    key = Secret(b"k" * 32)
    first = row_key(key, b"t" * 16, b"i" * 16)
    assert len(first) == 16 and first[:8] == tag_mac(key, b"t" * 16)
    assert row_key(key, b"t" * 16, b"j" * 16)[:8] == first[:8]
    assert row_key(key, b"t" * 16, b"j" * 16)[8:] != first[8:]
    assert row_key(key, b"u" * 16, b"i" * 16)[:8] != first[:8]
    assert row_key(Secret(b"l" * 32), b"t" * 16, b"i" * 16) != first


def test_a_row_key_is_the_published_one() -> None:
    # HMAC-SHA256 under 32 bytes of k, from another implementation (openssl dgst -mac).
    key = row_key(Secret(b"k" * 32), b"t" * 16, b"i" * 16)
    assert key.hex() == "4ee0762568553c07c1562b3e3faea341"


def test_below_twenty_nothing_moves(
    store: Store, spool: Spool, several: Several, put: Put, in_spools: InSpools, in_store: InStore
) -> None:
    waiting = several(19)
    put(spool, *waiting)
    before = [path.read_bytes() for path in sorted(spool.pair.folder.glob("*.spool"))]
    assert mix(store) == MixReport(staying=19, below_threshold=True)
    assert [path.read_bytes() for path in sorted(spool.pair.folder.glob("*.spool"))] == before
    assert in_store(store) == [] and _ids(in_spools(store)) == _ids(waiting)


def test_from_twenty_on_ten_stay_and_lie_in_the_file_that_accepts_now(
    store: Store,
    spool: Spool,
    several: Several,
    put: Put,
    in_spools: InSpools,
    in_store: InStore,
    rows_of: RowsOf,
    the_round: TheRound,
) -> None:
    waiting = several(33)
    put(spool, *waiting)
    assert mix(store) == MixReport(stored=23, staying=10)
    assert _accepting(spool.pair) == ["b.spool"]
    stays = in_spools(store)
    with (
        closing(SlotFile(spool.pair.folder / "b.spool")) as now,
        closing(SlotFile(spool.pair.folder / "a.spool")) as before,
    ):
        assert (now.used(), before.used()) == (10, 0)
    goes = [one for one in waiting if one not in stays]
    assert set(stays) < set(waiting)
    assert in_store(store) == rows_of(goes)


def test_mix_after_mix_everything_arrives_once(
    store: Store,
    spool: Spool,
    several: Several,
    put: Put,
    in_spools: InSpools,
    in_store: InStore,
    rows_of: RowsOf,
    the_round: TheRound,
) -> None:
    sent = []
    for number in (25, 3, 40, 12):
        more = several(number)
        put(spool, *more)
        sent += more
        mix(store)
    assert len(in_store(store)) == 70
    report = mix(store, closing=[the_round(store)])
    assert (report.stored, report.staying) == (10, 0)
    assert in_store(store) == rows_of(sent)
    assert in_spools(store) == []


def test_at_the_close_all_of_one_round_goes_from_all_spools_and_they_take_nothing_more_for_it(
    store: Store,
    make_spool: MakeSpool,
    several: Several,
    pending: Fresh,
    put: Put,
    in_spools: InSpools,
    in_store: InStore,
    rows_of: RowsOf,
    the_round: TheRound,
) -> None:
    spools = [make_spool(store) for _ in range(3)]
    mine, others = [several(n, 1) for n in (2, 0, 5)], [several(n, 2) for n in (1, 4, 0)]
    for spool, my, other in zip(spools, mine, others, strict=True):
        put(spool, *my, *other)
    assert mix(store, closing=[the_round(store, 1)]).stored == 7
    assert in_store(store, 1) == rows_of(chain.from_iterable(mine))
    assert in_store(store, 2) == [] and _ids(in_spools(store)) == _ids([*chain.from_iterable(others)])
    for spool in spools:
        assert spool.store([pending(1).packed(), pending(2).packed()]) == {1}
    assert {one.round_number for one in in_spools(store)} == {2}


def test_the_threshold_counts_what_waits_in_all_spools_together(
    store: Store, make_spool: MakeSpool, several: Several, put: Put, in_store: InStore, in_spools: InSpools
) -> None:
    for number in (9, 8, 7):
        put(make_spool(store), *several(number))
    assert mix(store) == MixReport(stored=14, staying=10)
    assert (len(in_store(store)), len(in_spools(store))) == (14, 10)


def test_a_pair_whose_process_died_is_drained_too(
    store: Store, several: Several, put: Put, in_store: InStore
) -> None:
    spool = Spool(store.spool_folder, 64)
    put(spool, *several(30))
    spool.close()
    mix(store)
    assert len(in_store(store)) == 20


def test_the_same_form_sent_again_and_sealed_again_is_stored_once_also_in_a_later_mix(
    store: Store,
    make_spool: MakeSpool,
    pending: Fresh,
    several: Several,
    put: Put,
    in_store: InStore,
    the_round: TheRound,
    mixing_key: Secret,
) -> None:
    first, second = make_spool(store), make_spool(store)
    tag, id_ = b"t" * 16, b"i" * 16
    seals = [pending(1, tag, id_) for _ in range(6)]
    put(first, seals[0], seals[1], *several(20))
    put(second, seals[2])
    for position in (3, 4):
        mix(store)
        put(first, seals[position])
    put(second, seals[5])
    mix(store, closing=[the_round(store)])
    assert len(in_store(store)) == 21
    key = row_key(mixing_key, tag, id_)
    assert sum(stored == key for stored, _ in in_store(store)) == 1


def test_two_different_answers_from_one_form_are_two(
    store: Store, spool: Spool, pending: Fresh, put: Put, in_store: InStore, the_round: TheRound
) -> None:
    put(spool, pending(1, b"t" * 16, b"i" * 16), pending(1, b"t" * 16, b"j" * 16))
    assert mix(store, closing=[the_round(store)]).stored == 2
    assert len(in_store(store)) == 2


def test_a_deletion_removes_what_its_form_sent_before_and_sends_later_and_nothing_else(
    store: Store,
    spool: Spool,
    pending: Fresh,
    several: Several,
    put: Put,
    in_store: InStore,
    in_spools: InSpools,
    rows_of: RowsOf,
    the_round: TheRound,
    mixing_key: Secret,
) -> None:
    tag, others = b"t" * 16, several(40)
    put(spool, pending(1, tag), *others[:30])
    mix(store)
    put(spool, pending(1, tag), tombstone(1, tag), tombstone(1, tag), *others[30:])
    mix(store)
    put(spool, pending(1, tag))
    mix(store, closing=[the_round(store)])
    assert in_store(store) == rows_of(others)
    assert in_spools(store) == []
    with store.read() as connection:
        remembered = connection.execute(select(tombstone_table)).all()
    # `close_round` forgets it: until then a late retry must not come back.
    assert [tuple(row) for row in remembered] == [(1, tag_mac(mixing_key, tag))]


def test_a_deletion_reaches_its_own_round_only(
    store: Store, spool: Spool, pending: Fresh, put: Put, in_store: InStore, the_round: TheRound
) -> None:
    tag = b"t" * 16
    put(spool, pending(1, tag), pending(2, tag), tombstone(2, tag))
    mix(store, closing=[the_round(store, 1), the_round(store, 2)])
    assert (len(in_store(store, 1)), len(in_store(store, 2))) == (1, 0)


def test_a_deletion_is_not_told_by_the_number_of_stored_answers(
    store: Store, spool: Spool, pending: Fresh, several: Several, put: Put, the_round: TheRound
) -> None:
    mine = pending()
    put(spool, mine, *several(29))
    mix(store, closing=[the_round(store)])
    with store.begin() as connection:
        move(connection, 1, ["closing"], "open")
    for path in spool.pair.folder.glob("*.spool"):
        with closing(sqlite3.connect(path)) as db, db:
            db.execute("DELETE FROM closed_round")
    put(spool, tombstone(1, mine.tag))
    assert mix(store, closing=[the_round(store)]).stored == 0


@pytest.mark.parametrize("state", ["closed", "unknown"])
def test_slots_of_a_round_that_is_closed_or_unknown_stay_and_are_told(
    store: Store,
    spool: Spool,
    several: Several,
    put: Put,
    in_store: InStore,
    in_spools: InSpools,
    state: str,
) -> None:
    number = 1 if state == "closed" else 77
    stranded, lawful = several(25, number), several(30, 2)
    put(spool, *stranded, *lawful)
    with store.begin() as connection:
        move(connection, 1, ["open"], "closed")
    for _ in range(3):
        report = mix(store)
        assert report.stranded == 25
    assert in_store(store, number) == [] and len(in_store(store, 2)) == 20
    assert _ids([one for one in in_spools(store) if one.round_number == number]) == _ids(stranded)


def _damage(spool: Spool, one: Pending) -> bytes:
    """Flip one bit of a waiting answer; gives the slot's content afterwards."""
    for path in spool.pair.folder.glob("*.spool"):
        with closing(sqlite3.connect(path)) as db, db:
            for number, content in db.execute("SELECT number, content FROM slot WHERE used = 1").fetchall():
                if one.id in content:
                    broken = bytearray(content)
                    broken[2000] ^= 4
                    db.execute("UPDATE slot SET content = ? WHERE number = ?", (bytes(broken), number))
                    return bytes(broken)
    raise LookupError


def test_a_damaged_slot_is_told_and_stays_and_the_others_mix(
    store: Store,
    spool: Spool,
    several: Several,
    put: Put,
    in_store: InStore,
    rows_of: RowsOf,
    the_round: TheRound,
) -> None:
    waiting = several(40)
    put(spool, *waiting)
    broken = _damage(spool, waiting[7])
    assert mix(store).damaged == 1
    mix(store, closing=[the_round(store)])
    assert in_store(store) == rows_of(waiting[:7] + waiting[8:])
    files = b"".join(path.read_bytes() for path in spool.pair.folder.glob("*.spool"))
    assert files.count(broken) == 1


def test_a_damaged_slot_is_told_by_every_mix_until_somebody_looks(
    store: Store, spool: Spool, several: Several, put: Put, the_round: TheRound
) -> None:
    waiting = several(40)
    put(spool, *waiting)
    _damage(spool, waiting[7])
    told = [mix(store).damaged]
    put(spool, *several(20))
    told += [mix(store).damaged, mix(store).damaged, mix(store, closing=[the_round(store)]).damaged]
    assert told == [1, 1, 1, 1]


def test_nothing_of_what_was_drained_is_left_in_the_spool(
    store: Store, spool: Spool, several: Several, put: Put, in_spools: InSpools
) -> None:
    waiting = several(60)
    put(spool, *waiting)
    mix(store)
    stays = set(in_spools(store))
    for path in spool.pair.folder.iterdir():
        content = path.read_bytes()
        for one in waiting:
            if one not in stays:
                assert one.id not in content and one.tag not in content
                assert one.envelope[100:132] not in content
    assert {path.stat().st_size for path in spool.pair.folder.glob("*-journal")} <= {0}
    (size,) = {path.stat().st_size for path in spool.pair.folder.glob("*.spool")}
    assert size == 128 * 4096 + 4 * 8192


def test_every_slot_of_the_drained_file_is_new(
    store: Store, spool: Spool, several: Several, put: Put
) -> None:
    put(spool, *several(30))

    def contents() -> set[bytes]:
        with closing(sqlite3.connect(spool.pair.folder / "a.spool")) as db:
            return {content for (content,) in db.execute("SELECT content FROM slot")}

    before = contents()
    mix(store)
    assert len(contents()) == 128 and not before & contents()


def test_while_a_mix_runs_answers_go_to_the_other_file_and_are_not_lost(
    store: Store,
    spool: Spool,
    pending: Fresh,
    several: Several,
    put: Put,
    in_store: InStore,
    rows_of: RowsOf,
    the_round: TheRound,
) -> None:
    sent = several(30)
    put(spool, *sent)
    stages = []

    def at(stage: str) -> None:
        stages.append(stage)
        late = pending()
        put(spool, late)
        sent.append(late)

    mix(store, progress=at)
    assert stages == ["reading the spools", "storing", "rewriting the store", "refilling the spools"]
    mix(store, closing=[the_round(store)])
    assert in_store(store) == rows_of(sent)


def test_one_mix_runs_at_a_time(store: Store, spool: Spool, several: Several, put: Put) -> None:
    put(spool, *several(30))
    tried = []

    def second(stage: str) -> None:
        with store.mix_lock.open("wb") as lock, pytest.raises(BlockingIOError):
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        tried.append(stage)

    mix(store, progress=second)
    assert len(tried) == 4


def test_an_installation_without_spools_mixes_nothing(store: Store, the_round: TheRound) -> None:
    assert mix(store) == MixReport(below_threshold=True)
    assert mix(store, closing=[the_round(store)]) == MixReport()
