"""A threshold pool mix: what waits in all spools goes to the store together, sorted, or stays.

The order: turn each pair to its second file, read the first, one transaction in the store that spends the
codes and stores the answers, carry what stays, refill the first. Killed at any point, every envelope is at
least once in a spool or in the store, and the next mix counts it once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Connection

from ..intake.slot import Kind, Pending
from ..intake.slot_file import SlotFile
from ..sealing.code_field import seal_code
from ..sealing.keys import PublicKey
from ..secret import Secret
from ..storage.access_codes import spend
from ..storage.envelopes import StoredEnvelope, bury
from ..storage.rewriting import rewrite_round
from ..storage.rounds import Round, all_rounds, mixing_keys, note_mix
from ..storage.session import Store
from .code_keys import CodeKeys
from .draining import Drained, Heads, carry, in_groups, open_files, read_heads, recover, turn
from .pool import Waiting, choose, due
from .row_keys import row_key, tag_mac
from .verifying import CodedRound, Verified, coded_rounds, verify

Progress = Callable[[str], None]


def _silent(_stage: str) -> None:
    return None


@dataclass(frozen=True, slots=True)
class MixReport:
    """What a mix did; shown once, never stored.

    `damaged` slots couldn't be read, `stranded` ones are of rounds that are closed or unknown here (a
    restored database): both stay in the spool, and the operator is told. `unreadable` answers had a code
    field that no key opens (the mix's key file is gone): they went as open.
    """

    stored: int = 0
    staying: int = 0
    damaged: int = 0
    stranded: int = 0
    unreadable: int = 0
    below_threshold: bool = False


@dataclass(frozen=True, slots=True)
class _Mixing:
    """What one mix works with."""

    store: Store
    rounds: Mapping[int, Round]
    keys: Mapping[int, Secret]
    coded: Mapping[int, CodedRound]
    code_keys: CodeKeys
    closing: frozenset[int]

    def verified(self, files: Sequence[Heads]) -> Verified:
        """What waits in these files, each answer once, with its code."""
        waiting = [
            Waiting(place, slot, head)
            for place, file in enumerate(files)
            for slot, head in file.waiting.items()
        ]
        with self.store.read() as connection:
            return verify(connection, self.coded, self.code_keys.all(), waiting)

    @property
    def mixable(self) -> frozenset[int]:
        """The rounds that can still be stored."""
        return frozenset(number for number, one in self.rounds.items() if _is_mixable(one))


def _is_mixable(one: Round) -> bool:
    return one.state in ("open", "closing")


def mix(store: Store, *, closing: Sequence[Round] = (), progress: Progress = _silent) -> MixReport:
    """Mix once. Rounds in `closing` go completely, and the spools take nothing more for them."""
    with store.one_mix():
        with store.read() as connection:
            rounds = {one.number: one for one in all_rounds(connection)}
            secrets = mixing_keys(connection)
            # Of rounds that can't be stored any more nothing is judged and nothing dropped: it stays.
            coded = coded_rounds(connection, filter(_is_mixable, rounds.values()), secrets)
        code_keys = CodeKeys(store.mix_folder, store.spool_folder)
        mixing = _Mixing(store, rounds, secrets, coded, code_keys, frozenset(one.number for one in closing))
        with open_files(store.spool_folder) as files:
            return _mix_files(mixing, files, progress)


def _mix_files(mixing: _Mixing, files: list[tuple[SlotFile, SlotFile]], progress: Progress) -> MixReport:
    progress("reading the spools")
    damaged = sum(recover(accepting, standby) for accepting, standby in files)
    if not mixing.closing:
        read = [read_heads(accepting) for accepting, _ in files]
        waiting = mixing.verified(read).waiting
        if not due(waiting):
            damaged += sum(len(one.damaged) for one in read)
            return MixReport(staying=len(waiting), damaged=damaged, below_threshold=True)
    keys = mixing.code_keys.renew()
    drained = [turn(accepting, standby, mixing.closing) for accepting, standby in files]
    verified = mixing.verified([one.heads for one in drained])
    going, staying = choose(verified.waiting, mixing.mixable, mixing.closing)
    progress("storing")
    with mixing.store.begin() as connection:
        mixable = {number: mixing.keys[number] for number in mixing.mixable}
        stored = _absorb(connection, mixable, drained, going, verified.contested)
    progress("rewriting the store")
    mixing.store.vacuum({one.head.round_number for one in going} | mixing.closing)
    progress("refilling the spools")
    _put_back(mixing, drained, staying, keys[0].public)
    mixing.code_keys.forget_all_but(keys)
    return MixReport(
        stored=stored,
        staying=len(staying),
        damaged=damaged + sum(len(one.heads.damaged) for one in drained),
        stranded=sum(1 for one in staying if one.head.round_number not in mixing.mixable),
        unreadable=verified.unreadable,
    )


def _absorb(
    connection: Connection,
    keys: Mapping[int, Secret],
    drained: Sequence[Drained],
    going: Sequence[Waiting],
    contested: Mapping[int, int],
) -> int:
    """One transaction: deletions first, then every round's rows written again in their order."""
    stored = 0
    met = {number for number, codes in contested.items() if codes and number in keys}
    for number in sorted({one.head.round_number for one in going} | met):
        key = keys[number]
        mine = [one for one in going if one.head.round_number == number]
        answers = [one for one in mine if one.head.kind is Kind.ANSWER]
        buried = [one.head.tag for one in mine if one.head.kind is Kind.TOMBSTONE]
        bury(connection, number, [tag_mac(key, tag) for tag in buried])
        stored += rewrite_round(connection, number, _rows(key, drained, answers))
        spend(connection, number, [one.code for one in answers if one.code])
        note_mix(connection, number, contested.get(number, 0))
    return stored


def _rows(
    mixing_key: Secret, drained: Sequence[Drained], answers: Iterable[Waiting]
) -> Iterator[StoredEnvelope]:
    """The rows of these answers, sorted by their keys; envelopes are read some hundred at a time."""
    named = {row_key(mixing_key, one.head.tag, one.head.id): one for one in answers}
    keys = sorted(named)
    whole = in_groups(drained, [(named[key].file, named[key].slot) for key in keys])
    for key, pending in zip(keys, whole, strict=True):
        yield StoredEnvelope(key, verified=named[key].code is not None, body=pending.envelope)


def _put_back(
    mixing: _Mixing, drained: Sequence[Drained], staying: Sequence[Waiting], key: PublicKey
) -> None:
    """Carry what stays, its code sealed to the new key, and fill the drained files with fresh bytes."""
    for place, one in enumerate(drained):
        stays = [waiting for waiting in staying if waiting.file == place]
        whole = in_groups(drained, [(place, waiting.slot) for waiting in stays])
        carry(
            (_sealed_again(*both, mixing.coded, key) for both in zip(whole, stays, strict=True)), one.target
        )
        one.source.refill(keep=one.heads.damaged)


def _sealed_again(
    pending: Pending, waiting: Waiting, coded: Mapping[int, CodedRound], key: PublicKey
) -> Pending:
    if pending.round_number not in coded or pending.kind is not Kind.ANSWER or waiting.unreadable:
        return pending
    return replace(pending, code_field=seal_code(key, waiting.code))
