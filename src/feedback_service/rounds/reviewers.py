"""Hands a round's reviewers their key: out of the round's secrets, under a passphrase of their own."""

from __future__ import annotations

from pathlib import Path

from ..errors import FeedbackError
from ..files import write_durably
from ..sealing.reviewers_key import wrap_reviewers_key
from ..sealing.wrapping import WrappingKey
from .trustees import KeyPlace
from .unlocking import Opening, unlock


class ReviewersKeyExists(FeedbackError):
    """A file of that name is there; reviewers may know its passphrase."""

    status = 409
    code = "reviewers-key-exists"
    message = "%(file)s is there already. Nothing was changed; delete it first if its passphrase is lost."


def refuse_existing(out: Path) -> None:
    """Raises `ReviewersKeyExists`."""
    if out.exists():
        raise ReviewersKeyExists(file=out)


def make_reviewers_key(place: KeyPlace, opening: Opening, out: Path, wrapping: WrappingKey) -> None:
    """Write the reviewers' key file of a round. Raises `ReviewersKeyExists` and what `unlock` raises."""
    refuse_existing(out)
    wanted = place.wanted
    opened = unlock(place.key_file, wanted, opening, [place.ledger_folder])
    write_durably(out, wrap_reviewers_key(wanted.survey, wanted.round, opened.held, wrapping))
