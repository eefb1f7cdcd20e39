"""A large Kreis is cut so that every part, the remainder included, has at least 30 records."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from feedback_service.disclosure.municipalities import cut

KREIS = "08115"


def sizes_of(*towns: int, own: int = 0) -> dict[str, int]:
    named = {f"{KREIS}{number:03d}": n for number, n in enumerate(towns, start=1)}
    return {**named, **({KREIS: own} if own else {})}


def parts_of(*towns: int, own: int = 0) -> dict[str, int]:
    sizes = sizes_of(*towns, own=own)
    return {part.id: sum(sizes[member] for member in part.members) for part in cut(KREIS, sizes)}


def test_a_kreis_of_199_stays_whole_and_one_of_200_is_cut() -> None:
    assert parts_of(100, 99) == {}
    assert parts_of(100, 100) == {"08115001": 100, "08115002": 100}


def test_a_kreis_whose_records_name_no_municipality_stays_whole() -> None:
    assert parts_of(own=500) == {}


def test_a_kreis_of_one_municipality_and_nothing_else_stays_whole() -> None:
    assert parts_of(500) == {}


def test_records_that_name_only_the_kreis_are_the_remainder() -> None:
    assert parts_of(170, own=30) == {"08115001": 170, "08115-rest": 30}


def test_a_municipality_of_29_joins_the_remainder_and_one_of_30_does_not() -> None:
    assert parts_of(29, 30, 100, own=50) == {"08115002": 30, "08115003": 100, "08115-rest": 79}


def test_a_remainder_below_30_takes_in_the_smallest_municipality_next_however_large() -> None:
    assert parts_of(90, 80, 70, own=1) == {"08115001": 90, "08115002": 80, "08115-rest": 71}
    assert parts_of(90, 80, 70, 5) == {"08115001": 90, "08115002": 80, "08115-rest": 75}


def test_a_remainder_that_swallows_all_but_itself_leaves_the_kreis_whole() -> None:
    assert parts_of(199, own=1) == {}
    assert parts_of(*[20] * 12) == {}


def test_ties_are_merged_by_key() -> None:
    assert parts_of(80, 80, 80, own=10) == {"08115002": 80, "08115003": 80, "08115-rest": 90}


def test_the_remainder_is_published_under_the_kreis_and_does_not_name_what_it_holds() -> None:
    rest = next(part for part in cut(KREIS, sizes_of(100, 100, 3, 27)) if part.id == "08115-rest")
    assert (rest.region, rest.members) == (KREIS, ("08115003", "08115004"))


@given(st.lists(st.integers(1, 250), max_size=12), st.integers(0, 250))
def test_every_part_has_30_records_and_every_record_one_part(towns: list[int], own: int) -> None:
    sizes = sizes_of(*towns, own=own)
    parts = cut(KREIS, sizes)
    if parts:
        assert len(parts) > 1
        assert sorted(member for part in parts for member in part.members) == sorted(sizes)
        assert all(sum(sizes[member] for member in part.members) >= 30 for part in parts)


def test_towns_where_only_unverified_people_answered_are_in_a_remainder_large_enough() -> None:
    assert cut(KREIS, {"08115001": 250, "08115002": 0}) == ()
    parts = cut(KREIS, {"08115001": 150, "08115002": 120, "08115003": 40, "08115004": 0})
    assert [(part.id, part.members) for part in parts] == [
        ("08115-rest", ("08115003", "08115004")),
        ("08115001", ("08115001",)),
        ("08115002", ("08115002",)),
    ]
