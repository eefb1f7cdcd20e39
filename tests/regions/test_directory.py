"""The tree of regions: what is shipped, what an operator's file may hold, and how a bad one is refused."""

from __future__ import annotations

import pytest

from feedback_service.regions.directory import (
    Directory,
    InvalidRegionFile,
    Region,
    UnknownRegion,
    baden_wuerttemberg,
    read_regions,
)
from feedback_service.regions.keys import Level

# As the brief lists them: each Bezirk's Kreise by their last two digits.
KREISE = {
    "081": "11 15 16 17 18 19 21 25 26 27 28 35 36",
    "082": "11 12 15 16 21 22 25 26 31 35 36 37",
    "083": "11 15 16 17 25 26 27 35 36 37",
    "084": "15 16 17 21 25 26 35 36 37",
}


@pytest.fixture(scope="module")
def shipped() -> Directory:
    return baden_wuerttemberg()


def test_the_shipped_tree_is_one_state_four_bezirke_and_44_kreise(shipped: Directory) -> None:
    sizes = {level: len(list(shipped.at(level))) for level in Level}
    assert sizes == {Level.STATE: 1, Level.BEZIRK: 4, Level.KREIS: 44, Level.MUNICIPALITY: 0}
    assert len(shipped.regions) == 49


def test_the_shipped_kreise_are_the_official_ones(shipped: Directory) -> None:
    assert [bezirk.ags for bezirk in shipped.children("08")] == list(KREISE)
    for bezirk, ends in KREISE.items():
        assert [kreis.ags for kreis in shipped.children(bezirk)] == [bezirk + end for end in ends.split()]


@pytest.mark.parametrize(
    ("ags", "name"),
    [
        ("08", "Baden-Württemberg"),
        ("08111", "Stuttgart (Stadtkreis)"),
        ("08121", "Heilbronn (Stadtkreis)"),
        ("08125", "Heilbronn (Landkreis)"),
        ("08311", "Freiburg im Breisgau (Stadtkreis)"),
        ("08326", "Schwarzwald-Baar-Kreis"),
        ("08437", "Sigmaringen"),
    ],
)
def test_shipped_regions_have_their_official_names(shipped: Directory, ags: str, name: str) -> None:
    assert shipped[ags].name == name


def test_no_two_shipped_regions_have_the_same_name(shipped: Directory) -> None:
    names = [region.name for region in shipped.regions.values()]
    assert len(set(names)) == len(names)


def test_the_state_is_the_root(shipped: Directory) -> None:
    assert shipped.state == Region("08", "Baden-Württemberg")
    assert shipped.state.level is Level.STATE


def test_a_directory_without_a_state_says_so() -> None:
    with pytest.raises(UnknownRegion):
        _ = Directory.of([]).state


def test_regions_are_found_by_key_and_only_by_key(shipped: Directory) -> None:
    assert "08115" in shipped
    assert "08115000" not in shipped
    assert "Böblingen" not in shipped
    with pytest.raises(UnknownRegion, match="08999"):
        _ = shipped["08999"]
    with pytest.raises(UnknownRegion):
        shipped.children("09")


def test_a_kreis_without_municipalities_has_no_children(shipped: Directory) -> None:
    assert shipped.children("08115") == ()


def test_an_orphan_municipality_is_refused_and_its_missing_kreis_is_named(shipped: Directory) -> None:
    with pytest.raises(UnknownRegion, match="08199"):
        shipped.merged_with([Region("08199001", "Nirgendwo")])


def test_a_tree_may_come_in_any_order() -> None:
    rows = [Region("08111", "C"), Region("08", "A"), Region("081", "B")]
    assert Directory.of(rows).regions == Directory.of(reversed(rows)).regions
    assert [region.ags for region in Directory.of(rows).regions.values()] == ["08", "081", "08111"]


