"""Rows are sums of atoms, and where the atoms are is all that decides which rows there are."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedback_service.disclosure.protect import ProtectedTable
from feedback_service.disclosure.rows import Row, rows_of

MakeProtected = Callable[..., ProtectedTable]


def by_place(table: ProtectedTable, publish_class: str = "local") -> dict[tuple[str, str], list[str]]:
    rows = rows_of(table, "08")
    return {
        (row.level, row.region): [atom.id for atom in row.atoms]
        for row in rows
        if row.publish_class == publish_class
    }


def test_every_level_holds_the_atoms_wholly_inside(
    make_protected: MakeProtected, many_sizes: Mapping[str, int]
) -> None:
    cut = ["08111-rest", "08111042"]
    bezirk_081 = ["081-rest", *cut, "08115", "08116"]
    assert by_place(make_protected(many_sizes)) == {
        ("state", "08"): ["08-rest", *bezirk_081, "08212", "08215", "083-rest"],
        ("bezirk", "081"): bezirk_081,
        ("bezirk", "082"): ["08212", "08215"],
        ("bezirk", "083"): ["083-rest"],
        ("kreis", "08111"): cut,
        ("kreis", "08115"): ["08115"],
        ("kreis", "08116"): ["08116"],
        ("kreis", "08212"): ["08212"],
        ("kreis", "08215"): ["08215"],
        ("municipality", "08111042"): ["08111042"],
        ("pool", "08-rest"): ["08-rest"],
        ("pool", "081-rest"): ["081-rest"],
        ("pool", "083-rest"): ["083-rest"],
    }


def test_the_class_state_has_the_state_row_only(
    make_protected: MakeProtected, many_sizes: Mapping[str, int]
) -> None:
    assert by_place(make_protected(many_sizes), "state") == {("state", "08"): ["08"]}


def test_not_wanting_to_say_is_seen_at_the_state_only(make_protected: MakeProtected) -> None:
    assert by_place(make_protected({"08": 15})) == {("state", "08"): ["08-unknown"]}


def test_rows_stand_by_class_then_level_then_region(
    make_protected: MakeProtected, many_sizes: Mapping[str, int]
) -> None:
    rows = rows_of(make_protected(many_sizes), "08")
    levels = ["state", "bezirk", "kreis", "municipality", "pool"]
    classes = ["local", "wide", "state"]

    def order(row: Row) -> tuple[int, int, str]:
        return classes.index(row.publish_class), levels.index(row.level), row.region

    assert list(rows) == sorted(rows, key=order)


def test_a_row_knows_nothing_of_questions_of_another_class(make_protected: MakeProtected) -> None:
    row = rows_of(make_protected({"08115": 30}), "08")[0]
    with pytest.raises(KeyError):
        row.noisy("housing")


@settings(max_examples=30, deadline=None)
@given(
    sizes=st.dictionaries(
        st.sampled_from(["08", "08111", "08111042", "08111043", "08115", "08311", "08315", "08415"]),
        st.one_of(st.integers(0, 30), st.integers(150, 260)),
    )
)
def test_every_row_is_the_sum_of_its_atoms(make_protected: MakeProtected, sizes: dict[str, int]) -> None:
    table = make_protected(sizes)
    for row in rows_of(table, "08"):
        assert row.n == sum(atom.n for atom in row.atoms)
        for question in row.atoms[0].noisy:
            cells = [atom.noisy[question] for atom in row.atoms]
            assert row.noisy(question) == tuple(sum(cell) for cell in zip(*cells, strict=True))


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(1, 10_000))
def test_other_answers_of_the_same_people_give_the_same_rows(
    make_protected: MakeProtected, many_sizes: dict[str, int], seed: int
) -> None:
    one, two = make_protected(many_sizes), make_protected(many_sizes, seed=seed)
    for publish_class in ("local", "wide", "state"):
        assert by_place(one, publish_class) == by_place(two, publish_class)
