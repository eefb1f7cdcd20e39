"""The official keys: two, three, five or eight digits, each beginning with its parent's."""

from __future__ import annotations

import pytest

from feedback_service.regions.keys import InvalidRegionKey, Level, cut_to, level_of, parent_of

LEVELS = {
    "08": Level.STATE,
    "081": Level.BEZIRK,
    "08111": Level.KREIS,
    "08111000": Level.MUNICIPALITY,
}
NO_KEYS = [
    "",
    "8",
    "0811",
    "081110",
    "0811100",
    "081110000",
    "ab",
    "08a",
    "-8",
    " 8",
    "08 ",
    "٠٨",
    "²³",
    "０８",
]


@pytest.mark.parametrize(("ags", "level"), LEVELS.items())
def test_a_keys_length_tells_its_level(ags: str, level: Level) -> None:
    assert level_of(ags) is level


def test_levels_are_named_as_in_the_release_file() -> None:
    assert [str(level) for level in Level] == ["state", "bezirk", "kreis", "municipality"]


@pytest.mark.parametrize("text", NO_KEYS)
def test_other_lengths_and_other_signs_are_no_key(text: str) -> None:
    for asked in (level_of, parent_of, lambda ags: cut_to(ags, Level.STATE)):
        with pytest.raises(InvalidRegionKey):
            asked(text)


def test_an_error_repeats_no_more_than_twenty_signs() -> None:
    with pytest.raises(InvalidRegionKey) as refused:
        level_of("x" * 500)
    assert refused.value.facts == {"key": "x" * 20}


@pytest.mark.parametrize(
    ("ags", "parent"), [("08111000", "08111"), ("08111", "081"), ("081", "08"), ("08", None)]
)
def test_a_keys_parent_is_one_level_up(ags: str, parent: str | None) -> None:
    assert parent_of(ags) == parent


def test_a_key_is_cut_to_each_level_above_it_and_to_its_own() -> None:
    assert [cut_to("08116019", level) for level in Level] == ["08", "081", "08116", "08116019"]


def test_a_coarse_key_has_no_finer_level() -> None:
    assert [cut_to("081", level) for level in Level] == ["08", "081", None, None]
