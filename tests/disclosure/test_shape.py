"""A file of another shape is told where, and a further field is refused."""

from __future__ import annotations

import pytest

from feedback_service.disclosure.shape import Each, mismatches

SHAPE = {"n": int, "list": [str], "maybe": ([int], None), "each": Each({"z": [int]})}
GOOD = {"n": 1, "list": ["a"], "maybe": None, "each": {"q": {"z": [1]}}}


def test_the_right_shape_has_no_mismatch() -> None:
    assert list(mismatches(GOOD, SHAPE)) == []
    assert list(mismatches(GOOD | {"maybe": [2]}, SHAPE)) == []


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"n": True}, "release.n has another type than expected"),
        ({"n": 1.0}, "release.n has another type than expected"),
        ({"n": 2**53}, "release.n has another type than expected"),
        ({"n": None}, "release.n has another type than expected"),
        ({"list": ["a", 1]}, "release.list[1] has another type than expected"),
        ({"list": "a"}, "release.list is no list"),
        ({"maybe": ["a"]}, "release.maybe has another type than expected"),
        ({"each": {"q": {"z": [1], "raw": [1]}}}, "release.each.q has a further field raw"),
        ({"each": {"q": {}}}, "release.each.q lacks z"),
        ({"each": {"\ud800": {"z": [1]}}}, "release.each has a name that can't be printed"),
        ({"each": [1]}, "release.each is no object"),
        ({"each": {"q": 1}}, "release.each.q is no object"),
    ],
)
def test_a_mismatch_is_told_by_its_place(change: dict[str, object], sentence: str) -> None:
    assert list(mismatches(GOOD | change, SHAPE)) == [sentence]
