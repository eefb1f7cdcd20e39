"""Takes a closed round out of the installation as one file, for the machine that holds its key."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection

from ..errors import FeedbackError
from ..storage.envelopes import count, read_sealed
from ..storage.ledger import entries_of, head
from ..storage.rounds import Round
from ..storage.session import Store
from ..tally.count import Sealed
from .counting import Progress, asked_of
from .export_file import ExportHead, write_export
from .key_folder import LEDGER_PUBLIC, load_ledger_key
from .remembering import Place

_TOLD_EVERY = 5000


class LedgerPubMissing(FeedbackError):
    """The installation doesn't know the ledger's public key."""

    status = 409
    code = "ledger-pub-missing"
    message = "There is no %(file)s. Copy it from where the keys were made. Nothing was changed."


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written."""

    round: Round
    envelopes: int
    digest: str


def export_round(
    store: Store, leaving: Round, path: Path, progress: Progress = lambda _done, _all: None
) -> Exported:
    """Write a closed round to `path`, as a stream. Raises `LedgerPubMissing`, `UnknownQuestionnaire`."""
    ledger_key = load_ledger_key(store.key_folder)
    if ledger_key is None:
        raise LedgerPubMissing(file=store.key_folder / LEDGER_PUBLIC)
    with store.read() as connection:
        envelopes = count(connection, leaving.number)
        export_head = ExportHead(
            asked_of(connection, leaving),
            leaving.public_key,
            ledger_key,
            _place(connection, leaving),
            envelopes,
        )
        sealed = _told(read_sealed(connection, leaving.number), lambda done: progress(done, envelopes))
        return Exported(leaving, envelopes, write_export(path, export_head, sealed))


def _place(connection: Connection, leaving: Round) -> Place:
    """Where the count goes in the ledger: where it stands, if the round was counted before."""
    written = entries_of(connection, leaving.survey, leaving.round)
    return Place(written[0].previous, written[0].position) if written else Place(*head(connection))


def _told(sealed: Iterator[Sealed], told: Callable[[int], None]) -> Iterator[Sealed]:
    for number, one in enumerate(sealed, start=1):
        if number % _TOLD_EVERY == 0:
            told(number)
        yield one
