"""Shreds a released round: its key, and with it every sealed answer, here and in every backup.

The keys go first, then the rows, then the state: killed at any moment, the round says at worst that it is
still released though its key is gone, and the next call goes on. Ledger and releases stay.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from ..errors import FeedbackError
from ..storage.rounds import Round, get_round, move
from ..storage.session import Store
from ..storage.shredding import forget_submissions, submissions_left
from .destroying import destroy_round_files, private_files_of
from .key_folder import PRIVATE_SUFFIXES, cards_path, counted_path, private_path, reviewers_path


class NotReleased(FeedbackError):
    """Answers that nobody has seen counted yet."""

    status = 409
    code = "shred-not-released"
    message = (
        "The round %(round)s of “%(survey)s” is %(state)s. Only a released round is shredded: without its key"
        " it could never be counted. Nothing was destroyed."
    )


class CopiesLeft(FeedbackError):
    """The round's key lies in further files here."""

    status = 409
    code = "shred-copies"
    message = (
        "The key of “%(survey)s” %(round)s also lies in: %(files)s. Remove these copies, then run it again."
    )


class NotShredded(FeedbackError):
    """What should be gone was found again."""

    status = 500
    code = "shred-failed"
    message = (
        "After shredding, %(rows)s rows and %(files)s key files of the round are still here. Run it again."
    )


@dataclass(frozen=True, slots=True)
class Shredded:
    """What was destroyed; `keys_left` counts the private files of other rounds and of the ledger."""

    round: Round
    files: tuple[Path, ...]
    envelopes: int
    keys_left: int


def shred_round(
    store: Store, shredding: Round, progress: Callable[[str], None] = lambda _stage: None
) -> Shredded:
    """Destroy a released round's private files and its answers, and prove it. Safe to repeat and to kill.

    Raises `NotReleased`, `CopiesLeft`; then nothing was destroyed.
    """
    with store.read() as connection:
        shredding = get_round(connection, shredding.number)
    refuse_unreleased(shredding)
    key_file = private_path(store.key_folder, shredding.survey, shredding.round)
    _refuse_copies(store, shredding, key_file)
    progress("destroying the keys")
    files = destroy_round_files(key_file)
    progress("deleting the answers")
    envelopes = forget_submissions(store, shredding.number, lambda _gone: None)
    with store.begin() as connection:
        move(connection, shredding.number, ["released"], "shredded")
    progress("rewriting the database without them")
    store.vacuum([shredding.number])
    progress("looking for what is left")
    return Shredded(shredding, tuple(files), envelopes, _prove(store, shredding))


def refuse_unreleased(shredding: Round) -> None:
    """Raises `NotReleased`."""
    if shredding.state not in ("released", "shredded"):
        raise NotReleased(survey=shredding.survey, round=shredding.round, state=shredding.state)


def _refuse_copies(store: Store, shredding: Round, key_file: Path) -> None:
    own = {key_file, cards_path(key_file), reviewers_path(key_file)}
    own |= {path.with_name(path.name + ".new") for path in own}
    copies = [path for path in private_files_of(shredding.public_key, store.folder) if path not in own]
    if copies:
        named = ", ".join(str(path) for path in copies)
        raise CopiesLeft(survey=shredding.survey, round=shredding.round, files=named)


def _prove(store: Store, shredded: Round) -> int:
    """Look at everything anew: no row, and no file in which the only key that opens them is wrapped.

    HPKE opens an envelope with the private half of the key that it was sealed to, and with no other; each
    private file names its public half, authenticated. Gives how many other private files there are.
    """
    with store.read() as connection:
        rows = submissions_left(connection, shredded.number)
    files = private_files_of(shredded.public_key, store.folder)
    beside = counted_path(private_path(store.key_folder, shredded.survey, shredded.round))
    if rows or files or beside.exists():
        raise NotShredded(rows=rows, files=len(files))
    kept = [path for path in store.key_folder.glob("*") if path.suffix in PRIVATE_SUFFIXES]
    return len(kept)
