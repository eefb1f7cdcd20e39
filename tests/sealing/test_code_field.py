"""A code field has one length, opens for the mix alone, and looks the same with and without a code."""

from __future__ import annotations

import secrets

import pytest

from feedback_service.sealing.code_field import CODE_FIELD_BYTES, MAC_BYTES, open_code, seal_code
from feedback_service.sealing.keys import PrivateKey


def test_a_field_has_113_bytes_and_opens_to_what_was_sealed() -> None:
    key, mac = PrivateKey.generate(), secrets.token_bytes(MAC_BYTES)
    field = seal_code(key.public, mac)
    assert len(field) == CODE_FIELD_BYTES == 113
    assert open_code([key], field) == mac
    assert mac not in field


def test_no_code_is_sealed_as_random_bytes_of_the_same_length() -> None:
    key = PrivateKey.generate()
    fields = [seal_code(key.public, None) for _ in range(4)]
    assert {len(field) for field in fields} == {CODE_FIELD_BYTES}
    assert len({open_code([key], field) for field in fields}) == 4


def test_any_of_several_keys_opens_and_another_one_does_not() -> None:
    keys = [PrivateKey.generate() for _ in range(3)]
    field = seal_code(keys[2].public, b"m" * MAC_BYTES)
    assert open_code(keys, field) == b"m" * MAC_BYTES
    assert open_code(keys[:2], field) is None
    assert open_code([], field) is None


@pytest.mark.parametrize("place", [0, 30, 66, 112])
def test_a_changed_field_does_not_open(place: int) -> None:
    key = PrivateKey.generate()
    field = bytearray(seal_code(key.public, b"m" * MAC_BYTES))
    field[place] ^= 1
    assert open_code([key], bytes(field)) is None


def test_random_bytes_open_to_nothing() -> None:
    assert open_code([PrivateKey.generate()], secrets.token_bytes(CODE_FIELD_BYTES)) is None


def test_a_hash_of_another_length_is_refused() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        seal_code(PrivateKey.generate().public, b"short")
