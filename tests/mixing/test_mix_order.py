"""After the mix nothing in the database file tells in which order the answers came."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from feedback_service.intake.slot import Pending, tombstone
from feedback_service.intake.spool import Spool
from feedback_service.mixing.mix import mix
from feedback_service.storage.rounds import Round
from feedback_service.storage.session import Store

Several = Callable[..., list[Pending]]
Put = Callable[..., None]
MakeSpool = Callable[..., Spool]
TheRound = Callable[..., Round]
InStore = Callable[..., list[tuple[bytes, bytes]]]


def _masked(path: Path) -> bytes:
    """The database without SQLite's own counters of changes."""
    content = bytearray(path.read_bytes())
    for start, end in ((24, 28), (92, 100)):
        content[start:end] = bytes(end - start)
    return bytes(content)


@pytest.mark.parametrize("mixes", [0, 2])
def test_every_order_of_arrival_gives_the_same_bytes(
    new_store: Callable[..., Store],
    make_spool: MakeSpool,
    several: Several,
    put: Put,
    the_round: TheRound,
    mixes: int,
) -> None:
    answers: list[Pending] = several(240) + several(30, 2)
    answers += [tombstone(1, one.tag) for one in answers[:240:16]]
    orders = [
        sorted(answers, key=lambda one: one.envelope),
        sorted(answers, key=lambda one: one.tag, reverse=True),
        *(random.Random(seed).sample(answers, len(answers)) for seed in range(3)),
    ]
    files = []
    for number, order in enumerate(orders):
        store = new_store(f"data-{number}")
        spools = [make_spool(store, 256) for _ in range(1 + number % 2)]
        part = len(order) // (mixes + 1)
        for start in range(0, len(order), part):
            for position, spool in enumerate(spools):
                put(spool, *order[start : start + part][position :: len(spools)])
            if start // part < mixes:
                mix(store)
        mix(store, closing=[the_round(store, 1), the_round(store, 2)])
        files.append(_masked(store.folder / "feedback.sqlite"))
    assert len(files[0]) > 255 * 4096
    assert [position for position, content in enumerate(files) if content != files[0]] == []


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
def test_bodies_have_one_length_and_lie_in_the_order_of_their_keys(
    store: Store, spool: Spool, several: Several, put: Put, in_store: InStore, the_round: TheRound
) -> None:
    put(spool, *several(100))
    mix(store, closing=[the_round(store)])
    rows = in_store(store)
    assert [key for key, _ in rows] == sorted(key for key, _ in rows)
    assert {len(body) for _, body in rows} == {3922}
    assert (store.folder / "feedback.sqlite-journal").stat().st_size == 0
    # In the file too: the keys stand in it in their own order, page after page.
    content = (store.folder / "feedback.sqlite").read_bytes()
    with closing(sqlite3.connect(store.folder / "feedback.sqlite")) as db:
        pages = [
            page
            for (page,) in db.execute(
                "SELECT pageno FROM dbstat WHERE name = 'envelope' AND pagetype = 'leaf' ORDER BY path"
            )
        ]
        kinds = "SELECT DISTINCT pagetype FROM dbstat WHERE name = 'envelope' ORDER BY 1"
        assert db.execute(kinds).fetchall() == [("internal",), ("leaf",)]
        assert db.execute("PRAGMA freelist_count").fetchone() == (0,)
    assert pages == sorted(pages) and len(pages) > 20
    assert all(content.count(key) == 1 for key, _ in rows)
