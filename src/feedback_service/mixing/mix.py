"""A threshold pool mix: what waits in all spools goes to the store together, sorted, or stays.

Open and code-verified answers of a round mix only where at least 20 wait, and ten random ones stay behind
until the close; at the close everything goes. The order: turn each pair to its second file, read the
first, one transaction in the store, carry what stays, refill the first. Killed at any point, every
envelope is at least once in a spool or in the store, and the next mix counts it once.
"""

from __future__ import annotations

import fcntl
import hashlib
import hmac
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from ..intake.slot import Kind, Pending
from ..intake.slot_file import SlotFile
from ..intake.spool import registered_pairs
from ..secret import Secret
from ..storage.envelopes import KEY_PREFIX_BYTES, StoredEnvelope, bury, rewrite_round
from ..storage.rounds import Round, all_rounds
from ..storage.session import Store
from .pool import choose, due

Progress = Callable[[str], None]


def _silent(_stage: str) -> None:
    return None


@dataclass(frozen=True, slots=True)
class MixReport:
    """What a mix did; shown once, never stored.

    `damaged` slots couldn't be read, `stranded` ones are of rounds that are closed or unknown here (a
    restored database): both stay in the spool, and the operator is told.
    """

    stored: int = 0
    staying: int = 0
    damaged: int = 0
    stranded: int = 0
    below_threshold: bool = False


@dataclass(slots=True)
class _Drained:
    """One file that was turned off, and what was read from it."""

    source: SlotFile
    target: SlotFile
    pending: list[Pending] = field(default_factory=list)
    damaged: set[int] = field(default_factory=set)


def mix(store: Store, *, closing: Sequence[Round] = (), progress: Progress = _silent) -> MixReport:
    """Mix once. Rounds in `closing` go completely, and the spools take nothing more for them."""
    with _one_at_a_time(store.mix_lock):
        with store.begin() as connection:
            rounds = {one.number: one for one in all_rounds(connection)}
        with _open_files(store.spool_folder) as files:
            return _mix_files(store, files, rounds, frozenset(one.number for one in closing), progress)


def row_key(mixing_key: Secret, tag: bytes, id_: bytes) -> bytes:
    """HMAC(mixing key, tag)[:8] ‖ HMAC(mixing key, tag ‖ id)[:8]."""
    return tag_mac(mixing_key, tag) + _mac(mixing_key, tag + id_)


def tag_mac(mixing_key: Secret, tag: bytes) -> bytes:
    """HMAC(mixing key, tag)[:8]: what all answers of one form have in common."""
    return _mac(mixing_key, tag)


def _mac(mixing_key: Secret, message: bytes) -> bytes:
    return hmac.new(mixing_key.value, message, hashlib.sha256).digest()[:KEY_PREFIX_BYTES]


def _mix_files(
    store: Store,
    files: list[tuple[SlotFile, SlotFile]],
    rounds: dict[int, Round],
    closing: frozenset[int],
    progress: Progress,
) -> MixReport:
    progress("reading the spools")
    damaged = sum(_recover(accepting, standby) for accepting, standby in files)
    waiting = [one for accepting, _ in files for _, one in accepting.read()]
    if not closing and not due(filter(None, waiting)):
        damaged += waiting.count(None)
        return MixReport(staying=len(waiting) - waiting.count(None), damaged=damaged, below_threshold=True)
    drained = [_turn_and_read(accepting, standby, closing) for accepting, standby in files]
    mixable = {number for number, one in rounds.items() if one.state in ("open", "closing")}
    going, staying = choose([one.pending for one in drained], mixable, closing)
    progress("storing")
    stored = _absorb(store, rounds, going)
    progress("rewriting the store")
    store.vacuum()
    progress("refilling the spools")
    for one, stays in zip(drained, staying, strict=True):
        _carry(stays, one.target)
        one.source.refill(keep=frozenset(one.damaged))
    return MixReport(
        stored=stored,
        staying=sum(map(len, staying)),
        damaged=damaged + sum(len(one.damaged) for one in drained),
        stranded=sum(1 for stays in staying for one in stays if one.round_number not in mixable),
    )


def _recover(accepting: SlotFile, standby: SlotFile) -> int:
    """What a killed mix left in the standby file goes back to the accepting one, to be mixed again.

    Gives the number of damaged slots, which stay where they are.
    """
    with standby.transaction():
        # It accepts too where a mix was killed in the middle of the turn; whoever writes to it turns back.
        standby.set_accepting(False)
    left = list(standby.read())
    pending = [found for _, found in left if found is not None]
    damaged = frozenset(number for number, found in left if found is None)
    if pending:
        _carry(pending, accepting)
        standby.refill(keep=damaged)
    return len(damaged)


def _turn_and_read(accepting: SlotFile, standby: SlotFile, closing: frozenset[int]) -> _Drained:
    """Turn the pair: the standby takes what comes from now on, and what came is read."""
    with standby.transaction():
        standby.close_rounds(closing)
        standby.set_accepting(True)
    with accepting.transaction():
        accepting.close_rounds(closing)
        accepting.set_accepting(False)
    drained = _Drained(source=accepting, target=standby)
    for number, pending in accepting.read():
        if pending is None:
            drained.damaged.add(number)
        else:
            drained.pending.append(pending)
    return drained


def _absorb(store: Store, rounds: dict[int, Round], going: list[Pending]) -> int:
    """One transaction: deletions first, then every round's rows written again in their order."""
    stored = 0
    with store.begin() as connection:
        for number in sorted({pending.round_number for pending in going}):
            key = rounds[number].mixing_key
            mine = [pending for pending in going if pending.round_number == number]
            bury(connection, number, [tag_mac(key, one.tag) for one in mine if one.kind is Kind.TOMBSTONE])
            answers = [one for one in mine if one.kind is Kind.ANSWER]
            rows = [
                StoredEnvelope(row_key(key, one.tag, one.id), verified=False, body=one.envelope)
                for one in answers
            ]
            stored += rewrite_round(connection, number, rows)
    return stored


def _carry(pending: list[Pending], target: SlotFile) -> None:
    with target.transaction():
        target.put([one.packed() for one in pending])


@contextmanager
def _one_at_a_time(path: Path) -> Iterator[None]:
    with path.open("wb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@contextmanager
def _open_files(folder: Path) -> Iterator[list[tuple[SlotFile, SlotFile]]]:
    files = [pair.open() for pair in registered_pairs(folder)]
    try:
        yield files
    finally:
        for pair in files:
            for one in pair:
                one.close()
