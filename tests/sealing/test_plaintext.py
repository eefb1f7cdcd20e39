"""One length for everyone, and canonical content."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from feedback_service.sealing.plaintext import (
    LONGEST_CONTENT,
    PLAINTEXT_BYTES,
    BrokenPadding,
    ContentTooLong,
    content_bytes,
    pad,
    unpad,
)


def test_the_longest_content_leaves_room_for_one_marker_byte() -> None:
    assert (PLAINTEXT_BYTES, LONGEST_CONTENT) == (3840, 3839)


def test_nothing_is_padded_to_a_marker_and_zeros() -> None:
    assert pad(b"") == b"\x80" + bytes(3839)


def test_the_longest_content_is_padded_by_the_marker_alone() -> None:
    assert pad(b"x" * 3839) == b"x" * 3839 + b"\x80"


@pytest.mark.parametrize("length", [0, 1, 1919, 3838, 3839])
def test_every_length_is_padded_to_the_same_and_comes_back(length: int) -> None:
    padded = pad(b"a" * length)
    assert len(padded) == 3840
    assert unpad(padded) == b"a" * length


@pytest.mark.parametrize("length", [3840, 3841, 10_000])
def test_content_without_room_for_the_marker_is_refused(length: int) -> None:
    with pytest.raises(ContentTooLong):
        pad(b"a" * length)


@settings(deadline=None)
@given(st.binary(max_size=3839))
@example(b"\x80")
@example(b"\x00")
@example(b"a\x80\x00\x00")
@example(b"a\x00\x80")
@example(b"\x80" * 3839)
def test_content_that_looks_like_padding_comes_back_whole(content: bytes) -> None:
    assert unpad(pad(content)) == content


@pytest.mark.parametrize(
    "plaintext",
    [
        bytes(3840),
        b"a" * 3840,
        b"a" * 3839 + b"\x81",
        b"a" * 10 + b"\x01" + bytes(3829),
        b"a\x80" + bytes(3837),
        b"a\x80" + bytes(3839),
        b"\x80",
        b"",
    ],
    ids=["no marker", "no padding", "other end", "other marker", "cut", "longer", "marker alone", "empty"],
)
def test_broken_padding_is_refused(plaintext: bytes) -> None:
    with pytest.raises(BrokenPadding):
        unpad(plaintext)


def test_content_is_canonical_json_byte_for_byte() -> None:
    content = content_bytes(
        survey="clients",
        lang="uk",
        channel="web",
        answers={"pressing": ["work", "housing"], "comment": "„Räume“\nfehlen"},
        record_key="0" * 32,
    )
    assert (
        content
        == (
            '{"answers":{"comment":"„Räume“\\nfehlen","pressing":["work","housing"]},"channel":"web","lang":"uk",'
            '"record_key":"00000000000000000000000000000000","survey":"clients","v":1}'
        ).encode()
    )


def test_the_order_in_which_answers_come_does_not_change_the_content() -> None:
    answers = {"b": "1", "a": ["2"], "c": "3"}
    backwards = dict(reversed(answers.items()))
    contents = {
        content_bytes(survey="s", lang="de", channel="web", answers=one, record_key="0" * 32)
        for one in (answers, backwards)
    }
    assert len(contents) == 1
