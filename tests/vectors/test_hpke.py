"""Published vectors of our HPKE suite, and a key schedule written from RFC 9180 by which they are checked.

The vectors (kem 16, kdf 1, aead 2, base mode) carry additional data, which our library's interface doesn't
take: so the key schedule below opens them, and what our code seals is opened by it too.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any

import cryptography_vectors
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from feedback_service.sealing.envelope import ENVELOPE_VERSION, info_for, suite
from feedback_service.sealing.keys import PrivateKey, PublicKey
from feedback_service.sealing.open import open_envelope
from feedback_service.sealing.plaintext import pad
from feedback_service.sealing.seal import SealingContext, seal

_KEM = b"KEM" + bytes([0, 16])
_SUITE = b"HPKE" + bytes([0, 16, 0, 1, 0, 2])


def _extract(id_: bytes, salt: bytes, label: bytes, data: bytes) -> bytes:
    return hmac.new(salt, b"HPKE-v1" + id_ + label + data, hashlib.sha256).digest()


def _expand(id_: bytes, key: bytes, label: bytes, info: bytes, length: int) -> bytes:
    labeled = length.to_bytes(2, "big") + b"HPKE-v1" + id_ + label + info
    return hmac.new(key, labeled + b"\x01", hashlib.sha256).digest()[:length]


def key_and_nonce(dh: bytes, enc: bytes, recipient: bytes, info: bytes) -> tuple[bytes, bytes]:
    """RFC 9180, sections 4.1 and 5.1, base mode."""
    shared = _expand(_KEM, _extract(_KEM, b"", b"eae_prk", dh), b"shared_secret", enc + recipient, 32)
    hashes = _extract(_SUITE, b"", b"psk_id_hash", b"") + _extract(_SUITE, b"", b"info_hash", info)
    secret = _extract(_SUITE, shared, b"secret", b"")
    context = b"\x00" + hashes
    return _expand(_SUITE, secret, b"key", context, 32), _expand(_SUITE, secret, b"base_nonce", context, 12)


def vectors() -> list[Mapping[str, Any]]:
    """The published vectors of our suite."""
    with cryptography_vectors.open_vector_file("HPKE/test-vectors.json", "r") as source:
        listed = json.load(source)
    wanted = {"mode": 0, "kem_id": 16, "kdf_id": 1, "aead_id": 2}
    return [one for one in listed if all(one[name] == value for name, value in wanted.items())]


VECTORS = vectors()


def _dh(private: bytes, public: bytes) -> bytes:
    key = ec.derive_private_key(int.from_bytes(private, "big"), ec.SECP256R1())
    return key.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), public))


def test_there_are_vectors() -> None:
    assert len(VECTORS) >= 1


@pytest.mark.parametrize("vector", VECTORS)
def test_the_key_schedule_here_gives_the_published_key_nonce_and_ciphertexts(
    vector: Mapping[str, Any],
) -> None:
    enc, recipient, info = (bytes.fromhex(vector[name]) for name in ("enc", "pkRm", "info"))
    key, nonce = key_and_nonce(_dh(bytes.fromhex(vector["skRm"]), enc), enc, recipient, info)
    assert (key.hex(), nonce.hex()) == (vector["key"], vector["base_nonce"])
    first = vector["encryptions"][0]
    sealed = AESGCM(key).encrypt(nonce, bytes.fromhex(first["pt"]), bytes.fromhex(first["aad"]))
    assert sealed.hex() == first["ct"]


@pytest.mark.parametrize("vector", VECTORS)
def test_our_library_opens_what_the_checked_key_schedule_seals_under_the_vector_s_keys(
    vector: Mapping[str, Any],
) -> None:
    enc, recipient, info = (bytes.fromhex(vector[name]) for name in ("enc", "pkRm", "info"))
    private = PrivateKey.from_bytes(bytes.fromhex(vector["skRm"]))
    assert private.public.to_bytes() == recipient
    key, nonce = key_and_nonce(_dh(bytes.fromhex(vector["skEm"]), recipient), enc, recipient, info)
    sealed = enc + AESGCM(key).encrypt(nonce, b"a message", b"")
    assert suite().decrypt(sealed, private.handle, info) == b"a message"


def test_what_our_code_seals_the_checked_key_schedule_opens() -> None:
    private = PrivateKey.generate()
    context = SealingContext("clients", "2026-Q4", bytes(32), private.public)
    envelope = seal(context, lang="de", channel="web", answers={"region": "08"})
    enc, recipient = envelope[1:66], private.public.to_bytes()
    key, nonce = key_and_nonce(_dh(private.to_bytes(), enc), enc, recipient, info_for("2026-Q4", bytes(32)))
    assert AESGCM(key).decrypt(nonce, envelope[66:], b"").startswith(b'{"answers":{"region":"08"}')


def test_an_envelope_made_by_the_checked_key_schedule_opens_as_one_of_ours() -> None:
    private, sender = PrivateKey.generate(), PrivateKey.generate()
    enc, recipient = sender.public.to_bytes(), private.public.to_bytes()
    key, nonce = key_and_nonce(
        _dh(sender.to_bytes(), recipient), enc, recipient, info_for("2026-Q4", bytes(32))
    )
    envelope = bytes([ENVELOPE_VERSION]) + enc + AESGCM(key).encrypt(nonce, pad(b"{}"), b"")
    assert open_envelope(envelope, private, "2026-Q4", bytes(32)) == b"{}"
    assert PublicKey.from_bytes(recipient).to_bytes() == recipient
