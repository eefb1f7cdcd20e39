"""Closes a round by hand, at once: nothing more is taken for it, the rest is mixed, the next one opens.

The state `closing` is written first, so that a close that was killed is finished by the next one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from ..mixing.mix import MixReport, Progress, mix
from ..storage.envelopes import count, forget_tombstones
from ..storage.rounds import Round, all_rounds, destroy_hashing_keys, move
from ..storage.session import Store
from .calendar import Quarter
from .key_folder import has_keys
from .opening import next_quarter, open_round


@dataclass(frozen=True, slots=True)
class Closed:
    """What a close did. `opened` is `None` where no key was ready for the next round."""

    round: Round
    envelopes: int
    opened: Round | None
    next_quarter: Quarter
    mixed: MixReport


def close_round(
    store: Store, key_folder: Path, closing: Round, today: date, progress: Progress = lambda _stage: None
) -> Closed:
    """Close `closing`, which is open or was left closing. Safe to repeat."""
    with store.begin() as connection:
        move(connection, closing.number, ["open"], "closing")
        following = next_quarter(connection, closing.survey, today)
        already = [
            one
            for one in all_rounds(connection, closing.survey)
            if one.state == "open" and one.number != closing.number
        ]
        opened = already[0] if already else None
        if opened is None and has_keys(key_folder, closing.survey, str(following)):
            # In the same transaction: there is no moment at which nobody could answer.
            opened = open_round(connection, key_folder, closing.survey, following)
    mixed = mix(store, closing=[closing], progress=progress)
    with store.begin() as connection:
        destroy_hashing_keys(connection, closing.number)
        forget_tombstones(connection, closing.number)
        move(connection, closing.number, ["closing"], "closed")
        envelopes = count(connection, closing.number)
    return Closed(closing, envelopes, opened, following, mixed)
