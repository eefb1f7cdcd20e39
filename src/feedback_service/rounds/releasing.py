"""Releases a counted round: builds the published file from the ledger, and from nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from ..disclosure.ledger import UnreadableCount, read_table, verify_chain
from ..disclosure.protected import ProtectedTable
from ..disclosure.release import Chain, as_bytes, build_release
from ..errors import FeedbackError
from ..sealing.signing import LedgerPublicKey
from ..storage.ledger import all_entries, entries_of
from ..storage.regions import read_directory
from ..storage.releases import ReleaseHead, add_release, release_body
from ..storage.rounds import Round, all_rounds, move
from ..storage.session import Store
from .key_folder import load_ledger_key

FIRST_ISSUE = 1


class ReleaseDiffers(FeedbackError):
    """What the ledger says now isn't what was published."""

    status = 409
    code = "release-differs"
    message = (
        "The release of “%(survey)s” %(round)s no longer follows from the ledger. Nothing was changed;"
        " look for what altered the database."
    )


@dataclass(frozen=True, slots=True)
class Released:
    """The published file of a round."""

    head: ReleaseHead
    body: bytes
    again: bool


def release_round(store: Store, releasing: Round, today: date) -> Released:
    """Publish a counted round. Done before, it checks that the ledger still says the same bytes.

    Raises `BrokenChain`, `UnsignedEntry`, `ReleaseDiffers`; then nothing was changed.
    """
    key = load_ledger_key(store.key_folder)
    with store.begin() as connection:
        known = release_body(connection, releasing.survey, releasing.round)
        issued = known[0].issued if known else today
        body = _build(connection, releasing, issued, key)
        if known and known[1] != body:
            raise ReleaseDiffers(survey=releasing.survey, round=releasing.round)
        head = ReleaseHead(releasing.survey, releasing.round, FIRST_ISSUE, issued)
        if not known:
            add_release(connection, head, body)
        move(connection, releasing.number, ["counted"], "released")
    return Released(head, body, again=known is not None)


def _build(connection: Connection, releasing: Round, issued: date, key: LedgerPublicKey | None) -> bytes:
    verify_chain(all_entries(connection), key)
    entries = entries_of(connection, releasing.survey, releasing.round)
    if not entries:
        raise UnreadableCount(reason="the round is not counted")
    document = build_release(
        read_table(entries),
        read_directory(connection),
        issue=FIRST_ISSUE,
        issued=issued.isoformat(),
        chain=Chain.of(entries),
        previous=_round_before(connection, releasing, entries[0].position),
    )
    return as_bytes(document)


def _round_before(connection: Connection, releasing: Round, position: int) -> ProtectedTable | None:
    """The survey's newest round before this one that was counted before it, for trends.

    One that is counted later must not change a release that is out.
    """
    earlier = [one for one in all_rounds(connection, releasing.survey) if one.closes < releasing.closes]
    for one in reversed(earlier):
        entries = entries_of(connection, one.survey, one.round)
        if entries and entries[0].position < position:
            return read_table(entries)
    return None
