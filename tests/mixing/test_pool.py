"""Which of what waits goes now, and which stays."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Sequence

import pytest

from feedback_service.intake.slot import Pending, tombstone
from feedback_service.mixing import pool
from feedback_service.mixing.pool import STAYING, THRESHOLD, Waiting, distinct

Fresh = Callable[..., Pending]
Several = Callable[..., list[Pending]]


def due(waiting: Sequence[Pending]) -> bool:
    return pool.due(distinct(Waiting(0, slot, one.head) for slot, one in enumerate(waiting)))


def choose(
    files: Sequence[Sequence[Pending]], mixable: Collection[int], closing: Collection[int]
) -> tuple[list[Pending], list[list[Pending]]]:
    """What goes, and what stays for each file."""
    waiting = distinct(
        Waiting(place, slot, one.head) for place, file in enumerate(files) for slot, one in enumerate(file)
    )
    going, staying = pool.choose(waiting, mixable, closing)
    by_file = [
        [files[place][one.slot] for one in staying if one.file == place] for place in range(len(files))
    ]
    return [files[one.file][one.slot] for one in going], by_file


def _open(answers: Sequence[Pending]) -> list[Waiting]:
    return [Waiting(0, slot, one.head) for slot, one in enumerate(answers)]


def _verified(answers: Sequence[Pending]) -> list[Waiting]:
    return [Waiting(0, slot, one.head, code=one.id * 2) for slot, one in enumerate(answers)]


def test_the_pool_has_the_sizes_that_are_promised() -> None:
    assert (THRESHOLD, STAYING) == (20, 10)


@pytest.mark.parametrize(
    ("waiting", "is_due"), [(0, False), (1, False), (19, False), (20, True), (200, True)]
)
def test_a_mix_is_due_from_twenty_waiting_answers_on(several: Several, waiting: int, is_due: bool) -> None:
    assert due(several(waiting)) is is_due


def test_twenty_answers_of_two_rounds_are_not_twenty_of_one(several: Several) -> None:
    assert not due(several(15, 1) + several(15, 2))
    assert due(several(15, 1) + several(20, 2))


def test_one_form_sent_twenty_times_does_not_fill_the_pool(pending: Fresh, several: Several) -> None:
    tag, id_ = b"t" * 16, b"i" * 16
    copies = [pending(1, tag, id_) for _ in range(30)]
    assert not due(copies + several(18))
    assert due(copies + several(19))


@pytest.mark.parametrize(
    ("waiting", "going"), [(0, 0), (1, 0), (19, 0), (20, 10), (21, 11), (30, 20), (500, 490)]
)
def test_ten_stay_behind_and_below_twenty_all(several: Several, waiting: int, going: int) -> None:
    arrived = several(waiting)
    goes, (stays,) = choose([arrived], {1}, ())
    assert len(goes) == going
    assert sorted(one.id for one in goes + stays) == sorted(one.id for one in arrived)


@pytest.mark.parametrize("waiting", [1, 5, 20, 100])
def test_at_the_close_everything_of_the_closing_round_goes_and_nothing_more(
    several: Several, waiting: int
) -> None:
    mine, others = several(waiting, 1), several(25, 2)
    goes, (stays,) = choose([mine + others], {1, 2}, {1})
    assert Counter(one.round_number for one in goes) == {1: waiting, 2: 15}
    assert Counter(one.round_number for one in stays) == {2: 10}


def test_those_that_stay_are_random(several: Several) -> None:
    arrived = several(40)
    stayed = Counter(one.id for _ in range(400) for one in choose([arrived], {1}, ())[1][0])
    assert sum(stayed.values()) == 4000
    # Each stays in a quarter of 400: five standard deviations are 43.
    assert len(stayed) == 40 and all(57 <= number <= 143 for number in stayed.values())


def test_what_goes_is_in_no_order_of_arrival(several: Several) -> None:
    arrived = several(100)
    goes, _ = choose([arrived], {1}, {1})
    assert [one.id for one in goes] != [one.id for one in arrived]


def test_what_stays_stays_with_the_file_that_it_came_from(several: Several) -> None:
    files = [several(30), several(3), [], several(17)]
    goes, stays = choose(files, {1}, ())
    assert len(goes) == 40 and sum(map(len, stays)) == 10
    for came, stayed in zip(files, stays, strict=True):
        assert {one.id for one in stayed} <= {one.id for one in came}


def test_rounds_that_cannot_be_stored_stay_whole(several: Several) -> None:
    goes, (stays,) = choose([several(50, 9) + several(20, 1)], {1}, {9})
    assert Counter(one.round_number for one in goes) == {1: 10}
    assert Counter(one.round_number for one in stays) == {9: 50, 1: 10}


def test_the_same_form_sent_again_is_one_answer_wherever_it_waits(pending: Fresh, several: Several) -> None:
    again = [pending(1, b"t" * 16, b"i" * 16) for _ in range(4)]
    goes, stays = choose([[again[0], again[1], *several(30)], [again[2]], [again[3]]], {1}, {1})
    assert len(goes) == 31 and stays == [[], [], []]
    assert sum(one.tag == b"t" * 16 for one in goes) == 1


def test_two_different_answers_from_one_form_are_two(pending: Fresh) -> None:
    pair = [pending(1, b"t" * 16, b"i" * 16), pending(1, b"t" * 16, b"j" * 16)]
    assert len(choose([pair], {1}, {1})[0]) == 2


def test_a_deletion_is_no_answer_of_its_form(pending: Fresh) -> None:
    stone = tombstone(1, b"t" * 16)
    one = pending(1, b"t" * 16, stone.id)
    assert len(choose([[stone, one]], {1}, {1})[0]) == 2


def test_one_form_in_two_rounds_is_two_answers(pending: Fresh) -> None:
    pair = [pending(1, b"t" * 16, b"i" * 16), pending(2, b"t" * 16, b"i" * 16)]
    assert len(choose([pair], {1, 2}, {1, 2})[0]) == 2


def test_of_several_seals_in_one_file_the_first_by_its_bytes_goes(pending: Fresh) -> None:
    again = [pending(1, b"t" * 16, b"i" * 16) for _ in range(5)]
    (kept,), _ = choose([again], {1}, {1})
    assert kept.envelope == min(one.envelope for one in again)


def test_of_several_seals_in_several_files_the_first_by_its_bytes_goes(pending: Fresh) -> None:
    again = sorted((pending(1, b"t" * 16, b"i" * 16) for _ in range(5)), key=lambda one: one.envelope)
    (kept,), _ = choose([[one] for one in again], {1}, {1})
    assert kept.envelope == again[0].envelope


def test_verified_and_open_answers_are_two_pools(several: Several) -> None:
    waiting = _verified(several(19)) + _open(several(19))
    assert not pool.due(waiting)
    going, staying = pool.choose(waiting, {1}, ())
    assert (len(going), len(staying)) == (0, 38)
    waiting = _verified(several(25)) + _open(several(30))
    going, staying = pool.choose(waiting, {1}, ())
    assert Counter(one.code is not None for one in going) == {True: 15, False: 20}
    assert Counter(one.code is not None for one in staying) == {True: 10, False: 10}


@pytest.mark.parametrize(("verified", "as_open"), [(1, True), (9, True), (10, False), (30, False)])
def test_fewer_than_ten_verified_answers_go_as_open_at_the_close(
    several: Several, verified: int, as_open: bool
) -> None:
    going, staying = pool.choose(_verified(several(verified)), {1}, {1})
    assert len(going) == verified and staying == []
    assert all((one.code is None) is as_open for one in going)


def test_of_copies_of_one_answer_the_one_with_a_code_is_kept(pending: Fresh) -> None:
    copies = [Waiting(0, slot, pending(1, b"t" * 16, b"i" * 16).head) for slot in range(6)]
    with_code = Waiting(1, 0, pending(1, b"t" * 16, b"i" * 16).head, code=b"c" * 32)
    assert distinct([*copies[:3], with_code, *copies[3:]]) == [with_code]
