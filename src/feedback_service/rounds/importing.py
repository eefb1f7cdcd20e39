"""Takes a counted round back into the installation's ledger: checked, appended, never changed.

Its comments, still sealed, come with it and are taken once, with the figures.

The entries were chained and signed where the keys are. Here they are taken only at the ledger's end, so the
ledger is one chain whoever counted what in between; a file that doesn't fit is made again from a new export.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection

from ..disclosure.ledger import read_table, verify_chain
from ..disclosure.protected import ProtectedTable
from ..errors import FeedbackError
from ..sealing.signing import LedgerPublicKey
from ..storage.comments import put_batch
from ..storage.ledger import all_entries, append_entries, entries_of, head
from ..storage.rounds import Round, all_rounds, move
from ..storage.session import Store
from ..surveys.questionnaire import counted_questions
from .choosing import UnknownRound, WrongState, require_survey
from .counting import COUNTABLE, asked_of, refuse_shredded
from .counting_file import FiguresFile, InvalidFigures, read_figures
from .exporting import LedgerPubMissing
from .key_folder import LEDGER_PUBLIC, load_ledger_key
from .remembering import OtherAnswers


class LedgerMovedOn(FeedbackError):
    """The file doesn't continue the ledger as it stands here."""

    status = 409
    code = "ledger-moved-on"
    message = (
        "Since “%(survey)s” %(round)s was exported, the ledger has gone on here with %(newest)s. Nothing was"
        " changed and nothing is lost: export the round again and count that file. The same answers give the"
        " same figures."
    )


class OthersFirst(FeedbackError):
    """The file continues the entries of rounds that aren't here yet."""

    status = 409
    code = "import-others-first"
    message = (
        "“%(survey)s” %(round)s was counted after %(follows)s: import that first. Nothing was changed. If its"
        " figures file is lost, count its export again: that gives the same figures."
    )


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did."""

    round: Round
    atoms: int
    again: bool


def import_figures(store: Store, path: Path) -> Imported:
    """Append a counted round to the ledger; the round is counted then. Safe to repeat and to kill.

    Raises `InvalidFigures`, `UnknownSurvey`, `UnknownRound`, `WrongState`, `RoundShredded`, `LedgerMovedOn`,
    `OthersFirst`, `OtherAnswers`, `BrokenChain`, `UnsignedEntry`; then nothing is changed.
    """
    figures = read_figures(path)
    key = load_ledger_key(store.key_folder)
    if key is None:
        raise LedgerPubMissing(file=store.key_folder / LEDGER_PUBLIC)
    verify_chain(figures.entries, key)
    table = read_table(figures.entries)
    with store.begin() as connection:
        counted = _round_of(connection, figures)
        _refuse_another(connection, counted, figures, table, path)
        _refuse_other_comments(figures, key, path)
        written = entries_of(connection, counted.survey, counted.round)
        if written and read_table(written) != table:
            raise OtherAnswers(survey=counted.survey, round=counted.round)
        if not written:
            _refuse_another_place(connection, figures)
            append_entries(connection, figures.entries)
            put_batch(connection, counted.number, figures.comments)
        move(connection, counted.number, ["closed"], "counted")
    return Imported(counted, len(table.atoms), again=bool(written))


def _round_of(connection: Connection, figures: FiguresFile) -> Round:
    require_survey(connection, figures.survey)
    rounds = all_rounds(connection, figures.survey)
    found = next((one for one in rounds if one.round == figures.round), None)
    if found is None:
        raise UnknownRound(survey=figures.survey, round=figures.round[:20])
    refuse_shredded(found)
    if found.state not in COUNTABLE:
        states = " / ".join(COUNTABLE)
        raise WrongState(survey=found.survey, round=found.round, state=found.state, states=states)
    return found


def _refuse_another(
    connection: Connection, counted: Round, figures: FiguresFile, table: ProtectedTable, path: Path
) -> None:
    """The head of the file, its signed entries and the round here must speak of the same."""
    if (figures.fingerprint, figures.public_key) != (counted.fingerprint, counted.public_key):
        raise InvalidFigures(file=path, reason="it is of another round with the same name")
    questions = counted_questions(asked_of(connection, counted).questionnaire)
    told = table.survey, table.round, table.questions
    if told != (counted.survey, counted.round, questions):
        raise InvalidFigures(file=path, reason="its entries are of another round than it says")


def _refuse_other_comments(figures: FiguresFile, key: LedgerPublicKey, path: Path) -> None:
    """Before the first import: what is taken once can't be mended afterwards."""
    signed = figures.comments.signed_hash(figures.survey, figures.round)
    if not key.signed(signed, figures.comments.signature):
        raise InvalidFigures(file=path, reason="its comments are not the ones that were signed")


def _refuse_another_place(connection: Connection, figures: FiguresFile) -> None:
    first = figures.entries[0]
    if (first.previous, first.position) == head(connection):
        return
    here = {f"{entry.survey} {entry.round}" for entry in all_entries(connection)}
    missing = [name for name in figures.follows if name not in here]
    if missing:
        raise OthersFirst(survey=figures.survey, round=figures.round, follows=", then ".join(missing))
    newest = all_entries(connection)[-1:]
    name = f"“{newest[0].survey}” {newest[0].round}" if newest else "nothing"
    raise LedgerMovedOn(survey=figures.survey, round=figures.round, newest=name)
