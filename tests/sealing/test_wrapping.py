"""Key files: opened by their passphrase alone, refused when changed, silent about what they hold."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from typing import Any

import pytest

from feedback_service.sealing.key_file import InvalidKeyFile, public_file, read_public_file
from feedback_service.sealing.keys import PrivateKey, from_base64url, to_base64url
from feedback_service.sealing.signing import LedgerKey
from feedback_service.sealing.wrapping import (
    Derivation,
    NotEnoughMemory,
    RoundSecrets,
    WrappingKey,
    WrongPassphrase,
    derive,
    derive_for,
    lock,
    unwrap,
    unwrap_ledger_key,
    wrap,
    wrap_ledger_key,
)
from feedback_service.secret import Secret

SMALL = Derivation(8 * 1024, 1, 1)
PASSPHRASE = Secret("früh am Morgen".encode())
NAME = "clients-2026-Q4.key"


@pytest.fixture(scope="module")
def wrapping() -> WrappingKey:
    return derive(PASSPHRASE, SMALL)


@pytest.fixture(scope="module")
def held() -> RoundSecrets:
    return RoundSecrets.fresh()


@pytest.fixture(scope="module")
def key_file(held: RoundSecrets, wrapping: WrappingKey) -> str:
    return wrap("clients", "2026-Q4", held, wrapping)


def _changed(text: str, key: str, value: object) -> str:
    """The file with one value replaced; `kdf.salt` names an inner one."""
    document: dict[str, Any] = json.loads(text)
    *outer, last = key.split(".")
    inner = document[outer[0]] if outer else document
    inner[last] = value
    return json.dumps(document)


def test_a_wrapped_key_comes_back_with_its_passphrase(key_file: str, held: RoundSecrets) -> None:
    survey, round_id, found = unwrap(key_file, NAME, PASSPHRASE)
    assert (survey, round_id) == ("clients", "2026-Q4")
    assert found.private_key.to_bytes() == held.private_key.to_bytes()
    assert found.release_secret == held.release_secret
    assert found.reviewers_key.to_bytes() == held.reviewers_key.to_bytes()


@pytest.mark.parametrize("number", [0, 64, 95, 97, 128])
def test_a_wrapped_part_of_another_length_is_no_rounds_key(wrapping: WrappingKey, number: int) -> None:
    head = json.loads(wrap("clients", "2026-Q4", RoundSecrets.fresh(), wrapping))
    del head["wrapped"]
    with pytest.raises(InvalidKeyFile):
        unwrap(lock(head, b"\x01" * number, wrapping.key), NAME, PASSPHRASE)


def test_the_ledgers_key_is_wrapped_in_the_same_way(wrapping: WrappingKey) -> None:
    key = LedgerKey.generate()
    text = wrap_ledger_key(key, wrapping)
    assert unwrap_ledger_key(text, "ledger.key", PASSPHRASE).to_bytes() == key.to_bytes()
    assert to_base64url(key.to_bytes()) not in text
    with pytest.raises(WrongPassphrase):
        unwrap_ledger_key(text, "ledger.key", Secret(b"wrong"))
    with pytest.raises(WrongPassphrase):
        other = LedgerKey.generate().public.as_document()["public_key"]
        unwrap_ledger_key(_changed(text, "public_key", other), "ledger.key", PASSPHRASE)


def test_neither_kind_of_key_is_taken_for_the_other(key_file: str, wrapping: WrappingKey) -> None:
    with pytest.raises(InvalidKeyFile):
        unwrap_ledger_key(key_file, NAME, PASSPHRASE)
    with pytest.raises(InvalidKeyFile):
        unwrap(wrap_ledger_key(LedgerKey.generate(), wrapping), NAME, PASSPHRASE)


def test_what_was_derived_before_is_used_again_only_for_the_same_salt_and_cost(
    key_file: str, held: RoundSecrets, wrapping: WrappingKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = wrap("clients", "2026-Q4", held, derive(PASSPHRASE, SMALL))
    assert derive_for(other, NAME, PASSPHRASE, [wrapping]) != wrapping
    monkeypatch.setattr("feedback_service.sealing.wrapping.derive", lambda *_: pytest.fail("derived again"))
    assert derive_for(key_file, NAME, PASSPHRASE, [wrapping]) is wrapping
    assert unwrap(key_file, NAME, wrapping)[2].to_bytes() == held.to_bytes()


@pytest.mark.parametrize("passphrase", ["", "fruh am Morgen", "früh am morgen", "früh am Morgen "])
def test_another_passphrase_does_not_open_it(key_file: str, passphrase: str) -> None:
    with pytest.raises(WrongPassphrase):
        unwrap(key_file, NAME, Secret(passphrase.encode()))


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("survey", "counsellors"),
        ("round", "2027-Q1"),
        ("kdf.name", "scrypt"),
        ("kdf.memory_kib", 16 * 1024),
        ("kdf.passes", 2),
        ("kdf.lanes", 2),
        ("kdf.salt", to_base64url(bytes(16))),
        ("kdf.more", 1),
    ],
)
def test_a_changed_head_is_refused(key_file: str, key: str, value: object) -> None:
    with pytest.raises(WrongPassphrase):
        unwrap(_changed(key_file, key, value), NAME, PASSPHRASE)


@pytest.mark.parametrize("at", [0, 11, 12, 50, -1])
def test_a_flipped_bit_in_the_wrapped_part_is_refused(key_file: str, at: int) -> None:
    wrapped = bytearray(from_base64url(json.loads(key_file)["wrapped"]))
    wrapped[at] ^= 1
    with pytest.raises(WrongPassphrase):
        unwrap(_changed(key_file, "wrapped", to_base64url(bytes(wrapped))), NAME, PASSPHRASE)


@pytest.mark.parametrize("text", ["", "{", "[]", "null", "5", "{}", '{"format": "other/1"}', "\x00"])
def test_a_file_of_another_kind_is_refused_by_name(text: str) -> None:
    with pytest.raises(InvalidKeyFile, match="clients-2026-Q4"):
        unwrap(text, NAME, PASSPHRASE)
    with pytest.raises(InvalidKeyFile, match="clients-2026-Q4"):
        read_public_file(text, NAME)


@pytest.mark.parametrize("key", ["survey", "round", "kdf", "wrapped", "format"])
def test_a_file_that_lacks_a_part_is_refused(key_file: str, key: str) -> None:
    document = json.loads(key_file)
    del document[key]
    with pytest.raises(InvalidKeyFile):
        unwrap(json.dumps(document), NAME, PASSPHRASE)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("kdf", []),
        ("kdf.memory_kib", "much"),
        ("kdf.memory_kib", None),
        ("kdf.memory_kib", 1),
        ("kdf.lanes", 0),
        ("kdf.salt", "A"),
        ("kdf.salt", 5),
        ("wrapped", 5),
        ("wrapped", "AAAA"),
        ("wrapped", "not base64url!"),
    ],
)
def test_a_file_with_parts_of_another_kind_is_refused(key_file: str, key: str, value: object) -> None:
    with pytest.raises((InvalidKeyFile, WrongPassphrase)):
        unwrap(_changed(key_file, key, value), NAME, PASSPHRASE)


@pytest.mark.parametrize("key", ["kdf.memory_kib", "kdf.passes", "kdf.lanes"])
@pytest.mark.parametrize("value", [-1, 1 << 40])
def test_a_cost_that_no_machine_knows_is_refused(key_file: str, key: str, value: int) -> None:
    with pytest.raises(InvalidKeyFile):
        unwrap(_changed(key_file, key, value), NAME, PASSPHRASE)


def test_a_cut_file_is_refused(key_file: str) -> None:
    with pytest.raises(InvalidKeyFile):
        unwrap(key_file[: len(key_file) // 2], NAME, PASSPHRASE)


def test_a_key_file_says_what_it_is_and_how_it_was_derived(key_file: str) -> None:
    document = json.loads(key_file)
    assert document["format"] == "feedback-round-key/1"
    assert (document["survey"], document["round"], document["cipher"]) == (
        "clients",
        "2026-Q4",
        "aes-256-gcm",
    )
    kdf = {key: value for key, value in document["kdf"].items() if key != "salt"}
    assert kdf == {"name": "argon2id", "memory_kib": 8192, "passes": 1, "lanes": 1}
    assert len(from_base64url(document["kdf"]["salt"])) == 16


def held_parts(held: RoundSecrets) -> tuple[bytes, bytes, bytes]:
    return held.private_key.to_bytes(), held.release_secret.value, held.reviewers_key.to_bytes()


def test_a_key_file_shows_nothing_of_what_it_holds(
    key_file: str, held: RoundSecrets, wrapping: WrappingKey
) -> None:
    wrapped = from_base64url(json.loads(key_file)["wrapped"])
    for secret in (*held_parts(held), wrapping.key.value):
        assert secret not in wrapped
        assert secret.hex() not in key_file
        assert to_base64url(secret) not in key_file
        assert base64.b64encode(secret).decode() not in key_file


def test_one_derivation_protects_all_keys_of_a_sitting(wrapping: WrappingKey) -> None:
    rounds = ("2026-Q4", "2027-Q1")
    held = {name: RoundSecrets.fresh() for name in rounds}
    files = {name: wrap("clients", name, held[name], wrapping) for name in rounds}
    salts = {json.loads(text)["kdf"]["salt"] for text in files.values()}
    nonces = {from_base64url(json.loads(text)["wrapped"])[:12] for text in files.values()}
    assert len(salts) == 1
    assert len(nonces) == 2
    for name, text in files.items():
        assert unwrap(text, NAME, PASSPHRASE)[2].release_secret == held[name].release_secret


def test_another_sitting_has_another_salt_and_another_key(wrapping: WrappingKey) -> None:
    again = derive(PASSPHRASE, SMALL)
    assert again.salt != wrapping.salt
    assert again.key != wrapping.key


def test_the_same_passphrase_and_salt_give_the_same_key(wrapping: WrappingKey) -> None:
    assert derive(PASSPHRASE, SMALL, wrapping.salt).key == wrapping.key


def test_the_cost_without_a_choice_is_one_gibibyte_four_passes_four_lanes() -> None:
    assert Derivation() == Derivation(memory_kib=1 << 20, passes=4, lanes=4)


def test_a_machine_without_the_memory_is_told_how_much_is_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    class Starved:
        def __init__(self, **_: object) -> None:
            pass

        def derive(self, _passphrase: bytes) -> bytes:
            raise MemoryError

    monkeypatch.setattr("feedback_service.sealing.wrapping.Argon2id", Starved)
    with pytest.raises(NotEnoughMemory, match="1024 MiB"):
        derive(PASSPHRASE, Derivation())


def test_two_fresh_rounds_share_no_secret() -> None:
    one, two = RoundSecrets.fresh(), RoundSecrets.fresh()
    assert one.private_key.to_bytes() != two.private_key.to_bytes()
    assert one.release_secret != two.release_secret
    assert one.release_secret.value != one.private_key.to_bytes()
    assert len(one.release_secret.value) == 32
    scalars = {held.to_bytes() for pair in (one, two) for held in (pair.private_key, pair.reviewers_key)}
    assert len(scalars) == 4


def test_a_public_file_comes_back(held: RoundSecrets) -> None:
    public = held.private_key.public
    survey, round_id, key = read_public_file(public_file("clients", "2026-Q4", public), "a.pub")
    assert (survey, round_id, key.to_bytes()) == ("clients", "2026-Q4", public.to_bytes())


@pytest.mark.parametrize("value", ["", "AAAA", "!", to_base64url(b"\x04" + bytes(64))])
def test_a_public_file_without_a_point_is_refused(held: RoundSecrets, value: str) -> None:
    text = public_file("clients", "2026-Q4", held.private_key.public)
    with pytest.raises(InvalidKeyFile, match=r"a\.pub"):
        read_public_file(_changed(text, "public_key", value), "a.pub")


def test_a_public_file_whose_key_is_a_number_is_refused(held: RoundSecrets) -> None:
    text = public_file("clients", "2026-Q4", held.private_key.public)
    with pytest.raises(InvalidKeyFile):
        read_public_file(_changed(text, "public_key", 5), "a.pub")


def test_a_private_key_file_is_no_public_one(key_file: str) -> None:
    with pytest.raises(InvalidKeyFile):
        read_public_file(key_file, NAME)


def test_secrets_do_not_print(
    held: RoundSecrets, wrapping: WrappingKey, shows: Callable[[object, bytes], bool]
) -> None:
    private = held.private_key.to_bytes()
    release = held.release_secret.value
    assert not shows(held, private)
    assert not shows(held, release)
    assert not shows(held.release_secret, release)
    assert not shows(wrapping, wrapping.key.value)
    assert not shows(PASSPHRASE, PASSPHRASE.value)
    assert str(PASSPHRASE) == "Secret(…)"


def test_a_refusal_shows_no_secret(key_file: str, shows: Callable[[object, bytes], bool]) -> None:
    wrong = Secret(b"not the passphrase at all")
    with pytest.raises(WrongPassphrase) as refused:
        unwrap(key_file, NAME, wrong)
    assert not shows(refused.value, wrong.value)
    assert refused.value.__cause__ is None
    assert PrivateKey.__name__ not in str(refused.value)
