"""Which stored row belongs to which known answer, by everything that an examiner with root may have."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Mapping, Sequence

from .known import Known
from .model import Row, Store, columns_of
from .search import as_bytes
from .slots import Slot

# Gives the place of the known answer in the order of arrival, or `None`.
Match = Callable[[Row], int | None]

_HALF = 8


def match_rows(store: Store, known: Sequence[Known], texts_of: Mapping[bytes, str]) -> Match:
    """Match rows of the store: by their own bytes, by the mixing keys of open rounds, by opened envelopes.

    `texts_of` gives what came out of an envelope, for those that were opened.
    """
    by_key = _keys(store, known)
    needles = [(place, text) for place, one in enumerate(known) for text in _texts(one)]
    markers = {marker: place for place, one in enumerate(known) for marker in one.markers}

    def match(row: Row) -> int | None:
        for value in row:
            if isinstance(value, bytes) and value in by_key:
                return by_key[value]
            if isinstance(value, bytes) and value in texts_of:
                content = texts_of[value]
                return next((place for marker, place in markers.items() if marker in content), None)
        whole = b"\0".join(map(as_bytes, row))
        # Sealed rows of one length hold nothing to be found; this is for stores that hold more.
        if len(needles) > 0 and not _looks_sealed(row):
            return next((place for place, text in needles if text in whole), None)
        return None

    return match


def match_slots(known: Sequence[Known]) -> Match:
    """Match slots of a spool, in which the form's tag stands readable until the mix."""
    by_tag = {one.tag: place for place, one in enumerate(known) if one.tag}

    def match(row: Row) -> int | None:
        number, used, content = row
        return by_tag.get(Slot(number, content).tag) if used and isinstance(content, bytes) else None

    return match


def _keys(store: Store, known: Sequence[Known]) -> dict[bytes, int]:
    """The key that each known answer has in each round whose mixing key still lies in the database."""
    with store.opened() as database:
        if "mixing_key" not in columns_of(database, "round"):
            return {}
        secrets = [as_bytes(key) for (key,) in database.select("round", ["mixing_key"])]
    return {
        _half(secret, one.tag) + _half(secret, one.tag + one.id): place
        for secret in secrets
        if any(secret)
        for place, one in enumerate(known)
        if one.tag and one.id
    }


def _half(secret: bytes, message: bytes) -> bytes:
    return hmac.new(secret, message, hashlib.sha256).digest()[:_HALF]


def _texts(one: Known) -> list[bytes]:
    return [*(marker.encode() for marker in one.markers), *([one.tag] if one.tag else [])]


def _looks_sealed(row: Row) -> bool:
    return any(isinstance(value, bytes) and len(value) > 1000 and value[:2] == b"\x01\x04" for value in row)
