"""Counting: each record once, whatever the order, in one process or several."""

from __future__ import annotations

import pickle
import random
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from typing import Any

import pytest

from feedback_service.surveys.questionnaire import Questionnaire, counted_questions
from feedback_service.tally.count import BATCH, count_envelopes
from feedback_service.tally.open_batch import OpeningContext
from feedback_service.tally.table import CountTable

Content = Callable[..., dict[str, Any]]
Sealed = Callable[..., bytes]
Count = Callable[..., CountTable]


@pytest.fixture
def count(survey: Questionnaire, context: OpeningContext) -> Count:
    def counted(bodies: list[bytes], executor: Executor | None = None) -> CountTable:
        return count_envelopes(survey, context, [(False, body) for body in bodies], executor).table

    return counted


@pytest.fixture(scope="module")
def many(content: Content, sealed: Sealed) -> list[bytes]:
    """More than two batches: lawful answers from three places, copies and rubbish among them."""
    draw = random.Random(5)
    bodies = []
    for number in range(BATCH * 2 + 100):
        answers = {
            "region": draw.choice(["08111", "08115", "08"]),
            "access": draw.choice(["yes", "no"]),
            "trust": draw.randint(1, 5),
            "comment": "a-marker-of-mine",
        }
        bodies.append(sealed(content(number, answers)))
    return bodies + bodies[:30] + [b"rubbish"] * 20


def test_answers_are_counted_a_region_with_no_answer_last(
    count: Count, content: Content, sealed: Sealed
) -> None:
    table = count(
        [
            sealed(content(1, {"region": "08115", "access": "no", "why": "far", "trust": 5})),
            sealed(content(2, {"region": "08115", "access": "yes", "pressing": ["work", "other"]})),
            sealed(content(3, {"region": "08115"})),
            sealed(content(4, {"region": "08", "trust": "5"})),
        ]
    )
    assert list(table.regions) == ["08", "08115"]
    kreis = table.regions["08115"]
    assert kreis.n == 3
    assert kreis.counts == {
        "access": (1, 1, 1),
        "trust": (0, 0, 0, 0, 1, 2),
        "pressing": (1, 0, 0, 1, 2),
        "why": (1, 0, 2),
    }
    assert sorted(kreis.record_keys) == [f"{number:032x}" for number in (1, 2, 3)]
    assert table.regions["08"].counts["trust"] == (0, 0, 0, 0, 1, 0)
    assert table.invalid == 0


def test_a_table_says_what_was_counted(count: Count, survey: Questionnaire) -> None:
    table = count([])
    assert (table.survey, table.round, table.audience) == ("small", "2026-Q4", "clients")
    assert table.questions == counted_questions(survey)
    assert (table.regions, table.invalid) == ({}, 0)


def test_every_single_choice_adds_up_to_the_regions_n(count: Count, many: list[bytes]) -> None:
    table = count(many)
    for region in table.regions.values():
        assert sum(region.counts["access"]) == sum(region.counts["trust"]) == region.n
        assert len(set(region.record_keys)) == region.n
    assert sum(region.n for region in table.regions.values()) == BATCH * 2 + 100


def test_copies_of_an_envelope_count_once_and_are_invalid(
    count: Count, content: Content, sealed: Sealed
) -> None:
    one, other = sealed(content(1, {"region": "08115", "access": "yes"})), sealed(content(2))
    table = count([one, other, one, one])
    assert table.regions["08115"].counts["access"] == (1, 0, 1)
    assert (table.regions["08115"].n, table.invalid) == (2, 2)


def test_copies_in_different_batches_count_once(count: Count, many: list[bytes]) -> None:
    assert count(many).invalid == 30 + 20


def test_the_first_of_two_envelopes_with_one_record_key_is_counted(
    count: Count, content: Content, sealed: Sealed
) -> None:
    first = sealed(content(1, {"region": "08115", "access": "yes"}))
    second = sealed(content(1, {"region": "08111", "access": "no"}))
    assert list(count([first, second]).regions) == ["08115"]
    assert list(count([second, first]).regions) == ["08111"]


