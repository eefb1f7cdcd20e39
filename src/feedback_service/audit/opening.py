"""Opens stored envelopes with a key that the examiner was given: all must open, and hold answers only."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from ..sealing.keys import PrivateKey
from ..sealing.open import CannotOpen, open_envelope
from .known import Known
from .model import Check, Store, columns_of, held, none_of, not_looked_at
from .search import as_bytes
from .senders import sender_needles
from .times import in_text, is_a_time

_SEALED_FIELDS = {"v", "survey", "lang", "channel", "answers", "record_key"}
_TRIED_WRONGLY = 50


@dataclass(frozen=True, slots=True)
class RoundKey:
    """A round's private key, and the round it is of."""

    survey: str
    round: str
    key: PrivateKey


Progress = Callable[[int, int], None]


def check_opening(
    store: Store, keys: Sequence[RoundKey], known: Sequence[Known], progress: Progress
) -> tuple[list[Check], dict[bytes, str]]:
    """Line 6, and what came out of each envelope, in memory only."""
    if not keys:
        return [not_looked_at(6, "envelopes open with their key", "needs --key")], {}
    checks: list[Check] = []
    texts: dict[bytes, str] = {}
    for one in keys:
        bodies, fingerprint = _sealed(store, one)
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
        checks += _wrongly(bodies[:_TRIED_WRONGLY], one, keys, fingerprint)
    return [*checks, _only_answers(texts, known)], texts


def _wrongly(
    bodies: Sequence[bytes], one: RoundKey, keys: Sequence[RoundKey], fingerprint: bytes
) -> list[Check]:
    """With another round's key, and with another round's name or questionnaire, none opens."""
    others = [other for other in keys if other is not one] or [
        RoundKey(one.survey, one.round, PrivateKey.generate())
    ]
    strangers = sum(
        _opened(body, other, one.round, fingerprint) is not None for other in others for body in bodies
    )
    elsewhere = sum(
        _opened(body, one, round_id, questionnaire) is not None
        for round_id, questionnaire in ((f"{one.round}x", fingerprint), (one.round, bytes(32)))
        for body in bodies
    )
    name = f"{one.survey} {one.round}"
    return [
        held(6, f"that open with another key, {name}", strangers, "0", strangers == 0),
        held(6, f"that open as another round's, {name}", elsewhere, "0", elsewhere == 0),
    ]


def _only_answers(texts: Mapping[bytes, str], known: Sequence[Known]) -> Check:
    """Sealed isn't harmless: whoever counts would read who sent it and when."""
    senders = sender_needles(known)
    strange: set[str] = set()
    for text in texts.values():
        try:
            content = json.loads(text) if text else {}
        except ValueError:
            # Rubbish that somebody sealed; the count drops it.
            continue
        fields = content.keys() if isinstance(content, dict) else {"no object"}
        strange |= {f"field {name}" for name in fields - _SEALED_FIELDS}
        beside = {name: content[name] for name in fields & _SEALED_FIELDS - {"answers", "record_key"}}
        if any(is_a_time(value) for value in beside.values()) or in_text(json.dumps(beside)):
            strange.add("a time")
        if senders and senders.in_(text.encode()):
            strange.add("something of its sender")
    return none_of(6, f"what {len(texts)} opened ones hold beside answers", sorted(strange), "nothing")


def _sealed(store: Store, one: RoundKey) -> tuple[list[bytes], bytes]:
    with store.opened() as database:
        if not {"number", "survey", "round", "fingerprint"} <= columns_of(database, "round"):
            return [], b""
        rounds = database.select("round", ["number", "survey", "round", "fingerprint"])
        found = [(row[0], as_bytes(row[3])) for row in rounds if row[1:3] == (one.survey, one.round)]
        if not found:
            return [], b""
        number, fingerprint = found[0]
        rows = database.select("envelope", ["round_id", "body"])
        return [as_bytes(body) for round_id, body in rows if round_id == number], fingerprint


def _opened(body: bytes, key: RoundKey, round_id: str, fingerprint: bytes) -> str | None:
    try:
        return open_envelope(body, key.key, round_id, fingerprint).decode("utf-8", "replace")
    except CannotOpen:
        return None
