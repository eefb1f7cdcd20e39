"""One fixed length for answers, tombstones and nothing alike."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

import pytest

from feedback_service.intake.slot import (
    SLOT_BYTES,
    DamagedSlot,
    Kind,
    Pending,
    answer,
    filler,
    tombstone,
    unpacked,
)
from feedback_service.sealing.envelope import ENVELOPE_BYTES

TAG, ID, ENVELOPE = b"t" * 16, b"i" * 16, b"e" * ENVELOPE_BYTES


def test_answers_tombstones_and_nothing_take_exactly_4080_bytes(pending: Callable[..., Pending]) -> None:
    assert SLOT_BYTES == 4080
    assert len(pending().packed().content) == len(tombstone(1, TAG).packed().content) == len(filler()) == 4080


def test_a_slot_gives_back_what_was_packed_into_it() -> None:
    put = answer(70_000, TAG, ID, ENVELOPE)
    assert unpacked(put.packed().content) == put
    assert put.packed().round_number == 70_000
    assert (put.round_number, put.kind, put.tag, put.id, put.envelope) == (
        70_000,
        Kind.ANSWER,
        TAG,
        ID,
        ENVELOPE,
    )


def test_a_tombstone_has_random_bytes_where_an_answer_has_its_own() -> None:
    first, second = tombstone(3, TAG), tombstone(3, TAG)
    assert (first.kind, first.round_number, first.tag) == (Kind.TOMBSTONE, 3, TAG)
    assert first.id != second.id and first.envelope != second.envelope
    assert len(first.envelope) == ENVELOPE_BYTES and len(first.id) == 16


def test_an_answer_without_a_code_has_a_random_code_field() -> None:
    first, second = answer(1, TAG, ID, ENVELOPE), answer(1, TAG, ID, ENVELOPE)
    assert len(first.code_field) == 113 and first.code_field != second.code_field


@pytest.mark.parametrize("position", [0, 4, 5, 21, 37, 150, 2000, 4071, 4072, 4079])
def test_one_flipped_bit_anywhere_is_found(position: int) -> None:
    content = bytearray(answer(1, TAG, ID, ENVELOPE).packed().content)
    content[position] ^= 1
    with pytest.raises(DamagedSlot):
        unpacked(bytes(content))


@pytest.mark.parametrize(
    "content", [b"", filler(), filler()[:-1], answer(1, TAG, ID, ENVELOPE).packed().content[:-1]]
)
def test_random_bytes_and_other_lengths_are_damage(content: bytes) -> None:
    with pytest.raises(DamagedSlot):
        unpacked(content)


def test_fillers_are_never_alike() -> None:
    assert len({filler() for _ in range(100)}) == 100


def test_a_kind_that_this_version_does_not_know_is_damage() -> None:
    body = bytearray(answer(1, TAG, ID, ENVELOPE).packed().content[:-8])
    body[4] = 9
    content = bytes(body) + hashlib.sha256(body).digest()[:8]
    with pytest.raises(DamagedSlot):
        unpacked(content)
