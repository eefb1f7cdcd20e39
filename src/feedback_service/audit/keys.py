"""Keys and passphrases where they mustn't be: unwrapped ones on the machine, any beside what they open."""

from __future__ import annotations

import base64
import binascii
import json
import os
import re
from collections.abc import Iterator
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from .files import DATABASE, opened, tables
from .model import Check, hardened, held

_SMALL = 64 * 1024
_SCALAR_BYTES = 32
_TOKEN = re.compile(rb"[0-9A-Za-z+/_-]{42,}={0,2}")
_ARGON2_KIB = 1024 * 1024
_SECRET_NAMES = re.compile(r"PASSPHRASE|PASSWORD|SECRET|TOKEN|PRIVATE_KEY")


def check_keys(folder: Path) -> list[Check]:
    """Line 14."""
    small = [path for path in sorted(folder.rglob("*")) if path.is_file() and path.stat().st_size <= _SMALL]
    public = _public_keys(folder)
    bare = [path.name for path in small if _holds_a_key(path.read_bytes(), public)]
    files = [path for path in small if path.suffix in (".key", ".cards") and path.parent.name == "keys"]
    unwrapped = [path.name for path in files if not _is_wrapped(path)]
    cheap = [path.name for path in files if path.suffix == ".key" and _is_cheap(path)]
    passphrase = os.environ.get("FEEDBACK_PASSPHRASE_FILE")
    beside = bool(passphrase) and folder.resolve() in Path(str(passphrase)).resolve().parents
    named = [name for name in os.environ if _SECRET_NAMES.search(name) and not name.endswith("_FILE")]
    own = [name for name in named if name.startswith("FEEDBACK_")]
    return [
        held(14, f"private keys in {len(small)} small files", ", ".join(bare) or "none", "none", not bare),
        held(14, "key files without a wrapping", ", ".join(unwrapped) or "none", "none", not unwrapped),
        held(14, "passphrase inside the data folder", "yes" if beside else "no", "no", not beside),
        held(14, "secrets in the environment", ", ".join(own) or "none", "none", not own),
        hardened(14, "wrapped keys on this machine", len(files), "0: keep them elsewhere", not files),
        hardened(14, "keys wrapped for less than 1 GiB", len(cheap), "0", not cheap),
    ]


def _public_keys(folder: Path) -> set[bytes]:
    """The public keys of all rounds, in the database and in files."""
    found: set[bytes] = set()
    with opened(folder / DATABASE) as database:
        columns = {table.name: dict(table.columns) for table in tables(database)}.get("round", {})
        if "public_key" in columns:
            found |= {key for (key,) in database.execute("SELECT CAST(public_key AS BLOB) FROM round")}
    return found


def _holds_a_key(content: bytes, public: set[bytes]) -> bool:
    if b"PRIVATE KEY" in content:
        return True
    return any(_public_of(scalar) in public for scalar in _scalars(content))


def _scalars(content: bytes) -> Iterator[bytes]:
    """Everything in a file that may be a private key's 32 bytes: raw, hex or base64."""
    if len(content) <= 8 * _SCALAR_BYTES:
        yield from (content[at : at + _SCALAR_BYTES] for at in range(len(content) - _SCALAR_BYTES + 1))
    for token in _TOKEN.findall(content):
        yield from _decoded(token)


def _decoded(token: bytes) -> Iterator[bytes]:
    for read in (bytes.fromhex, _from_base64):
        try:
            decoded = read(token.decode())
        except (ValueError, binascii.Error):
            continue
        if len(decoded) >= _SCALAR_BYTES:
            yield decoded[:_SCALAR_BYTES]
            yield decoded[-_SCALAR_BYTES:]


def _from_base64(text: str) -> bytes:
    return base64.urlsafe_b64decode(text.rstrip("=").replace("+", "-").replace("/", "_") + "==")


def _public_of(scalar: bytes) -> bytes:
    try:
        key = ec.derive_private_key(int.from_bytes(scalar, "big"), ec.SECP256R1())
    except ValueError:
        return b""
    return key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def _document(path: Path) -> dict[str, object]:
    try:
        found = json.loads(path.read_bytes())
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _is_wrapped(path: Path) -> bool:
    content = _document(path)
    return "wrapped" in content and content.get("cipher") == "aes-256-gcm"


def _is_cheap(path: Path) -> bool:
    derivation = _document(path).get("kdf")
    if not isinstance(derivation, dict) or derivation.get("name") != "argon2id":
        return True
    return bool(derivation.get("memory_kib", 0) < _ARGON2_KIB or derivation.get("passes", 0) < 4)
