"""Wrapped keys: what they hold, and how a passphrase (or the cards' secret) protects it.

One Argon2id derivation a sitting protects all keys made in it (RFC 9106); its parameters stand in each file.
What it wraps, with AES-256-GCM, is all that lies with a round, or the ledger's signing key; the file's
readable head is authenticated with it. pyca's `BestAvailableEncryption` is never used: it is PBKDF2 with few
rounds.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import rfc8785
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from ..errors import FeedbackError
from ..secret import Secret
from .key_file import FORMAT, REVIEWERS_FORMAT, InvalidKeyFile, as_text, head_of, read_document
from .keys import SCALAR_BYTES, PrivateKey, from_base64url, to_base64url
from .signing import LEDGER_KEY_FORMAT, LedgerKey

CIPHER = "aes-256-gcm"
RELEASE_SECRET_BYTES = 32
_NONCE_BYTES = 12
_WRAPPED_FORMATS = (FORMAT, LEDGER_KEY_FORMAT, REVIEWERS_FORMAT)


class WrongPassphrase(FeedbackError):
    """The passphrase doesn't open this key file, or the file was changed."""

    status = 403
    code = "passphrase-wrong"
    message = "The passphrase does not open this key. Nothing was changed. Check it and try again."


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
    """What lies with a round and is destroyed with it: nothing of it is derived from anything.

    `private_key` opens the round's answers, `release_secret` draws its noise, `reviewers_key` opens its
    comments for those who review them.
    """

    private_key: PrivateKey
    release_secret: Secret = field(repr=False)
    reviewers_key: PrivateKey

    @classmethod
    def fresh(cls) -> RoundSecrets:
        """New ones, independent of each other and of every other round's."""
        secret = Secret(secrets.token_bytes(RELEASE_SECRET_BYTES))
        return cls(PrivateKey.generate(), secret, PrivateKey.generate())

    @classmethod
    def from_bytes(cls, content: bytes) -> RoundSecrets:
        """From the 96 bytes of `to_bytes`. Raises `ValueError`."""
        private, rest = content[:SCALAR_BYTES], content[SCALAR_BYTES:]
        secret, reviewers = rest[:RELEASE_SECRET_BYTES], rest[RELEASE_SECRET_BYTES:]
        if len(reviewers) != SCALAR_BYTES:
            raise ValueError("another length than a round's secrets have")
        return cls(PrivateKey.from_bytes(private), Secret(secret), PrivateKey.from_bytes(reviewers))

    def to_bytes(self) -> bytes:
        """Key, release secret and reviewers' key, 32 bytes each, for wrapping only."""
        return self.private_key.to_bytes() + self.release_secret.value + self.reviewers_key.to_bytes()


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


def derive_for(text: str, name: str, passphrase: Secret, known: Iterable[WrappingKey] = ()) -> WrappingKey:
    """The key that `passphrase` gives for a wrapped file; one of `known` where salt and cost are its own.

    So the files of one sitting cost one derivation. Raises `InvalidKeyFile`, `NotEnoughMemory`.
    """
    try:
        kdf = read_document(text, name, *_WRAPPED_FORMATS)["kdf"]
        derivation = Derivation(int(kdf["memory_kib"]), int(kdf["passes"]), int(kdf["lanes"]))
        salt = from_base64url(kdf["salt"])
        same = (one for one in known if (one.derivation, one.salt) == (derivation, salt))
        return next(same, None) or derive(passphrase, derivation, salt)
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError):
        raise InvalidKeyFile(file=name) from None


def wrap(survey: str, round_id: str, held: RoundSecrets, wrapping: WrappingKey) -> str:
    """The text of `SURVEY-ROUND.key`."""
    head = head_of(survey, round_id, held.private_key.public) | protection(wrapping)
    return lock(head, held.to_bytes(), wrapping.key)


def unwrap(text: str, name: str, opening: Secret | WrappingKey) -> tuple[str, str, RoundSecrets]:
    """Survey, round and secrets of a `.key` file, by its passphrase or what was derived from it.

    Raises `InvalidKeyFile`, `WrongPassphrase`.
    """
    document = read_document(text, name)
    try:
        survey, round_id = str(document["survey"]), str(document["round"])
        return survey, round_id, RoundSecrets.from_bytes(_content(text, name, opening))
    except (KeyError, ValueError):
        raise InvalidKeyFile(file=name) from None


def wrap_ledger_key(key: LedgerKey, wrapping: WrappingKey) -> str:
    """The text of `ledger.key`."""
    return lock(key.public.as_document() | protection(wrapping), key.to_bytes(), wrapping.key)


def unwrap_ledger_key(text: str, name: str, opening: Secret | WrappingKey) -> LedgerKey:
    """The signing key of a `ledger.key`. Raises `InvalidKeyFile`, `WrongPassphrase`."""
    read_document(text, name, LEDGER_KEY_FORMAT)
    try:
        return LedgerKey.from_bytes(_content(text, name, opening))
    except ValueError:
        raise InvalidKeyFile(file=name) from None


def lock(head: Mapping[str, Any], content: bytes, key: Secret) -> str:
    """A key file's text: `head` readable and authenticated, `content` under AES-256-GCM."""
    nonce = secrets.token_bytes(_NONCE_BYTES)
    sealed = AESGCM(key.value).encrypt(nonce, content, rfc8785.dumps(dict(head)))
    return as_text({**head, "wrapped": to_base64url(nonce + sealed)})


def unlock(document: Mapping[str, Any], name: str, key: Secret) -> bytes:
    """What `lock` wrapped. Raises `InvalidTag`, and `InvalidKeyFile` where parts are missing."""
    head = {field_name: value for field_name, value in document.items() if field_name != "wrapped"}
    try:
        wrapped = from_base64url(document["wrapped"])
        return AESGCM(key.value).decrypt(wrapped[:_NONCE_BYTES], wrapped[_NONCE_BYTES:], rfc8785.dumps(head))
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError):
        raise InvalidKeyFile(file=name) from None


def _content(text: str, name: str, opening: Secret | WrappingKey) -> bytes:
    wrapping = opening if isinstance(opening, WrappingKey) else derive_for(text, name, opening)
    try:
        return unlock(read_document(text, name, *_WRAPPED_FORMATS), name, wrapping.key)
    except InvalidTag:
        raise WrongPassphrase from None


def protection(wrapping: WrappingKey) -> dict[str, Any]:
    """The part of a head that says how the passphrase protects what follows."""
    return {
        "cipher": CIPHER,
        "kdf": {
            "name": "argon2id",
            "memory_kib": wrapping.derivation.memory_kib,
            "passes": wrapping.derivation.passes,
            "lanes": wrapping.derivation.lanes,
            "salt": to_base64url(wrapping.salt),
        },
    }
