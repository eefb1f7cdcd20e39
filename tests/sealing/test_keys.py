"""Keys travel as exact bytes, and the private half never prints."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedback_service.sealing.keys import (
    InvalidPublicKey,
    PrivateKey,
    PublicKey,
    from_base64url,
    to_base64url,
)

# The generator of P-256 (SEC 2, 2.4.2): the public key of the private key 1.
GENERATOR = bytes.fromhex(
    "04"
    "6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"
    "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5"
)


@settings(deadline=None)
@given(st.binary(max_size=70))
def test_base64url_gives_back_the_bytes_without_padding(data: bytes) -> None:
    text = to_base64url(data)
    assert not set(text) & set("=+/")
    assert from_base64url(text) == data


def test_base64url_uses_the_alphabet_for_urls() -> None:
    assert to_base64url(b"\xfb\xff\xfe") == "-__-"
    assert from_base64url("-__-") == b"\xfb\xff\xfe"


@pytest.mark.parametrize(
    "text",
    ["A", "AAAAA", "AA==", "+//+", "-__-\n", " -__-", "-_ _-", "AB", "AAB", "ÄÄÄÄ", "\ud800AAA", "-_!-"],
    ids=[
        "one character", "five characters", "padding", "the other alphabet", "line feed", "leading space",
        "inner space", "loose bits", "loose bits in three", "not ASCII", "surrogate", "other sign",
    ],
)  # fmt: skip
def test_anything_but_exact_base64url_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"base64url|ASCII"):
        from_base64url(text)


def test_a_public_key_comes_back_from_its_65_bytes(private_key: PrivateKey) -> None:
    point = private_key.public.to_bytes()
    assert len(point) == 65
    assert PublicKey.from_bytes(point).to_bytes() == point


def test_the_public_key_of_one_is_the_generator_of_p256() -> None:
    assert PrivateKey.from_bytes(bytes(31) + b"\x01").public.to_bytes() == GENERATOR


@pytest.mark.parametrize(
    "point",
    [
        b"",
        b"\x00",
        GENERATOR[:-1],
        GENERATOR + b"\x00",
        b"\x03" + GENERATOR[1:33],
        b"\x04" + bytes(64),
        GENERATOR[:-1] + b"\xf6",
        b"\x02" + GENERATOR[1:],
    ],
    ids=["empty", "infinity", "cut", "longer", "compressed", "zero", "off the curve", "wrong kind"],
)
def test_bytes_that_are_no_point_are_no_public_key(point: bytes) -> None:
    with pytest.raises(InvalidPublicKey):
        PublicKey.from_bytes(point)


def test_a_private_key_comes_back_from_its_32_bytes() -> None:
    private_key = PrivateKey.generate()
    again = PrivateKey.from_bytes(private_key.to_bytes())
    assert again.public.to_bytes() == private_key.public.to_bytes()


def test_a_small_private_key_still_has_32_bytes() -> None:
    assert PrivateKey.from_bytes(bytes(31) + b"\x05").to_bytes() == bytes(31) + b"\x05"


def test_two_generated_keys_are_independent() -> None:
    assert PrivateKey.generate().to_bytes() != PrivateKey.generate().to_bytes()


def test_a_private_key_does_not_print(
    private_key: PrivateKey, shows: Callable[[object, bytes], bool]
) -> None:
    assert not shows(private_key, private_key.to_bytes())
    assert "0x" not in repr(private_key)


def test_what_looks_for_a_secret_in_print_would_find_it(shows: Callable[[object, bytes], bool]) -> None:
    secret = bytes(range(40, 72))
    assert all(shows(form, secret) for form in (secret, secret.hex(), to_base64url(secret), list(secret)))
