"""Where codes are used, verified answers alone decide who is counted together; figures hold all answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedback_service.disclosure.atoms import all_atoms, atoms_of
from feedback_service.disclosure.check import problems
from feedback_service.disclosure.ledger import GENESIS, append, read_table
from feedback_service.disclosure.noise import ReleaseSecret
from feedback_service.disclosure.protect import protect
from feedback_service.disclosure.protected import CodeFigures
from feedback_service.disclosure.release import Chain, build_release
from feedback_service.disclosure.sound import UnsoundCount
from feedback_service.regions.directory import Directory
from feedback_service.tally.table import CountTable

MakeTable = Callable[..., CountTable]


def _with_codes(table: CountTable, verified: Mapping[str, int], contested: int = 0) -> CountTable:
    regions = {name: replace(count, verified=verified.get(name, 0)) for name, count in table.regions.items()}
    return replace(table, regions=regions, by_verified=True, contested=contested)


def _named(table: CountTable, directory: Directory) -> dict[str, int]:
    return {atom.id: atom.n for atom in atoms_of(table, directory, "local")}


def test_invented_answers_make_no_group_around_somebody(make_table: MakeTable, directory: Directory) -> None:
    flooded = make_table({"08115": 5000, "08116": 9})
    assert _named(_with_codes(flooded, {"08115": 1, "08116": 9}), directory) == {"081-rest": 5009}
    assert _named(_with_codes(flooded, {"08115": 10}), directory) == {"08115": 5000}


def test_a_district_with_ten_verified_answers_is_a_group_of_all_its_answers(
    make_table: MakeTable, directory: Directory
) -> None:
    table = make_table({"08115": 37})
    assert _named(_with_codes(table, {"08115": 9}), directory) == {}
    assert _named(_with_codes(table, {"08115": 10}), directory) == {"08115": 37}


def test_the_state_s_own_group_needs_verified_answers_too(
    make_table: MakeTable, directory: Directory
) -> None:
    table = make_table({"08115": 100})
    few = _with_codes(table, {"08115": 9})
    assert atoms_of(few, directory, "state") == ()
    enough = _with_codes(table, {"08115": 30})
    assert [atom.n for atom in atoms_of(enough, directory, "state")] == [100]


def test_a_kreis_is_cut_by_its_verified_answers(make_table: MakeTable, directory: Directory) -> None:
    table = make_table({"08115001": 400, "08115002": 400, "08115003": 2})
    assert _named(_with_codes(table, {"08115001": 99, "08115002": 100}), directory) == {"08115": 802}
    cut = _with_codes(table, {"08115001": 110, "08115002": 100})
    assert _named(cut, directory) == {"08115001": 400, "08115-rest": 402}


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(st.sampled_from(["08111", "08115", "08116", "08415", "08416", "08"]),
                       st.tuples(st.integers(1, 60), st.integers(0, 60))))  # fmt: skip
def test_every_record_is_in_one_group_at_most_whatever_is_verified(
    make_table: MakeTable, directory: Directory, places: dict[str, tuple[int, int]]
) -> None:
    table = make_table({region: n for region, (n, _) in places.items()})
    verified = {region: min(n, of_them) for region, (n, of_them) in places.items()}
    for atom_class in ("local", "wide"):
        atoms = [
            one
            for one in all_atoms(_with_codes(table, verified), directory)
            if one.publish_class == atom_class
        ]
        members = [member for atom in atoms for member in atom.members]
        assert len(members) == len(set(members))
        assert all(atom.n == sum(table.regions[member].n for member in atom.members) for atom in atoms)


def test_the_release_says_the_state_s_totals_of_codes_and_holds_before_the_checker(
    make_table: MakeTable, directory: Directory, secret: ReleaseSecret
) -> None:
    table = _with_codes(
        make_table({"08115": 300, "08116": 40, "08416": 15}), {"08115": 210, "08116": 9, "08416": 12}, 4
    )
    protected = protect(table, directory, secret)
    entries = append(GENESIS, protected, 1)
    assert read_table(entries) == protected
    assert protected.codes == CodeFigures(verified=231, contested=4)
    release = _release(protected, directory, entries)
    assert release["codes"] == {"verified": 231, "contested": 4}
    assert problems(release) == []
    assert "verified" not in str({key: value for key, value in release.items() if key != "codes"})
    release["codes"]["verified"] = -1
    assert problems(release) == ["a number of codes is below zero"]
    release["codes"] = {"verified": 231, "contested": 4, "by_region": 1}
    assert problems(release) == ["release.codes has a further field by_region"]


def _release(protected: Any, directory: Directory, entries: Any) -> dict[str, Any]:
    return build_release(protected, directory, issue=1, issued="2027-01-04", chain=Chain.of(entries))


def test_without_codes_the_release_has_no_such_field(
    make_table: MakeTable, directory: Directory, secret: ReleaseSecret
) -> None:
    protected = protect(make_table({"08115": 30}), directory, secret)
    assert "codes" not in _release(protected, directory, append(GENESIS, protected, 1))


def test_more_verified_than_there_are_is_refused(
    make_table: MakeTable, directory: Directory, secret: ReleaseSecret
) -> None:
    with pytest.raises(UnsoundCount):
        protect(_with_codes(make_table({"08115": 30}), {"08115": 31}), directory, secret)
