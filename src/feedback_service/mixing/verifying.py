"""Says which of what waits came with a fresh access code: the one place where codes and answers meet.

What it finds out lives in the mix's memory until its one transaction has spent the codes and stored the
answers; after that nothing pairs them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Connection

from ..intake.slot import Kind
from ..sealing.code_field import open_code
from ..sealing.keys import PrivateKey
from ..secret import Secret
from ..storage.access_codes import fresh_codes
from ..storage.rounds import Round
from ..storage.surveys import survey_by_fingerprint
from ..surveys.questionnaire import Access
from .pool import Waiting, distinct
from .row_keys import contest_mac


@dataclass(frozen=True, slots=True)
class CodedRound:
    """A round with who may answer in it, and what decides where a code came with several answers."""

    round: Round
    access: Access
    mixing_key: Secret


@dataclass(frozen=True, slots=True)
class Verified:
    """Distinct waiting ones with their fresh codes; `contested[round]` codes came with several answers."""

    waiting: tuple[Waiting, ...]
    contested: Mapping[int, int]

    @property
    def unreadable(self) -> int:
        """How many code fields no key opened. Their answers go as open: nothing is lost with a key."""
        return sum(one.unreadable for one in self.waiting)


def coded_rounds(
    connection: Connection, rounds: Iterable[Round], mixing_keys: Mapping[int, Secret]
) -> dict[int, CodedRound]:
    """Those of `rounds` in which people may hand in codes, by number."""
    found = {}
    for one in rounds:
        questionnaire = survey_by_fingerprint(connection, one.survey, one.fingerprint)
        if questionnaire and questionnaire.has_codes:
            found[one.number] = CodedRound(one, questionnaire.access, mixing_keys[one.number])
    return found


def verify(
    connection: Connection,
    coded: Mapping[int, CodedRound],
    keys: Sequence[PrivateKey],
    waiting: Iterable[Waiting],
) -> Verified:
    """Look the codes up, and settle which answer has each.

    Where codes are required, an answer without a fresh one of its own is left out: it is dropped.
    """
    by_round: dict[int, list[Waiting]] = {}
    for one in waiting:
        by_round.setdefault(one.head.round_number, []).append(one)
    verified: list[Waiting] = []
    contested: dict[int, int] = {}
    for number, group in by_round.items():
        if number in coded:
            settled, contested[number] = _verify_round(connection, coded[number], keys, group)
            verified += settled
        else:
            verified += distinct(group)
    return Verified(tuple(verified), contested)


def _verify_round(
    connection: Connection, coded: CodedRound, keys: Sequence[PrivateKey], group: Sequence[Waiting]
) -> tuple[list[Waiting], int]:
    opened = [_opened(one, keys) for one in group]
    fresh = fresh_codes(connection, coded.round.number, {one.code for one in opened if one.code})
    merged = distinct(one if one.code in fresh else replace(one, code=None) for one in opened)
    winners: dict[bytes, Waiting] = {}
    contested: set[bytes] = set()
    for one in sorted(merged, key=lambda one: _contest(coded.mixing_key, one)):
        if one.code is not None and winners.setdefault(one.code, one) is not one:
            contested.add(one.code)
    settled = [
        one if one.code is None or winners[one.code] is one else replace(one, code=None) for one in merged
    ]
    if coded.access == "code-required":
        settled = [one for one in settled if not _dropped(one)]
    return settled, len(contested)


def _opened(one: Waiting, keys: Sequence[PrivateKey]) -> Waiting:
    """With the hash that its code field holds, whether there is such a code or not."""
    if one.head.kind is not Kind.ANSWER:
        return one
    code = open_code(keys, one.head.code_field)
    return replace(one, code=code, unreadable=code is None)


def _contest(mixing_key: Secret, one: Waiting) -> bytes:
    if one.code is None:
        return b""
    return contest_mac(mixing_key, one.code, one.head.tag, one.head.id)


def _dropped(one: Waiting) -> bool:
    return one.head.kind is Kind.ANSWER and one.code is None and not one.unreadable
