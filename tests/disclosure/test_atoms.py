"""Who is counted together follows from n alone, and every record has at most one place."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedback_service.disclosure.atoms import CountOutsideDirectory, all_atoms, atoms_of
from feedback_service.disclosure.parameters import K
from feedback_service.regions.directory import Directory, Region
from feedback_service.regions.keys import Level
from feedback_service.tally.table import CountedQuestion, CountTable, PublishClass

MakeTable = Callable[..., CountTable]

BEZIRK_083 = ("08311", "08315", "08316", "08317", "08325", "08326", "08327", "08335", "08336", "08337")


def named(table: CountTable, directory: Directory, publish_class: PublishClass = "local") -> dict[str, int]:
    return {atom.id: atom.n for atom in atoms_of(table, directory, publish_class)}


def test_a_kreis_of_10_is_an_atom_and_one_of_9_is_not(make_table: MakeTable, directory: Directory) -> None:
    assert named(make_table({"08115": 10}), directory) == {"08115": 10}
    assert named(make_table({"08115": 9}), directory) == {}


def test_a_wide_question_needs_20(make_table: MakeTable, directory: Directory) -> None:
    assert named(make_table({"08115": 20}), directory, "wide") == {"08115": 20}
    assert named(make_table({"08115": 19}), directory, "wide") == {}


def test_small_kreise_of_a_bezirk_pool_from_10_and_the_pool_names_the_empty_ones_too(
    make_table: MakeTable, directory: Directory
) -> None:
    (pool,) = atoms_of(make_table({"08311": 9, "08315": 1}), directory, "local")
    assert (pool.id, pool.n) == ("083-rest", 10)
    assert set(BEZIRK_083) <= set(pool.regions)
    assert all(region.startswith("083") for region in pool.regions)
    assert pool.members == ("08311", "08315")


def test_a_bezirk_pool_of_9_is_none(make_table: MakeTable, directory: Directory) -> None:
    assert named(make_table({"08311": 8, "08315": 1}), directory) == {}


def test_what_two_bezirke_could_not_pool_pools_at_the_state(
    make_table: MakeTable, directory: Directory
) -> None:
    (pool,) = atoms_of(make_table({"08311": 5, "08415": 5}), directory, "local")
    assert (pool.id, pool.n) == ("08-rest", 10)
    assert {"08311", "08415", "08111", "08-unknown"} <= set(pool.regions)


def test_a_bezirk_that_pooled_leaves_nothing_to_the_state(
    make_table: MakeTable, directory: Directory
) -> None:
    sizes = {"08311": 9, "08315": 9, "08415": 9, "08111": 9}
    atoms = {atom.id: atom for atom in atoms_of(make_table(sizes), directory, "local")}
    assert {key: atom.n for key, atom in atoms.items()} == {"083-rest": 18, "08-rest": 18}
    assert not set(atoms["083-rest"].regions) & set(atoms["08-rest"].regions)


def test_a_pool_of_one_kreis_is_none(make_table: MakeTable) -> None:
    regions = [Region(key, key) for key in ("08", "081", "08111")]
    assert named(make_table({"08111": 9, "08": 0}), Directory.of(regions)) == {}


def test_what_is_still_left_is_in_no_atom(make_table: MakeTable, directory: Directory) -> None:
    assert named(make_table({"08115": 50, "08311": 4, "08415": 5}), directory) == {"08115": 50}


def test_not_wanting_to_say_is_an_atom_of_its_own_from_k(make_table: MakeTable, directory: Directory) -> None:
    (atom,) = atoms_of(make_table({"08": 10}), directory, "local")
    assert (atom.id, atom.regions, atom.members) == ("08-unknown", ("08-unknown",), ("08",))


def test_not_wanting_to_say_pools_at_the_state_like_a_small_kreis(
    make_table: MakeTable, directory: Directory
) -> None:
    (pool,) = atoms_of(make_table({"08": 9, "08311": 1}), directory, "local")
    assert (pool.id, pool.n, pool.members) == ("08-rest", 10, ("08", "08311"))
    assert "08-unknown" in pool.regions


def test_the_class_state_is_one_atom_of_all_records_from_20(
    make_table: MakeTable, directory: Directory
) -> None:
    (atom,) = atoms_of(make_table({"08": 1, "08115042": 10, "08415": 9}), directory, "state")
    assert (atom.id, atom.regions, atom.n) == ("08", ("08",), 20)
    assert atoms_of(make_table({"08115": 19}), directory, "state") == ()


def test_municipalities_count_for_their_kreis(make_table: MakeTable, directory: Directory) -> None:
    (atom,) = atoms_of(make_table({"08115": 4, "08115042": 3, "08115001": 3}), directory, "local")
    assert (atom.id, atom.regions, atom.n) == ("08115", ("08115",), 10)
    assert atom.members == ("08115", "08115001", "08115042")


def test_a_large_kreis_is_cut_into_parts_in_both_classes(make_table: MakeTable, directory: Directory) -> None:
    table = make_table({"08115": 40, "08115042": 160})
    for publish_class in ("local", "wide"):
        atoms = atoms_of(table, directory, publish_class)
        assert [(atom.id, atom.regions) for atom in atoms] == [
            ("08115-rest", ("08115",)),
            ("08115042", ("08115042",)),
        ]


def test_another_state_gets_its_own_prefix(make_table: MakeTable) -> None:
    regions = [Region(key, key) for key in ("09", "091", "09161", "09162", "092", "09261")]
    atoms = atoms_of(make_table({"09161": 5, "09261": 3, "09": 2}), Directory.of(regions), "local")
    assert [(atom.id, atom.n) for atom in atoms] == [("09-rest", 10)]
    assert "09-unknown" in atoms[0].regions


@pytest.mark.parametrize("region", ["083", "09", "09161", "08999", "08999001", "nowhere"])
def test_records_without_a_kreis_in_the_directory_are_refused_without_naming_it(
    make_table: MakeTable, directory: Directory, region: str
) -> None:
    with pytest.raises(CountOutsideDirectory) as refused:
        atoms_of(make_table({"08115": 20, region: 1}), directory, "local")
    assert region not in str(refused.value)


def test_a_class_without_questions_has_no_atoms(make_table: MakeTable, directory: Directory) -> None:
    question = CountedQuestion("q", "select_one", ("a", "_none"), "wide")
    atoms = all_atoms(make_table({"08115": 50}, questions=[question]), directory)
    assert {atom.publish_class for atom in atoms} == {"wide"}


KEYS = ("08", "08111", "08111042", "08111043", "08115", "08212", "08311", "08315", "08415", "08437")
SIZES = st.dictionaries(
    st.sampled_from(KEYS), st.one_of(st.integers(0, 25), st.integers(150, 260)), max_size=len(KEYS)
)


@settings(max_examples=60, deadline=None)
@given(sizes=SIZES, publish_class=st.sampled_from(["local", "wide", "state"]))
def test_every_atom_reaches_k_and_no_record_is_in_two(
    make_table: MakeTable, directory: Directory, sizes: dict[str, int], publish_class: PublishClass
) -> None:
    atoms = atoms_of(make_table(sizes), directory, publish_class)
    members = [member for atom in atoms for member in atom.members]
    regions = [region for atom in atoms for region in atom.regions]
    assert all(atom.n >= K[publish_class] for atom in atoms)
    assert all(atom.n == sum(sizes[member] for member in atom.members) for atom in atoms)
    assert len(set(members)) == len(members) and len(set(regions)) == len(regions)
    left = sum(sizes.values()) - sum(atom.n for atom in atoms)
    assert left < K[publish_class]


@settings(max_examples=40, deadline=None)
@given(sizes=SIZES, seed=st.integers(1, 1000))
def test_other_answers_of_the_same_people_give_the_same_atoms(
    make_table: MakeTable, directory: Directory, sizes: dict[str, int], seed: int
) -> None:
    assert all_atoms(make_table(sizes), directory) == all_atoms(make_table(sizes, seed=seed), directory)


def test_every_kreis_is_in_exactly_one_pool_when_nobody_answers_enough(
    make_table: MakeTable, directory: Directory
) -> None:
    sizes = {kreis.ags: 2 for kreis in directory.at(Level.KREIS)}
    atoms = atoms_of(make_table(sizes), directory, "local")
    assert [atom.id for atom in atoms] == ["081-rest", "082-rest", "083-rest", "084-rest"]
    assert sorted(region for atom in atoms for region in atom.regions) == sorted(sizes)