def test_a_refused_envelope_does_not_use_up_its_record_key(
    count: Count, content: Content, sealed: Sealed
) -> None:
    wrong, right = sealed(content(1, {"region": "081"})), sealed(content(1))
    table = count([wrong, right])
    assert (table.regions["08115"].n, table.invalid) == (1, 1)


def test_rubbish_is_invalid_and_makes_no_region(count: Count, content: Content, sealed: Sealed) -> None:
    rubbish = [b"", b"x" * 3922, sealed(b"[]"), sealed(content(answers={"region": "081"}))]
    table = count(rubbish)
    assert (table.regions, table.invalid) == ({}, 4)


def test_the_order_of_the_envelopes_does_not_change_the_counts(count: Count, many: list[bytes]) -> None:
    shuffled = many.copy()
    random.Random(1).shuffle(shuffled)
    assert shuffled != many
    one, two = count(many), count(shuffled)
    assert one.invalid == two.invalid
    assert list(one.regions) == list(two.regions)
    for region, counted in one.regions.items():
        assert two.regions[region].counts == counted.counts
        assert sorted(two.regions[region].record_keys) == sorted(counted.record_keys)


def test_several_workers_give_the_same_table_as_none(count: Count, many: list[bytes]) -> None:
    with ThreadPoolExecutor(3) as executor:
        assert count(many, executor) == count(many)


def test_many_more_batches_than_workers_keep_their_order(
    count: Count, many: list[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    alone = count(many)
    monkeypatch.setattr("feedback_service.tally.count.BATCH", 40)
    with ThreadPoolExecutor(3) as executor:
        assert count(many, executor) == alone


def test_nothing_of_a_comment_or_a_language_is_in_the_table(count: Count, many: list[bytes]) -> None:
    table = count(many)
    carried = pickle.dumps(table)
    assert b"marker" not in carried
    assert "marker" not in repr(table)
    assert b"comment" not in carried
    assert table.regions["08"].n > 0


def test_progress_is_told_batch_by_batch(
    survey: Questionnaire, context: OpeningContext, many: list[bytes]
) -> None:
    for executor in (None, ThreadPoolExecutor(2)):
        told: list[int] = []
        count_envelopes(survey, context, [(False, body) for body in many], executor, told.append)
        assert told == [BATCH, BATCH, 150]
        if executor:
            executor.shutdown()


def test_envelopes_are_never_all_taken_at_once(survey: Questionnaire, context: OpeningContext) -> None:
    taken = 0
    counted: list[int] = []
    waiting: list[int] = []

    def bodies() -> Iterator[tuple[bool, bytes]]:
        nonlocal taken
        for _ in range(20 * BATCH):
            taken += 1
            yield False, b"rubbish"

    def done(number: int) -> None:
        waiting.append(taken - sum(counted))
        counted.append(number)

    with ThreadPoolExecutor(2) as executor:
        table = count_envelopes(survey, context, bodies(), executor, done).table
    assert table.invalid == sum(counted) == 20 * BATCH
    assert max(waiting) <= 8 * BATCH


def test_comments_leave_apart_from_all_else_and_once_for_each_person(
    survey: Questionnaire, context: OpeningContext, content: Content, sealed: Sealed
) -> None:
    said = [("08111", "zwei"), ("08115", "eins"), ("08111", "")]
    bodies = [
        sealed(content(number, {"region": region, **({"comment": text} if text else {})}))
        for number, (region, text) in enumerate(said)
    ]
    # The first one copied: its comment, too, counts once.
    tallied = count_envelopes(survey, context, [(False, body) for body in [*bodies, bodies[0]]])
    assert [(one.text, one.region, one.language) for one in tallied.comments] == [
        ("eins", "08115", "de"),
        ("zwei", "08111", "de"),
    ]
    assert tallied.table.invalid == 1
    assert "eins" not in repr(tallied.comments)


def test_the_order_of_comments_says_nothing_of_the_order_of_envelopes(
    survey: Questionnaire, context: OpeningContext, content: Content, sealed: Sealed
) -> None:
    bodies = [
        (False, sealed(content(number, {"region": "08111", "comment": f"text {number % 7}"})))
        for number in range(20)
    ]
    there = count_envelopes(survey, context, bodies).comments
    assert count_envelopes(survey, context, bodies[::-1]).comments == there
