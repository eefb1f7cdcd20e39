"""Opens stored envelopes with a key that the examiner was given: all must open, and say who is who."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..sealing.keys import PrivateKey
from ..sealing.open import CannotOpen, open_envelope
from .files import DATABASE, opened
from .model import Check, held, not_looked_at


@dataclass(frozen=True, slots=True)
class RoundKey:
    """A round's private key, and the round it is of."""

    survey: str
    round: str
    key: PrivateKey


Progress = Callable[[int, int], None]


def check_opening(
    folder: Path, keys: Sequence[RoundKey], progress: Progress
) -> tuple[list[Check], dict[bytes, str]]:
    """Line 6, and what came out of each envelope, in memory only."""
    if not keys:
        return [not_looked_at(6, "envelopes open with their key", "needs --key")], {}
    checks: list[Check] = []
    texts: dict[bytes, str] = {}
    for one in keys:
        bodies, fingerprint = _sealed(folder, one)
        others = [other for other in keys if other is not one] or [_stranger(one)]
        wrong = sum(
            _opened(body, other, one.round, fingerprint) is not None
            for other in others
            for body in bodies[:50]
        )
        right = 0
        for number, body in enumerate(bodies, start=1):
            content = _opened(body, one, one.round, fingerprint)
            right += content is not None
            texts[body] = content or ""
            progress(number, len(bodies))
        name = f"{one.survey} {one.round}"
        checks.append(
            held(6, f"envelopes that open, {name}", f"{right} of {len(bodies)}", "all", right == len(bodies))
        )
        checks.append(held(6, f"that open with another key, {name}", wrong, "0", wrong == 0))
    return checks, texts


def _sealed(folder: Path, one: RoundKey) -> tuple[list[bytes], bytes]:
    with opened(folder / DATABASE) as database:
        query = "SELECT number, CAST(fingerprint AS BLOB) FROM round WHERE survey = ? AND round = ?"
        row = database.execute(query, (one.survey, one.round)).fetchone()
        if row is None:
            return [], b""
        bodies = database.execute("SELECT CAST(body AS BLOB) FROM envelope WHERE round_id = ?", (row[0],))
        return [body for (body,) in bodies], row[1]


def _opened(body: bytes, key: RoundKey, round_id: str, fingerprint: bytes) -> str | None:
    try:
        return open_envelope(body, key.key, round_id, fingerprint).decode("utf-8", "replace")
    except CannotOpen:
        return None


def _stranger(one: RoundKey) -> RoundKey:
    return RoundKey(one.survey, one.round, PrivateKey.generate())
