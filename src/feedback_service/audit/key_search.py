"""Recognises private keys by their public halves, in whatever shape they stand in a file or a variable."""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from .model import Store, columns_of
from .search import as_bytes

_SCALAR_BYTES = 32
# Bytes without any frame are tried at every place of a file that is no longer.
_TRIED_EVERYWHERE = 1024
_TOKEN = re.compile(rb"(?<![0-9A-Za-z+/_-])[0-9A-Za-z+/_-]{42,700}={0,2}")
_BLOCK = re.compile(rb"-----BEGIN [A-Z ]*PRIVATE KEY-----\s*([0-9A-Za-z+/=\s\\rn]{40,4000})")
# How SEC 1 and PKCS 8 announce 32 bytes of a private key.
_ANNOUNCED = re.compile(rb"(?:\x02\x01\x01\x04\x20|\x04\x22\x04\x20)(.{32})", re.DOTALL)
_NUMBER = re.compile(rb"(?<![0-9A-Fa-f])(?:0x)?([0-9]{70,78}|[0-9A-Fa-f]{2}(?:[: ][0-9A-Fa-f]{2}){31,33})")


class KeyLook:
    """Looks for the private halves of these public keys (65 bytes of P-256, 32 of Ed25519)."""

    def __init__(self, public: Iterable[bytes]) -> None:
        self._public = frozenset(public)
        self._tried: dict[bytes, bool] = {}

    def __len__(self) -> int:
        return len(self._public)

    def in_(self, content: bytes) -> bool:
        """Whether one of them is in `content`."""
        if not self._public:
            return False
        return any(self.is_(scalar) for scalar in _scalars(content))

    def is_(self, scalar: bytes) -> bool:
        """Whether these 32 bytes are one of them."""
        if scalar not in self._tried:
            self._tried[scalar] = bool({_point_of(scalar), _ed25519_of(scalar)} & self._public)
        return self._tried[scalar]


def public_keys(folder: Path, store: Store | None) -> set[bytes]:
    """All public keys that an installation shows, in its database and in files."""
    found: set[bytes] = set()
    if store is not None:
        with store.opened() as database:
            if "public_key" in columns_of(database, "round"):
                found |= {as_bytes(key) for (key,) in database.select("round", ["public_key"])}
    for path in [*folder.glob("keys/*"), *folder.glob("spool/code.pub")]:
        try:
            content = path.read_bytes()
        except OSError:
            # The search of all files tells that it can't be read.
            continue
        found |= {content} if len(content) in (65, 32) else set()
        for value in _strings(content):
            found |= {key for key in _decoded(value) if len(key) in (65, 32)}
    return found


def _strings(content: bytes) -> Iterator[bytes]:
    """Everything that a JSON file calls a public key."""
    try:
        document = json.loads(content)
    except ValueError:
        return
    waiting = [document]
    while waiting:
        one = waiting.pop()
        for name, value in one.items() if isinstance(one, dict) else enumerate(one):
            if isinstance(value, dict | list):
                waiting.append(value)
            elif isinstance(value, str) and "public" in str(name):
                yield value.encode()


def _scalars(content: bytes) -> Iterator[bytes]:
    """Everything that may be a private key's 32 bytes: raw, announced, hex, base64, PEM, a number."""
    if len(content) <= _TRIED_EVERYWHERE and not content.isascii():
        yield from (content[at : at + _SCALAR_BYTES] for at in range(len(content) - _SCALAR_BYTES + 1))
    yield from (found[1] for found in _ANNOUNCED.finditer(content))
    for block in _BLOCK.finditer(content):
        for decoded in _decoded(re.sub(rb"\s|\\[rn]", b"", block[1])):
            yield from (found[1] for found in _ANNOUNCED.finditer(decoded))
    for token in _TOKEN.finditer(content):
        for decoded in _decoded(token[0]):
            if len(decoded) >= _SCALAR_BYTES:
                yield from {decoded[:_SCALAR_BYTES], decoded[-_SCALAR_BYTES:]}
    for number in _NUMBER.finditer(content):
        digits = re.sub(rb"[: ]", b"", number[1])
        value = int(digits) if digits.isdigit() and len(digits) > 66 else int(digits[-64:], 16)
        if value.bit_length() <= 8 * _SCALAR_BYTES:
            yield value.to_bytes(_SCALAR_BYTES, "big")


def _decoded(token: bytes) -> Iterator[bytes]:
    for read in (bytes.fromhex, _from_base64):
        try:
            yield read(token.decode())
        except (ValueError, binascii.Error):
            continue


def _from_base64(text: str) -> bytes:
    return base64.urlsafe_b64decode(text.rstrip("=").replace("+", "-").replace("/", "_") + "==")


def _point_of(scalar: bytes) -> bytes:
    try:
        key = ec.derive_private_key(int.from_bytes(scalar, "big"), ec.SECP256R1())
    except ValueError:
        return b""
    return key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def _ed25519_of(seed: bytes) -> bytes:
    return Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()
