"""What one spool slot holds: one fixed length for answers, tombstones and nothing alike.

Layout, 4,080 bytes: round number (4) ‖ kind (1) ‖ tag (16) ‖ id (16) ‖ code field (113) ‖ envelope (3,922)
‖ checksum (8). Two slots fill a page of 8,192 bytes to the byte. A nullable or shorter field would let
slots on one page be ordered (measured: 64 % of the pairs).
"""

from __future__ import annotations

import hashlib
import secrets
import struct
from dataclasses import dataclass
from enum import IntEnum

from ..sealing.code_field import CODE_FIELD_BYTES
from ..sealing.envelope import ENVELOPE_BYTES

ID_BYTES = 16
CHECKSUM_BYTES = 8
_LAYOUT = struct.Struct(f">IB{ID_BYTES}s{ID_BYTES}s{CODE_FIELD_BYTES}s{ENVELOPE_BYTES}s")
# Enough of the random part to tell any two apart.
_BEGINNING_BYTES = 32
SLOT_BYTES = _LAYOUT.size + CHECKSUM_BYTES


class Kind(IntEnum):
    """What a slot is used for."""

    ANSWER = 1
    TOMBSTONE = 2


_KINDS = frozenset(Kind)


class DamagedSlot(ValueError):
    """A used slot whose checksum is wrong: the disk or another program changed it."""


@dataclass(frozen=True, slots=True)
class Packed:
    """The bytes of one slot, and the round whose close may refuse them."""

    round_number: int
    content: bytes


@dataclass(frozen=True, slots=True)
class Head:
    """What a mix must know of a waiting thing to decide about it; `beginning` are an envelope's first bytes.

    Not the envelope: a million of them would take four gigabytes of memory.
    """

    round_number: int
    kind: Kind
    tag: bytes
    id: bytes
    code_field: bytes
    beginning: bytes


@dataclass(frozen=True, slots=True)
class Pending:
    """One thing that waits for the mix. A tombstone has random bytes for id and envelope."""

    round_number: int
    kind: Kind
    tag: bytes
    id: bytes
    code_field: bytes
    envelope: bytes

    @property
    def head(self) -> Head:
        """The same without its envelope."""
        beginning = self.envelope[:_BEGINNING_BYTES]
        return Head(self.round_number, self.kind, self.tag, self.id, self.code_field, beginning)

    def packed(self) -> Packed:
        """As it goes into a slot."""
        content = _LAYOUT.pack(
            self.round_number, self.kind, self.tag, self.id, self.code_field, self.envelope
        )
        return Packed(self.round_number, content + _checksum(content))


def answer(
    round_number: int, tag: bytes, id_: bytes, envelope: bytes, code_field: bytes | None = None
) -> Pending:
    """A sealed answer. Where nobody has codes its code field is random bytes."""
    field = code_field or secrets.token_bytes(CODE_FIELD_BYTES)
    return Pending(round_number, Kind.ANSWER, tag, id_, field, envelope)


def tombstone(round_number: int, tag: bytes) -> Pending:
    """The wish that every answer of `tag` be deleted, of an answer's length."""
    return Pending(
        round_number,
        Kind.TOMBSTONE,
        tag,
        secrets.token_bytes(ID_BYTES),
        secrets.token_bytes(CODE_FIELD_BYTES),
        secrets.token_bytes(ENVELOPE_BYTES),
    )


def unpacked(content: bytes) -> Pending:
    """Read a used slot. Raises `DamagedSlot`."""
    body = content[:-CHECKSUM_BYTES]
    if len(content) != SLOT_BYTES or content[-CHECKSUM_BYTES:] != _checksum(body):
        raise DamagedSlot
    number, kind, tag, id_, code_field, envelope = _LAYOUT.unpack(body)
    if kind not in _KINDS:
        raise DamagedSlot
    return Pending(number, Kind(kind), tag, id_, code_field, envelope)


def filler() -> bytes:
    """The content of a slot that holds nothing."""
    return secrets.token_bytes(SLOT_BYTES)


def _checksum(content: bytes) -> bytes:
    return hashlib.sha256(content).digest()[:CHECKSUM_BYTES]
