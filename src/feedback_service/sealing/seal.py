"""Seals one submission to a round's public key. Whoever imports this holds nothing that could open it."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .envelope import ENVELOPE_VERSION, info_for, suite
from .keys import PublicKey
from .plaintext import content_bytes, pad


@dataclass(frozen=True, slots=True)
class SealingContext:
    """What is public about the round that an answer is sealed for."""

    survey: str
    round_id: str
    fingerprint: bytes
    public_key: PublicKey


def seal(context: SealingContext, *, lang: str, channel: str, answers: Mapping[str, Any]) -> bytes:
    """Seal `answers` into one envelope of 3,922 bytes with a fresh record key. Raises `ContentTooLong`."""
    content = content_bytes(
        survey=context.survey,
        lang=lang,
        channel=channel,
        answers=answers,
        record_key=secrets.token_hex(16),
    )
    info = info_for(context.round_id, context.fingerprint)
    sealed = suite().encrypt(pad(content), context.public_key.handle, info)
    return bytes([ENVELOPE_VERSION]) + sealed