def test_municipalities_are_added_and_names_replaced_without_touching_the_old_tree(
    shipped: Directory,
) -> None:
    more = [Region("08115003", "Böblingen"), Region("08115", "Landkreis Böblingen")]
    merged = shipped.merged_with(more)
    assert merged.children("08115") == (Region("08115003", "Böblingen"),)
    assert merged["08115"].name == "Landkreis Böblingen"
    assert shipped["08115"].name == "Böblingen"
    assert shipped.children("08115") == ()
    assert len(merged.regions) == 50


def test_the_tree_cannot_be_changed_in_place(shipped: Directory) -> None:
    with pytest.raises(TypeError):
        shipped.regions["09"] = Region("09", "Bayern")  # type: ignore[index]


@pytest.mark.parametrize(
    "text",
    [
        "ags,name\n08,Baden-Württemberg\n08115,Böblingen\n",
        "ags;name\n08;Baden-Württemberg\n08115;Böblingen\n",
        "\ufeffags;name\r\n08;Baden-Württemberg\r\n08115;Böblingen\r\n",
        "\ufeffAGS , Name\n08, Baden-Württemberg \n 08115,Böblingen",
        'name,ags,inhabitants\n"Baden-Württemberg","08",11\nBöblingen,08115,0\n',
        "ags,name\n\n08,Baden-Württemberg\n\n08115,Böblingen\n\n",
        'ags;name\n08;"Baden-Württemberg"\n"08115";Böblingen',
    ],
    ids=["commas", "semicolons", "BOM and CRLF", "spaces", "other columns", "empty lines", "quotes"],
)
def test_a_regions_file_is_read_as_spreadsheets_write_it(text: str) -> None:
    assert read_regions(text) == [Region("08", "Baden-Württemberg"), Region("08115", "Böblingen")]


def test_a_name_may_hold_a_comma_where_semicolons_separate() -> None:
    assert read_regions("ags;name\n08111;Stuttgart, Landeshauptstadt\n") == [
        Region("08111", "Stuttgart, Landeshauptstadt")
    ]


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("", 1, "columns ags and name"),
        ("key,name\n08,A\n", 1, "columns ags and name"),
        ("ags\n08\n", 1, "columns ags and name"),
        ("ags,name\n", 2, "no regions"),
        ("ags,name\n08,A\n0811,B\n", 3, "“0811” is not a region key: it has 2, 3, 5 or 8 digits"),
        ("ags,name\n8,A\n", 2, "“8” is not a region key"),
        ("ags,name\n08,A\n081,\n", 3, "name is empty"),
        ("ags,name\n08,A\n081,  \n", 3, "name is empty"),
        ("ags,name\n08\n", 2, "name is empty"),
        ("ags,name\n08,A\n081,B\n08,A\n", 4, "08 stands twice"),
        ("ags,name\n,A\n", 2, "is not a region key"),
    ],
)
def test_a_bad_regions_file_is_refused_with_its_line_and_the_reason(
    text: str, line: int, reason: str
) -> None:
    with pytest.raises(InvalidRegionFile) as refused:
        read_regions(text)
    assert refused.value.facts["line"] == line
    assert reason in str(refused.value.facts["reason"])
    assert f"Line {line} of the regions file" in str(refused.value)
    assert ".." not in str(refused.value)


@pytest.mark.parametrize("text", ["ags,name\n\n\n08,A\n0,B\n", 'ags,name\n\n08,"A\nB"\n0,C\n'])
def test_the_line_that_is_named_is_the_files_line(text: str) -> None:
    with pytest.raises(InvalidRegionFile) as refused:
        read_regions(text)
    assert refused.value.facts["line"] == 5


@pytest.mark.parametrize(
    "text",
    ["ags,name\n08," + "x" * 140_000, 'ags,name\n08,"A\n081,B\n08111,C\n'],
    ids=["huge name", "a quote that never closes"],
)
def test_a_file_that_csv_cannot_read_is_refused_with_a_sentence(text: str) -> None:
    with pytest.raises(InvalidRegionFile):
        read_regions(text)


def test_lines_that_end_in_a_carriage_return_alone_are_lines() -> None:
    assert read_regions("ags,name\r08,A\r081,B\r") == [Region("08", "A"), Region("081", "B")]
