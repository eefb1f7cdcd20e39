"""What lies beside a key once it has counted: which set of answers, and where the ledger stood.

The set is kept as a MAC under the round's release secret, so that it names none of the answers. The count of
another set, from a restored database or with an envelope taken out, is refused by it.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from ..disclosure.ledger import LedgerEntry
from ..disclosure.noise import ReleaseSecret
from ..disclosure.protect import record_set_digest
from ..errors import FeedbackError
from ..files import write_durably
from ..tally.table import CountTable


class OtherAnswers(FeedbackError):
    """The key has counted another set of answers for this round before."""

    status = 409
    code = "count-differs"
    message = (
        "The round %(round)s of “%(survey)s” was counted before, from other answers than lie here now."
        " A second count could reveal single answers and is refused. Nothing was changed."
    )


class UnreadableMemory(FeedbackError):
    """A `.counted` file that can't be read; counting without it would be counting blindly."""

    status = 500
    code = "counted-file-invalid"
    message = "%(file)s can't be read, so nobody knows which answers were counted. Restore it from a backup."


@dataclass(frozen=True, slots=True)
class Place:
    """A place in the ledger: the hash before it, and its position (from 1)."""

    previous: str
    position: int


@dataclass(frozen=True, slots=True)
class Remembered:
    """The content of `SURVEY-ROUND.counted`. Its entries go from `position` up to before `next`."""

    survey: str
    round: str
    set: str
    previous: str
    position: int
    head: str
    next: int

    @classmethod
    def of(cls, entries: tuple[LedgerEntry, ...], set_mac: str) -> Remembered:
        """What to remember of a count's entries."""
        first, last = entries[0], entries[-1]
        return cls(
            first.survey,
            first.round,
            set_mac,
            first.previous,
            first.position,
            last.this,
            last.position + 1,
        )

    def write(self, path: Path) -> None:
        """Durably, before anything is written to a ledger."""
        write_durably(path, json.dumps(asdict(self), indent=1) + "\n")


def read_counted(path: Path) -> Remembered | None:
    """What is remembered; `None` where nothing was counted. Raises `UnreadableMemory`."""
    if not path.exists():
        return None
    try:
        told = json.loads(path.read_text("utf-8"))
        found = Remembered(**{field.name: told[field.name] for field in fields(Remembered)})
    except (ValueError, KeyError, TypeError):
        raise UnreadableMemory(file=path) from None
    return found


def mac_of_set(secret: ReleaseSecret, table: CountTable) -> str:
    """Names a set of answers to whoever has the release secret, and to nobody else."""
    return hmac.new(secret.mac(b"counted set"), record_set_digest(table).encode(), hashlib.sha256).hexdigest()


def refuse_other_answers(known: Remembered | None, survey: str, round_id: str, set_mac: str) -> None:
    """Raises `OtherAnswers` where another set was counted with this key."""
    if known and not hmac.compare_digest(known.set, set_mac):
        raise OtherAnswers(survey=survey, round=round_id)


def followed(own: Path, place: Place) -> tuple[Place, tuple[str, ...]]:
    """Where a count made here is chained: behind everything counted here since `place`, and what that is.

    Two rounds that were exported together so make one chain. `own` is the round's own file: what was made
    of it before is made again.
    """
    known = [read_counted(path) for path in own.parent.glob("*.counted") if path != own]
    following = {Place(one.previous, one.position): one for one in known if one}
    names: list[str] = []
    while place in following:
        one = following.pop(place)
        names.append(f"{one.survey} {one.round}")
        place = Place(one.head, one.next)
    return place, tuple(names)
