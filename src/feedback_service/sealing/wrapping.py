"""Key files: what they hold, and how the private ones are wrapped.

One Argon2id derivation a sitting protects all keys made in it (RFC 9106); its parameters stand in each file.
What it wraps, with AES-256-GCM, is the round's private key and its release secret; the file's readable
head is authenticated with it. pyca's `BestAvailableEncryption` is never used: it is PBKDF2 with few rounds.
"""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass, field
from typing import Any

import rfc8785
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from ..errors import FeedbackError
from ..secret import Secret
from .keys import PrivateKey, PublicKey, from_base64url, to_base64url

FORMAT = "feedback-round-key/1"
CIPHER = "aes-256-gcm"
RELEASE_SECRET_BYTES = 32
_NONCE_BYTES = 12


class WrongPassphrase(FeedbackError):
    """The passphrase doesn't open this key file, or the file was changed."""

    status = 403
    code = "passphrase-wrong"
    message = "The passphrase does not open this key. Nothing was changed. Check it and try again."


class InvalidKeyFile(FeedbackError):
    """A file that is no round key of ours."""

    status = 422
    code = "key-file-invalid"
    message = "%(file)s is not a key file of a round."


class NotEnoughMemory(FeedbackError):
    """Argon2id couldn't get the memory that it was asked to use."""

    status = 500
    code = "kdf-memory"
    message = "The key derivation needs %(mib)s MiB of memory. Free some, or use another machine."


@dataclass(frozen=True, slots=True)
class Derivation:
    """Argon2id's cost: memory in KiB, passes, lanes. The default is the design's 1 GiB, 4, 4."""

    memory_kib: int = 1024 * 1024
    passes: int = 4
    lanes: int = 4


@dataclass(frozen=True, slots=True)
class WrappingKey:
    """A key derived from a passphrase; one for all keys of a sitting."""

    derivation: Derivation
    salt: bytes
    key: Secret


@dataclass(frozen=True, slots=True)
class RoundSecrets:
    """What lies with a round and is destroyed with it."""

    private_key: PrivateKey
    release_secret: Secret = field(repr=False)

    @classmethod
    def fresh(cls) -> RoundSecrets:
        """A new key and a new release secret, neither derived from anything."""
        return cls(PrivateKey.generate(), Secret(secrets.token_bytes(RELEASE_SECRET_BYTES)))


def derive(passphrase: Secret, derivation: Derivation, salt: bytes | None = None) -> WrappingKey:
    """Argon2id over the passphrase. Raises `NotEnoughMemory`."""
    salt = salt or secrets.token_bytes(16)
    function = Argon2id(
        salt=salt,
        length=32,
        iterations=derivation.passes,
        lanes=derivation.lanes,
        memory_cost=derivation.memory_kib,
    )
    try:
        return WrappingKey(derivation, salt, Secret(function.derive(passphrase.value)))
    except MemoryError:
        raise NotEnoughMemory(mib=derivation.memory_kib // 1024) from None


def public_file(survey: str, round_id: str, public_key: PublicKey) -> str:
    """The text of `SURVEY-ROUND.pub`."""
    return _json({**_head(survey, round_id), "public_key": to_base64url(public_key.to_bytes())})


def read_public_file(text: str, name: str) -> tuple[str, str, PublicKey]:
    """Survey, round and key of a `.pub` file. Raises `InvalidKeyFile`."""
    if "wrapped" in _read(text, name):
        raise InvalidKeyFile(file=name)
    return read_public_half(text, name)


def read_public_half(text: str, name: str) -> tuple[str, str, PublicKey]:
    """The same of either file: a private one shows its public half too. Raises `InvalidKeyFile`."""
    document = _read(text, name)
    try:
        key = PublicKey.from_bytes(from_base64url(document["public_key"]))
        return str(document["survey"]), str(document["round"]), key
    except (KeyError, TypeError, ValueError, AttributeError, FeedbackError):
        raise InvalidKeyFile(file=name) from None


def wrap(survey: str, round_id: str, held: RoundSecrets, wrapping: WrappingKey) -> str:
    """The text of `SURVEY-ROUND.key`."""
    head = {
        **_head(survey, round_id),
        "public_key": to_base64url(held.private_key.public.to_bytes()),
        "cipher": CIPHER,
        "kdf": {
            "name": "argon2id",
            "memory_kib": wrapping.derivation.memory_kib,
            "passes": wrapping.derivation.passes,
            "lanes": wrapping.derivation.lanes,
            "salt": to_base64url(wrapping.salt),
        },
    }
    content = held.private_key.to_bytes() + held.release_secret.value
    nonce = secrets.token_bytes(_NONCE_BYTES)
    sealed = AESGCM(wrapping.key.value).encrypt(nonce, content, rfc8785.dumps(head))
    return _json({**head, "wrapped": to_base64url(nonce + sealed)})


def unwrap(text: str, name: str, passphrase: Secret) -> tuple[str, str, RoundSecrets]:
    """Survey, round and secrets of a `.key` file. Raises `InvalidKeyFile`, `WrongPassphrase`."""
    document = _read(text, name)
    try:
        kdf = document["kdf"]
        derivation = Derivation(int(kdf["memory_kib"]), int(kdf["passes"]), int(kdf["lanes"]))
        wrapping = derive(passphrase, derivation, from_base64url(kdf["salt"]))
        wrapped = from_base64url(document["wrapped"])
        head = {key: document[key] for key in ("format", "survey", "round", "public_key", "cipher", "kdf")}
        content = AESGCM(wrapping.key.value).decrypt(
            wrapped[:_NONCE_BYTES], wrapped[_NONCE_BYTES:], rfc8785.dumps(head)
        )
    except InvalidTag:
        raise WrongPassphrase from None
    except (KeyError, TypeError, ValueError, OverflowError):
        raise InvalidKeyFile(file=name) from None
    held = RoundSecrets(
        PrivateKey.from_bytes(content[:-RELEASE_SECRET_BYTES]), Secret(content[-RELEASE_SECRET_BYTES:])
    )
    return str(document["survey"]), str(document["round"]), held


def _head(survey: str, round_id: str) -> dict[str, Any]:
    return {"format": FORMAT, "survey": survey, "round": round_id}


def _json(document: dict[str, Any]) -> str:
    return json.dumps(document, indent=1) + "\n"


def _read(text: str, name: str) -> dict[str, Any]:
    try:
        document = json.loads(text)
    except ValueError:
        raise InvalidKeyFile(file=name) from None
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise InvalidKeyFile(file=name)
    return document
