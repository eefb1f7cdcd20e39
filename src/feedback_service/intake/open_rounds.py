"""What is being asked right now: the open rounds, as every channel sees them.

A snapshot of the database, renewed at most once a second and kept when the database can't be read, so
that people can answer while the mix rewrites the store. A stale snapshot can't lose an answer: the spool
itself refuses what comes for a round that was closed.
"""

from __future__ import annotations

import asyncio
import sys
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import Connection

from ..errors import describe
from ..regions.directory import Directory
from ..sealing.keys import PublicKey
from ..sealing.seal import SealingContext
from ..secret import Secret
from ..storage.regions import read_directory
from ..storage.releases import ReleaseHead, release_heads
from ..storage.rounds import TAKING, Round, all_rounds
from ..storage.session import Store
from ..storage.surveys import newest_slugs, survey_by_fingerprint
from ..surveys.questionnaire import Questionnaire

_FRESH_SECONDS = 1.0
_PATIENCE_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class OpenSurvey:
    """One survey's open round, or one in its grace. `mixed`: its answers at the last mix, in tens."""

    questionnaire: Questionnaire
    round_number: int
    closes: date
    sealing: SealingContext
    pepper: Secret = field(repr=False)
    mixed: int = 0

    @property
    def round_id(self) -> str:
        """The round's name, like `2026-Q4`."""
        return self.sealing.round_id


@dataclass(frozen=True, slots=True)
class Asked:
    """Everything public that pages are made from.

    `ending` are rounds in their grace: nobody new is shown them, and what is sent under them is taken.
    """

    directory: Directory
    by_slug: Mapping[str, OpenSurvey]
    slugs: frozenset[str]
    round_numbers: Mapping[tuple[str, str], int]
    releases: tuple[ReleaseHead, ...]
    ending: tuple[OpenSurvey, ...] = ()

    @property
    def taking(self) -> tuple[OpenSurvey, ...]:
        """Every round for which answers are taken, the open ones first."""
        return (*self.by_slug.values(), *self.ending)

    def taken(self, name: str, round_id: str) -> OpenSurvey | None:
        """The survey's round of that name, where answers are taken for it."""
        named = (name, round_id)
        return next((one for one in self.taking if (one.questionnaire.name, one.round_id) == named), None)

    def survey(self, name: str) -> OpenSurvey | None:
        """The open round of the survey of that name."""
        return next((one for one in self.by_slug.values() if one.questionnaire.name == name), None)


class OpenRounds:
    """Gives the current `Asked`; one a process."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lock = threading.Lock()
        self._asked = self._read()
        self._read_at = time.monotonic()
        self._renewing: asyncio.Task[None] | None = None

    @property
    def latest(self) -> Asked:
        """The snapshot as it is, however old."""
        return self._asked

    async def current(self) -> Asked:
        """The snapshot, read again where it is older than a second, off the event loop.

        Nobody waits long for that: while the mix rewrites the store, the old one serves.
        """
        if time.monotonic() - self._read_at >= _FRESH_SECONDS:
            if self._renewing is None or self._renewing.done():
                self._renewing = asyncio.create_task(asyncio.to_thread(self._renew_once))
            await asyncio.wait([self._renewing], timeout=_PATIENCE_SECONDS)
        return self._asked

    def _renew_once(self) -> None:
        with self._lock:
            if time.monotonic() - self._read_at >= _FRESH_SECONDS:
                self.renew_now()

    def renew_now(self) -> None:
        """Read again at once, as after the spool said that a round is closed."""
        try:
            self._asked = self._read()
        except Exception as error:
            # People go on answering what is known, and the operator sees where it failed. The first read, in
            # `__init__`, is not here: a process that knows nothing must not start.
            print(describe(error), file=sys.stderr)
        self._read_at = time.monotonic()

    def _read(self) -> Asked:
        with self._store.read() as connection:
            rounds = all_rounds(connection)
            taking = {one.number: one.state for one in rounds if one.state in TAKING}
            surveys = [_open_survey(connection, one) for one in rounds if one.number in taking]
            return Asked(
                directory=read_directory(connection),
                by_slug={
                    one.questionnaire.slug: one for one in surveys if taking[one.round_number] == "open"
                },
                slugs=frozenset(newest_slugs(connection)),
                round_numbers={(one.survey, one.round): one.number for one in rounds},
                releases=tuple(release_heads(connection)),
                ending=tuple(one for one in surveys if taking[one.round_number] == "ending"),
            )


def _open_survey(connection: Connection, found: Round) -> OpenSurvey:
    questionnaire = survey_by_fingerprint(connection, found.survey, found.fingerprint)
    if questionnaire is None:
        raise LookupError("a round without its questionnaire")
    public_key = PublicKey.from_bytes(found.public_key)
    sealing = SealingContext(found.survey, found.round, found.fingerprint, public_key)
    return OpenSurvey(questionnaire, found.number, found.closes, sealing, found.pepper, found.mixed)
