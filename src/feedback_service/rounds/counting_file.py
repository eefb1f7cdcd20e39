"""Counts an exported round on the machine that holds its key: no database, no installation, no network.

The result, the figures file, holds the ledger's new entries, protected, chained and signed, and the comments,
sealed to their reviewers. `rounds import` takes both into the installation.
"""

from __future__ import annotations

import json
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ..disclosure.ledger import LedgerEntry, append
from ..disclosure.ledger_file import ledger_document, read_ledger
from ..errors import FeedbackError
from ..files import write_durably
from ..sealing.comment import Kind
from ..sealing.keys import InvalidPublicKey, PublicKey, from_base64url, to_base64url
from ..storage.comments import SealedBatch
from .counting import Progress, protected_figures, so_far
from .export_file import ExportHead, read_export
from .key_folder import counted_path
from .remembering import Remembered, followed, read_counted, refuse_other_answers
from .unlocking import Opening, Wanted, unlock

FORMAT = "feedback-figures/2"


class InvalidFigures(FeedbackError):
    """A file that isn't what counting an export gave."""

    status = 422
    code = "figures-invalid"
    message = "%(file)s holds no counted round: %(reason)s. Nothing was changed."


@dataclass(frozen=True, slots=True)
class CountedFile:
    """What a count from a file did. `follows` names the rounds whose figures must be imported before."""

    survey: str
    round: str
    answers: int
    invalid: int
    atoms: int
    comments: int
    follows: tuple[str, ...]
    again: bool


@dataclass(frozen=True, slots=True)
class FiguresFile:
    """A counted round on its way to the installation's ledger."""

    survey: str
    round: str
    fingerprint: bytes
    public_key: bytes
    follows: tuple[str, ...]
    entries: tuple[LedgerEntry, ...]
    comments: SealedBatch

    def as_text(self) -> str:
        """The file: JSON. The same count gives the same figures; comments are sealed anew each time."""
        document = {
            "format": FORMAT,
            "survey": self.survey,
            "round": self.round,
            "fingerprint": self.fingerprint.hex(),
            "public_key": to_base64url(self.public_key),
            "follows": list(self.follows),
            "ledger": ledger_document(self.entries),
            "comments": {
                "public_key": to_base64url(self.comments.public_key),
                "secret": to_base64url(self.comments.secret),
                "sealed": [to_base64url(body) for body in self.comments.bodies],
                "signature": self.comments.signature,
            },
        }
        return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def read_figures(path: Path) -> FiguresFile:
    """Read a figures file; chain and signatures aren't checked here. Raises `InvalidFigures`."""
    try:
        told: Any = json.loads(path.read_text("utf-8"))
        if told["format"] != FORMAT:
            raise InvalidFigures(file=path, reason="it is of another format")
        return FiguresFile(
            str(told["survey"]),
            str(told["round"]),
            bytes.fromhex(told["fingerprint"]),
            from_base64url(told["public_key"]),
            tuple(str(name) for name in told["follows"]),
            tuple(read_ledger(told["ledger"])),
            _comments(told["comments"]),
        )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, InvalidPublicKey):
        raise InvalidFigures(file=path, reason="it can't be read") from None


def _comments(told: Any) -> SealedBatch:
    """Raises `ValueError` where something has another length than what is sealed has."""
    public_key = PublicKey.from_bytes(from_base64url(told["public_key"])).to_bytes()
    secret = from_base64url(told["secret"])
    bodies = tuple(from_base64url(body) for body in told["sealed"])
    if len(secret) != Kind.THEMES.sealed_bytes or {len(body) for body in bodies} - {
        Kind.COMMENT.sealed_bytes
    }:
        raise ValueError("another length")
    if len(set(bodies)) != len(bodies):
        raise ValueError("a comment stands twice")
    return SealedBatch(public_key, secret, tuple(sorted(bodies)), str(told["signature"]))


def read_head(path: Path) -> ExportHead:
    """What an export says of itself. Raises `InvalidExport`."""
    with read_export(path) as export:
        return export.head


def count_file(
    path: Path,
    key_file: Path,
    opening: Opening,
    out: Path,
    executor: Executor | None = None,
    progress: Progress = lambda _done, _all: None,
) -> CountedFile:
    """Count an export into the figures file `out`. Safe to repeat: the same export gives the same figures.

    Raises `InvalidExport`, `OtherAnswers`, and what `unlock` raises; then nothing is written.
    """
    with read_export(path) as export:
        head = export.head
        asked = head.asked
        wanted = Wanted(asked.survey, asked.round, head.public_key, head.ledger_key)
        opened = unlock(key_file, wanted, opening)
        done = so_far(progress, head.envelopes)
        figures = protected_figures(asked, opened.held, export.sealed(), executor, done)
    beside = counted_path(key_file)
    known = read_counted(beside)
    refuse_other_answers(known, asked.survey, asked.round, figures.set_mac)
    place, follows = followed(beside, head.place)
    entries = append(place.previous, figures.protected, place.position, opened.signing.sign)
    # Beside the key first: were it killed in between, only the same answers could still be counted.
    Remembered.of(entries, figures.set_mac).write(beside)
    fingerprint = asked.questionnaire.fingerprint
    signature = opened.signing.sign(figures.comments.signed_hash(asked.survey, asked.round))
    comments = replace(figures.comments, signature=signature)
    made = FiguresFile(asked.survey, asked.round, fingerprint, head.public_key, follows, entries, comments)
    write_durably(out, made.as_text())
    table = figures.protected
    return CountedFile(
        asked.survey,
        asked.round,
        figures.answers,
        table.invalid,
        len(table.atoms),
        len(figures.comments.bodies),
        follows,
        again=known is not None,
    )
