"""The noise of one question in one atom: drawn from a secret and the atom's content, hence only once.

The same records give the same noise however often a count runs. A record has a new key whenever it is
sealed, so one changed answer gives other noise in the whole question. It is bound to the atom's content, not
to the cell's: keys per cell are what makes the detection of single changes possible. Streams are HMAC-SHA256
(RFC 2104) in counter mode.
"""

from __future__ import annotations

import hmac
import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from itertools import count, islice
from typing import Final

from ..surveys.categories import Kind
from .thresholds import Thresholds

VERSION: Final = "v1"
_FIELD_END: Final = "\x1f"
_MESSAGE_END: Final = "\x1e"


class ReleaseSecret:
    """32 random bytes of a round, kept and destroyed with the round's key. Never prints itself.

    Whoever holds it and a release can take the noise off again. Raises `ValueError` on another length.
    """

    __slots__ = ("_value",)

    def __init__(self, value: bytes) -> None:
        if len(value) != 32:
            raise ValueError("a release secret has 32 bytes")
        self._value = bytes(value)

    def __repr__(self) -> str:
        return "ReleaseSecret(…)"

    def reveal(self) -> bytes:
        """The bytes, for wrapping them with the round's key; nothing else should ask."""
        return self._value

    def mac(self, message: bytes) -> bytes:
        """HMAC-SHA256 of a message under this secret, 32 bytes."""
        return hmac.digest(self._value, message, "sha256")


@dataclass(frozen=True, slots=True)
class Subject:
    """What a draw is bound to. `n` counts the atom's records, `records` is their `record_digest`."""

    survey: str
    round: str
    audience: str
    atom: str
    issue: int
    question: str
    n: int
    records: str

    def message(self) -> bytes:
        """The fields with 0x1f between and 0x1e behind, UTF-8.

        Raises `ValueError` where a field holds a separator: two subjects could share a message.
        """
        fields = (
            *(VERSION, self.survey, self.round, self.audience, self.atom),
            *(str(self.issue), self.question, str(self.n), self.records),
        )
        if any(mark in value for value in fields for mark in (_FIELD_END, _MESSAGE_END)):
            raise ValueError("a name holds a separator of the noise message")
        return (_FIELD_END.join(fields) + _MESSAGE_END).encode()


def record_digest(record_keys: Iterable[str]) -> str:
    """SHA-256 (hex) over a set of record keys (lower-case hex), sorted, with LF between."""
    return sha256("\n".join(sorted(record_keys)).encode()).hexdigest()


def uniform_integers(secret: ReleaseSecret, message: bytes) -> Iterator[int]:
    """Integers of 0 … 2**64 - 1 without end: block c is the MAC of message ‖ uint32be(c), read big-endian."""
    for block in count():
        yield from struct.unpack(">4Q", secret.mac(message + struct.pack(">I", block)))


def draw(
    secret: ReleaseSecret, subject: Subject, kind: Kind, categories: int, thresholds: Thresholds
) -> tuple[int, ...]:
    """The noise of one question, one integer a category (`_none` included).

    Multiple choice: independent, variance V. Single choice: all categories again, from the integers that
    follow, until they sum to 0; so the sum over the choices stays n and the variance of each is V again.
    Raises `TooManyCategories`.
    """
    stream = uniform_integers(secret, subject.message())
    if kind == "select_multiple":
        return tuple(thresholds.multiple.at(uniform) for uniform in islice(stream, categories))
    gaussian = thresholds.single_choice(categories)
    while True:
        drawn = tuple(gaussian.at(uniform) for uniform in islice(stream, categories))
        if sum(drawn) == 0:
            return drawn
