"""Counts a closed round: from opening to the ledger in one process; raw counts are never stored.

Comments are split off at the same moment and sealed to their reviewers (`comments.py`).

Nothing is drawn twice: beside the key lies which set of answers it has counted, and the count of another set
is refused (`remembering.py`). Counting the same set again gives the same ledger and changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from pathlib import Path

from sqlalchemy import Connection

from ..disclosure.comment_regions import comment_regions
from ..disclosure.ledger import append, read_table, verify_chain
from ..disclosure.noise import ReleaseSecret
from ..disclosure.protect import protect
from ..disclosure.protected import ProtectedTable
from ..errors import FeedbackError
from ..regions.directory import Directory
from ..sealing.cards import Unlocked
from ..sealing.wrapping import RoundSecrets
from ..secret import Secret
from ..storage.comments import SealedBatch, put_batch
from ..storage.envelopes import count, read_sealed
from ..storage.ledger import append_entries, entries_of, head
from ..storage.regions import read_directory
from ..storage.rounds import Round, RoundState, get_round, move
from ..storage.session import Store
from ..storage.surveys import survey_by_fingerprint
from ..surveys.questionnaire import Questionnaire
from ..tally.count import Sealed, count_envelopes
from ..tally.open_batch import OpeningContext
from .choosing import WrongState
from .comments import seal_comments
from .key_folder import counted_path, load_ledger_key
from .remembering import OtherAnswers, Remembered, mac_of_set, read_counted, refuse_other_answers
from .unlocking import Opening, Wanted, unlock

Progress = Callable[[int, int], None]
# Counted and released ones again: it must give the same.
COUNTABLE: tuple[RoundState, ...] = ("closed", "counted", "released")


class UnknownQuestionnaire(FeedbackError):
    """The questionnaire that a round was asked with is gone from the database."""

    status = 500
    code = "questionnaire-missing"
    message = "The questions of “%(survey)s” %(round)s are missing from the database. Restore a backup."


class RoundShredded(FeedbackError):
    """There is nothing left to count, on purpose."""

    status = 410
    code = "round-shredded"
    message = (
        "The round %(round)s of “%(survey)s” was shredded: its key and its answers are destroyed and can't be"
        " counted or opened any more. What was published stays."
    )


@dataclass(frozen=True, slots=True)
class Asked:
    """What a count must know beside the envelopes, from the database or from an exported file.

    `contested` of the access codes came with more than one answer.
    """

    survey: str
    round: str
    questionnaire: Questionnaire
    directory: Directory
    contested: int


@dataclass(frozen=True, slots=True)
class Figures:
    """One count, protected; what was raw is gone but for the total, which is told and not kept.

    `comments` are sealed to their reviewers.
    """

    protected: ProtectedTable
    set_mac: str
    answers: int
    comments: SealedBatch


@dataclass(frozen=True, slots=True)
class Counted:
    """What a count did. `answers`, `invalid` and `comments` are totals of the whole round."""

    round: Round
    answers: int
    invalid: int
    atoms: int
    comments: int
    again: bool


def count_round(
    store: Store,
    counting: Round,
    key_file: Path,
    opening: Opening,
    executor: Executor | None = None,
    progress: Progress = lambda _done, _all: None,
) -> Counted:
    """Open, check, count, protect, sign, and append to the ledger. Safe to repeat and to kill.

    Raises `WrongState`, `RoundShredded`, `OtherAnswers`, and what `unlock` raises; then nothing is changed.
    """
    counting = _countable(store, counting)
    key = load_ledger_key(store.key_folder)
    wanted = Wanted(counting.survey, counting.round, counting.public_key, key)
    opened = unlock(key_file, wanted, opening, [store.key_folder])
    figures = _open_and_count(store, counting, opened.held, executor, progress)
    known = read_counted(counted_path(key_file))
    refuse_other_answers(known, counting.survey, counting.round, figures.set_mac)
    with store.begin() as connection:
        written = entries_of(connection, counting.survey, counting.round)
        verify_chain(written, opened.signing.public)
        if written and read_table(written) != figures.protected:
            raise OtherAnswers(survey=counting.survey, round=counting.round)
        if not written:
            _write(connection, counting, key_file, figures, opened)
        move(connection, counting.number, ["closed"], "counted")
    table = figures.protected
    comments = len(figures.comments.bodies)
    return Counted(counting, figures.answers, table.invalid, len(table.atoms), comments, again=bool(written))


def refuse_shredded(one: Round) -> None:
    """Raises `RoundShredded`."""
    if one.state == "shredded":
        raise RoundShredded(survey=one.survey, round=one.round)


def protected_figures(
    asked: Asked,
    held: RoundSecrets,
    sealed: Iterable[Sealed],
    executor: Executor | None = None,
    done: Callable[[int], None] = lambda _opened: None,
) -> Figures:
    """Open, check, count and protect a stream of envelopes. Nothing raw leaves this function."""
    context = OpeningContext(
        round_id=asked.round,
        canonical_survey=asked.questionnaire.canonical,
        regions=tuple((region.ags, region.name) for region in asked.directory.regions.values()),
        private_key=Secret(held.private_key.to_bytes()),
    )
    tallied = count_envelopes(asked.questionnaire, context, sealed, executor, done)
    table = replace(tallied.table, contested=asked.contested)
    secret = ReleaseSecret(held.release_secret.value)
    answers = sum(region.n for region in table.regions.values())
    protected = protect(table, asked.directory, secret)
    regions = comment_regions(table, asked.directory)
    set_mac = mac_of_set(secret, table)
    # Not random: after a restored backup the same texts would else be published with other noise.
    themes = secret.mac(f"themes|{set_mac}".encode())
    comments = seal_comments(table, tallied.comments, regions, held.reviewers_key.public, themes)
    return Figures(protected, set_mac, answers, comments)


def asked_of(connection: Connection, counting: Round) -> Asked:
    """What was asked in a round, and where. Raises `UnknownQuestionnaire`."""
    found = survey_by_fingerprint(connection, counting.survey, counting.fingerprint)
    if found is None or found.fingerprint != counting.fingerprint:
        raise UnknownQuestionnaire(survey=counting.survey, round=counting.round)
    return Asked(counting.survey, counting.round, found, read_directory(connection), counting.contested)


def so_far(progress: Progress, expected: int) -> Callable[[int], None]:
    """Turns the sizes of finished batches into how many of all there are."""
    opened = 0

    def done(number: int) -> None:
        nonlocal opened
        opened += number
        progress(opened, expected)

    return done


def _countable(store: Store, counting: Round) -> Round:
    with store.read() as connection:
        counting = get_round(connection, counting.number)
    refuse_shredded(counting)
    if counting.state not in COUNTABLE:
        states = " / ".join(COUNTABLE)
        raise WrongState(survey=counting.survey, round=counting.round, state=counting.state, states=states)
    return counting


def _open_and_count(
    store: Store, counting: Round, held: RoundSecrets, executor: Executor | None, progress: Progress
) -> Figures:
    with store.read() as connection:
        done = so_far(progress, count(connection, counting.number))
        sealed = read_sealed(connection, counting.number)
        return protected_figures(asked_of(connection, counting), held, sealed, executor, done)


def _write(
    connection: Connection, counting: Round, key_file: Path, figures: Figures, opened: Unlocked
) -> None:
    previous, position = head(connection)
    entries = append(previous, figures.protected, position, opened.signing.sign)
    # Beside the key first: were it killed in between, only the same answers could still be counted.
    Remembered.of(entries, figures.set_mac).write(counted_path(key_file))
    append_entries(connection, entries)
    put_batch(connection, counting.number, figures.comments)
