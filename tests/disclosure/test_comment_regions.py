"""A comment's region stands for twenty people at least, whoever they are and however they are spread."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping

from hypothesis import given, settings
from hypothesis import strategies as st

from feedback_service.disclosure.comment_regions import comment_regions
from feedback_service.regions.directory import Directory, Region, baden_wuerttemberg
from feedback_service.regions.keys import Level
from feedback_service.tally.table import CountTable

MakeTable = Callable[..., CountTable]
TREE = baden_wuerttemberg()
KREISE = [region.ags for region in TREE.at(Level.KREIS)]


def _said(make_table: MakeTable, directory: Directory, sizes: Mapping[str, int]) -> dict[str, str]:
    return dict(comment_regions(make_table(sizes), directory))


def test_a_kreis_of_20_is_named_and_one_of_19_is_not(make_table: MakeTable, directory: Directory) -> None:
    said = _said(make_table, directory, {"08115": 20, "08416": 19, "08211": 1})
    assert said == {"08115": "08115", "08416": "08", "08211": "08"}


def test_small_kreise_that_make_twenty_together_are_their_bezirk(
    make_table: MakeTable, directory: Directory
) -> None:
    sizes = {"08": 30, "08311": 11, "08315": 9, "08211": 10, "08212": 9, "08115": 30}
    assert _said(make_table, directory, sizes) == {
        "08311": "083", "08315": "083", "08211": "08", "08212": "08", "08115": "08115",
        "08": "08",
    }  # fmt: skip


def test_who_named_only_the_state_is_from_there(make_table: MakeTable, directory: Directory) -> None:
    assert _said(make_table, directory, {"08": 500, "08115": 25})["08"] == "08"


def test_the_state_isn_t_the_one_who_didn_t_say(make_table: MakeTable, directory: Directory) -> None:
    sizes = {"08115": 40, "08416": 25, "08437": 21, "08": 1}
    assert _said(make_table, directory, sizes) == {
        "08115": "08115", "08416": "08416", "08437": "08", "08": "08",
    }  # fmt: skip


def test_a_municipality_is_never_named(make_table: MakeTable, directory: Directory) -> None:
    town = Region("08115003", "Böblingen, Stadt")
    other = Region("08115045", "Sindelfingen, Stadt")
    tree = Directory.of([*directory.regions.values(), town, other])
    sizes = {town.ags: 150, other.ags: 140, "08115": 60}
    assert set(_said(make_table, tree, sizes).values()) == {"08115"}


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(st.sampled_from(KREISE), st.integers(1, 45), max_size=20))
def test_whatever_is_named_stands_for_twenty_people(make_table: MakeTable, sizes: dict[str, int]) -> None:
    said = _said(make_table, TREE, sizes)
    people: Counter[str] = Counter()
    for region, n in sizes.items():
        assert region.startswith(said[region])
        people[said[region]] += n
    assert all(n >= 20 for n in people.values()) or set(people) == {"08"}, people
