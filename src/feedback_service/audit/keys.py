"""Keys and passphrases where they mustn't be: unwrapped ones on the machine, any beside what they open."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from shamir_mnemonic.wordlist import WORDLIST

from .key_search import KeyLook
from .model import Check, Store, hardened, none_of
from .search import Needles, as_bytes, files_below, search

_SMALL = 64 * 1024
# The mix's own key, which opens code fields until the next mix; it opens no answer.
_MIX_KEY = "mix/code.key"
_ARGON2_KIB = 1024 * 1024
_NAMED = re.compile(
    rb'["\']?(private_key|private|release_secret|reviewers_key|secret_key|seed|passphrase)["\']?'
    rb'\s*[:=]\s*["\']?[^"\'\s{}\[\],]{8,}',
    re.IGNORECASE,
)
_WRAPPED_FILE = re.compile(rb'"wrapped"\s*:\s*"[0-9A-Za-z_-]{40,}')
_CARD_WORDS = 20
_WORDS = frozenset(WORDLIST)
_SHORTEST_PASSPHRASE = 8
# Tables that hold more than sealed or hashed bytes.
_OPEN_TABLES = ("round", "survey", "ledger", "release", "region", "alembic_version")


def check_keys(folder: Path, look: KeyLook, store: Store | None) -> list[Check]:
    """Line 14 about the data folder and the database."""
    small = [path for path in files_below(folder) if _size(path) <= _SMALL]
    bare = [path.name for path in small if _is_bare(path, folder, look)]
    files = [
        path
        for path in small
        if path.suffix in (".key", ".cards", ".reviewers") and path.parent.name == "keys"
    ]
    unwrapped = [path.name for path in files if not _is_wrapped(path)]
    cheap = [path.name for path in files if path.suffix in (".key", ".reviewers") and _is_cheap(path)]
    readable = [
        path.name for path in [*files, folder / _MIX_KEY] if path.exists() and path.stat().st_mode & 0o77
    ]
    inside = sorted(_in_tables(store, look)) if store else []
    return [
        none_of(14, f"private keys in {len(small)} small files", bare),
        none_of(14, "private keys in the database", inside),
        none_of(14, "key files without a wrapping", unwrapped),
        none_of(14, "trustees' cards in the data folder", [path.name for path in small if _is_card(path)]),
        hardened(14, "key files that others may read", ", ".join(readable) or "none", "none", not readable),
        hardened(14, "wrapped keys on this machine", len(files), "0: keep them elsewhere", not files),
        hardened(14, "keys wrapped for less than 1 GiB", len(cheap), "0", not cheap),
    ]


def check_keys_elsewhere(also: Sequence[Path], look: KeyLook) -> list[Check]:
    """Line 14 about other folders, layers of images among them."""
    if not also:
        return []
    bare = [*search(also, look).hits]
    cards = [str(path) for one in also for path in files_below(one) if _is_card(path)]
    wrapped = [*search(also, _Pattern(_WRAPPED_FILE)).hits]
    found = ", ".join(map(str, wrapped[:3])) or "none"
    return [
        none_of(14, f"private keys below --also ({len(look)} public ones)", bare),
        none_of(14, "trustees' cards below --also", cards),
        hardened(14, "wrapped keys below --also", found, "none", not wrapped),
    ]


def check_passphrase(folders: Sequence[Path]) -> list[Check]:
    """Line 14 about the passphrase itself, where this process may read it."""
    name = os.environ.get("FEEDBACK_PASSPHRASE_FILE")
    if not name or not Path(name).is_file() or not os.access(name, os.R_OK):
        return []
    passphrase = Path(name).read_bytes().rstrip(b"\r\n")
    if len(passphrase) < _SHORTEST_PASSPHRASE:
        text = f"shorter than {_SHORTEST_PASSPHRASE} letters"
        return [hardened(14, "passphrase", text, f"≥ {_SHORTEST_PASSPHRASE}", False)]
    own = str(Path(name).resolve())
    hits = [
        hit
        for hit in search(folders, Needles([passphrase], piece=64)).hits
        if str(Path(hit).resolve()) != own
    ]
    return [none_of(14, "the passphrase in files", hits)]


class _Pattern:
    """Looks for a pattern."""

    def __init__(self, pattern: re.Pattern[bytes]) -> None:
        self._pattern = pattern

    def in_(self, content: bytes) -> bool:
        """Whether it is in `content`."""
        return bool(self._pattern.search(content))


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return _SMALL + 1


def _is_bare(path: Path, folder: Path, look: KeyLook) -> bool:
    if str(path.relative_to(folder)) == _MIX_KEY:
        return False
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return False
    return b"PRIVATE KEY" in content or bool(_NAMED.search(content)) or look.in_(content)


def _in_tables(store: Store, look: KeyLook) -> Iterator[str]:
    with store.opened() as database:
        for table in database.tables():
            if table.name not in _OPEN_TABLES:
                continue
            names = [name for name, _declared in table.columns]
            for row in database.select(table.name, names):
                for name, value in zip(names, row, strict=True):
                    if isinstance(value, bytes | str) and look.in_(as_bytes(value)):
                        yield f"{table.name}.{name}"


def _is_card(path: Path) -> bool:
    """Whether a small text holds a SLIP-39 card: twenty words of its list in a row."""
    if _size(path) > 4 * _SMALL:
        return False
    text = re.sub(r"<[^>]*>|&[a-z]+;|[0-9.,;:]", " ", path.read_bytes().decode("utf-8", "ignore"))
    row = 0
    for word in text.lower().split():
        row = row + 1 if word in _WORDS else 0
        if row >= _CARD_WORDS:
            return True
    return False


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
