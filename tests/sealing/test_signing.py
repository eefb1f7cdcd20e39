"""The ledger's key signs hashes, always to the same bytes, and its public half tells true from false."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from feedback_service.sealing.keys import from_base64url, to_base64url
from feedback_service.sealing.signing import InvalidLedgerKey, LedgerKey, LedgerPublicKey

THIS = "sha256:" + "ab" * 32


@pytest.fixture(scope="module")
def key() -> LedgerKey:
    return LedgerKey.from_bytes(bytes(range(32)))


def test_a_signature_is_checked_with_the_public_half(key: LedgerKey) -> None:
    signature = key.sign(THIS)
    assert key.public.signed(THIS, signature)
    assert len(signature) == 86 and signature == key.sign(THIS)


def test_the_same_key_comes_back_from_its_seed(key: LedgerKey) -> None:
    assert LedgerKey.from_bytes(key.to_bytes()).sign(THIS) == key.sign(THIS)
    assert LedgerKey.generate().public != LedgerKey.generate().public


def test_the_seed_of_rfc_8032_gives_its_public_key() -> None:
    seed = bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
    public = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"
    assert LedgerKey.from_bytes(seed).public.point.hex() == public


@pytest.mark.parametrize("signature", [None, "", "AAAA", "!", to_base64url(bytes(64))])
def test_no_signature_and_rubbish_are_told_apart_from_one(key: LedgerKey, signature: str | None) -> None:
    assert not key.public.signed(THIS, signature)


def test_another_hash_and_another_key_are_refused(key: LedgerKey) -> None:
    signature = key.sign(THIS)
    assert not key.public.signed(THIS[:-1] + "c", signature)
    assert not LedgerKey.generate().public.signed(THIS, signature)
    changed = bytearray(from_base64url(signature))
    changed[5] ^= 1
    assert not key.public.signed(THIS, to_base64url(bytes(changed)))


def test_a_hash_that_was_signed_for_something_else_is_no_entry(key: LedgerKey) -> None:
    assert not key.public.signed(THIS, to_base64url(key.handle.sign(THIS.encode())))


def test_the_public_file_comes_back_and_holds_nothing_else(key: LedgerKey) -> None:
    text = key.public.as_file()
    assert LedgerPublicKey.from_file(text, "ledger.pub") == key.public
    assert set(json.loads(text)) == {"format", "public_key"}


@pytest.mark.parametrize(
    "text",
    ["", "[]", "7", "{}", '{"format": "feedback-ledger-key/1"}', '{"format": "x", "public_key": "AAAA"}'],
)
def test_another_file_is_no_public_key_and_is_named(text: str) -> None:
    with pytest.raises(InvalidLedgerKey, match=r"ledger\.pub"):
        LedgerPublicKey.from_file(text, "ledger.pub")


def test_a_public_key_of_another_length_is_refused() -> None:
    text = json.dumps({"format": "feedback-ledger-key/1", "public_key": to_base64url(bytes(31))})
    with pytest.raises(InvalidLedgerKey):
        LedgerPublicKey.from_file(text, "ledger.pub")


def test_the_signing_half_does_not_print(key: LedgerKey, shows: Callable[[object, bytes], bool]) -> None:
    assert not shows(key, key.to_bytes())
