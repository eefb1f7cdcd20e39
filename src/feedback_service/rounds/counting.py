"""Counts a closed round: from opening to the ledger in one process; raw counts are never stored.

Nothing is drawn twice. Beside the key lies which set of answers it has counted (as a MAC, so that it
names none of them) and where the ledger stood; the count of another set, from a restored database or with
an envelope taken out, is refused. Counting the same set again gives the same ledger and changes nothing.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from pathlib import Path

from sqlalchemy import Connection

from ..disclosure.ledger import LedgerEntry, append, read_table
from ..disclosure.noise import ReleaseSecret
from ..disclosure.protect import protect, record_set_digest
from ..disclosure.protected import ProtectedTable
from ..errors import FeedbackError
from ..files import write_durably
from ..regions.directory import Directory
from ..sealing.wrapping import RoundSecrets, unwrap
from ..secret import Secret
from ..storage.envelopes import count, read_sealed
from ..storage.ledger import append_entries, entries_of, head
from ..storage.regions import read_directory
from ..storage.rounds import Round, RoundState, get_round, move
from ..storage.session import Store
from ..storage.surveys import survey_by_fingerprint
from ..surveys.questionnaire import Questionnaire
from ..tally.count import count_envelopes
from ..tally.open_batch import OpeningContext
from ..tally.table import CountTable
from .choosing import WrongState
from .key_folder import KeyMissing, counted_path

Progress = Callable[[int, int], None]
# Counted and released ones again: it must give the same.
COUNTABLE: tuple[RoundState, ...] = ("closed", "counted", "released")


class WrongKey(FeedbackError):
    """The key file is of another round, or not the key that the answers were sealed to."""

    status = 409
    code = "key-wrong"
    message = "The key %(file)s is not the key of “%(survey)s” %(round)s. Nothing was changed."


class OtherAnswers(FeedbackError):
    """The key has counted another set of answers for this round before."""

    status = 409
    code = "count-differs"
    message = (
        "The round %(round)s of “%(survey)s” was counted before, from other answers than lie here now."
        " A second count could reveal single answers and is refused. Nothing was changed."
    )


class UnknownQuestionnaire(FeedbackError):
    """The questionnaire that a round was asked with is gone from the database."""

    status = 500
    code = "questionnaire-missing"
    message = "The questions of “%(survey)s” %(round)s are missing from the database. Restore a backup."


@dataclass(frozen=True, slots=True)
class Counted:
    """What a count did. `answers` and `invalid` are totals of the whole round."""

    round: Round
    answers: int
    invalid: int
    atoms: int
    again: bool


def count_round(
    store: Store,
    counting: Round,
    key_file: Path,
    passphrase: Secret,
    executor: Executor | None = None,
    progress: Progress = lambda _done, _all: None,
) -> Counted:
    """Open, check, count, protect, and append to the ledger. Safe to repeat and to kill.

    Raises `WrongState`, `KeyMissing`, `WrongPassphrase`, `WrongKey`, `OtherAnswers`; then nothing is changed.
    """
    with store.read() as connection:
        counting = get_round(connection, counting.number)
    if counting.state not in COUNTABLE:
        states = " / ".join(COUNTABLE)
        raise WrongState(survey=counting.survey, round=counting.round, state=counting.state, states=states)
    held = _unlock(counting, key_file, passphrase)
    table, directory = _open_and_count(store, counting, held, executor, progress)
    secret = ReleaseSecret(held.release_secret.value)
    protected = protect(table, directory, secret)
    set_mac = _set_mac(secret, table)
    _refuse_other_answers(counting, key_file, set_mac)
    with store.begin() as connection:
        written = entries_of(connection, counting.survey, counting.round)
        if written and read_table(written) != protected:
            raise OtherAnswers(survey=counting.survey, round=counting.round)
        if not written:
            _write(connection, counting, key_file, protected, set_mac)
        move(connection, counting.number, ["closed"], "counted")
    answers = sum(region.n for region in table.regions.values())
    return Counted(counting, answers, table.invalid, len(protected.atoms), again=bool(written))


def _unlock(counting: Round, key_file: Path, passphrase: Secret) -> RoundSecrets:
    if not key_file.exists():
        raise KeyMissing(file=key_file, survey=counting.survey)
    survey, round_id, held = unwrap(key_file.read_text("utf-8"), key_file.name, passphrase)
    fits = held.private_key.public.to_bytes() == counting.public_key
    if (survey, round_id) != (counting.survey, counting.round) or not fits:
        raise WrongKey(file=key_file, survey=counting.survey, round=counting.round)
    return held


def _open_and_count(
    store: Store, counting: Round, held: RoundSecrets, executor: Executor | None, progress: Progress
) -> tuple[CountTable, Directory]:
    with store.read() as connection:
        questionnaire = _questionnaire(connection, counting)
        directory = read_directory(connection)
        expected = count(connection, counting.number)
        opened = 0

        def done(number: int) -> None:
            nonlocal opened
            opened += number
            progress(opened, expected)

        context = OpeningContext(
            round_id=counting.round,
            canonical_survey=questionnaire.canonical,
            regions=tuple((region.ags, region.name) for region in directory.regions.values()),
            private_key=Secret(held.private_key.to_bytes()),
        )
        sealed = read_sealed(connection, counting.number)
        table = count_envelopes(questionnaire, context, sealed, executor, done)
        return replace(table, contested=counting.contested), directory


def _questionnaire(connection: Connection, counting: Round) -> Questionnaire:
    found = survey_by_fingerprint(connection, counting.survey, counting.fingerprint)
    if found is None or found.fingerprint != counting.fingerprint:
        raise UnknownQuestionnaire(survey=counting.survey, round=counting.round)
    return found


def _set_mac(secret: ReleaseSecret, table: CountTable) -> str:
    return hmac.new(secret.mac(b"counted set"), record_set_digest(table).encode(), hashlib.sha256).hexdigest()


def _refuse_other_answers(counting: Round, key_file: Path, set_mac: str) -> None:
    beside = counted_path(key_file)
    if beside.exists() and not hmac.compare_digest(json.loads(beside.read_text("utf-8"))["set"], set_mac):
        raise OtherAnswers(survey=counting.survey, round=counting.round)


def _write(
    connection: Connection, counting: Round, key_file: Path, protected: ProtectedTable, set_mac: str
) -> None:
    previous, position = head(connection)
    entries: tuple[LedgerEntry, ...] = append(previous, protected, position)
    # Beside the key first: were it killed in between, only the same answers could still be counted.
    remembered = {
        "survey": counting.survey,
        "round": counting.round,
        "set": set_mac,
        "head": entries[-1].this,
    }
    write_durably(counted_path(key_file), json.dumps(remembered, indent=1) + "\n")
    append_entries(connection, entries)
