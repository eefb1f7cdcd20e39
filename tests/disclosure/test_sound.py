"""A count that contradicts itself is refused before anything is drawn."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from feedback_service.disclosure.sound import UnsoundCount, check_sound
from feedback_service.tally.table import CountedQuestion, CountTable

MakeTable = Callable[..., CountTable]


def with_counts(table: CountTable, question: str, counts: tuple[int, ...]) -> CountTable:
    region = table.regions["08115"]
    changed = replace(region, counts={**region.counts, question: counts})
    return replace(table, regions={**table.regions, "08115": changed})


def test_an_ordinary_count_is_sound(make_table: MakeTable) -> None:
    check_sound(make_table({"08115": 12, "08": 1}))


def test_a_count_without_records_is_sound(make_table: MakeTable) -> None:
    check_sound(make_table({}))


@pytest.mark.parametrize(
    ("question", "counts"),
    [
        ("trust", (12, 1, 0, 0, 0, 0)),
        ("trust", (13, -1, 0, 0, 0, 0)),
        ("trust", (12, 0, 0, 0, 0)),
        ("helped_by", (13, 0, 0, 0)),
        ("helped_by", (-1, 0, 0, 0)),
    ],
)
def test_counts_that_do_not_add_up_are_refused_by_question(
    make_table: MakeTable, question: str, counts: tuple[int, ...]
) -> None:
    with pytest.raises(UnsoundCount, match=question):
        check_sound(with_counts(make_table({"08115": 12}), question, counts))


def test_a_record_counted_twice_is_refused(make_table: MakeTable) -> None:
    table = make_table({"08115": 12, "08116": 12})
    twin = replace(table.regions["08116"], record_keys=table.regions["08115"].record_keys)
    with pytest.raises(UnsoundCount, match="record stands twice"):
        check_sound(replace(table, regions={**table.regions, "08116": twin}))


def test_a_region_filed_under_another_key_is_refused(make_table: MakeTable) -> None:
    table = make_table({"08115": 12})
    with pytest.raises(UnsoundCount):
        check_sound(replace(table, regions={"08116": table.regions["08115"]}))


@pytest.mark.parametrize(
    "question",
    [
        CountedQuestion("q", "select_one", ("a", "b"), "local"),
        CountedQuestion("q", "select_one", ("_none",), "local"),
        CountedQuestion("q", "select_one", ("_none", "a", "_none"), "local"),
        CountedQuestion("q", "select_one", ("a", "a", "_none"), "local"),
        CountedQuestion("q", "select_one", ("1", "2", "3", "_none"), "local", scale=True),
        CountedQuestion("q", "select_multiple", ("1", "2", "3", "4", "5", "_none"), "local", scale=True),
    ],
)
def test_a_question_without_none_at_its_end_or_with_an_odd_scale_is_refused(
    make_table: MakeTable, question: CountedQuestion
) -> None:
    with pytest.raises(UnsoundCount):
        check_sound(make_table({"08115": 12}, questions=[question]))


def test_two_questions_of_one_name_are_refused(make_table: MakeTable) -> None:
    question = CountedQuestion("q", "select_one", ("a", "_none"), "local")
    with pytest.raises(UnsoundCount, match="question stands twice"):
        check_sound(make_table({}, questions=[question, question]))
