"""`work`: the process that does by itself what is due."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from datetime import time as time_of_day
from pathlib import Path
from threading import Event
from typing import Annotated

import typer

from ..errors import FeedbackError
from ..i18n import load_interfaces
from ..mixing.nights import Nights
from ..rounds.counting import count_round
from ..rounds.grace import Clock
from ..rounds.key_folder import KeyMisplaced, private_path, public_key_of
from ..rounds.tending import Tending
from ..settings import Settings
from ..storage.envelopes import count as envelopes_of
from ..storage.rounds import Round
from ..storage.session import Store
from ..work import Work
from ..work import work as run_work
from .common import DEFAULT_DATA, Data, Json, Out, PassphraseMissing, installation, passphrase
from .counting import executor_for
from .stopping import asked_to_stop

_LONGEST_DAY = 10


class AlreadyWorking(FeedbackError):
    """Another `work` runs on the same folder."""

    status = 409
    code = "already-working"
    message = "Another feedback-service work runs on %(folder)s. One is enough; this one ends."


class InvalidTime(FeedbackError):
    """A text that is no time of day."""

    status = 422
    code = "time-invalid"
    message = "“%(text)s” is no time of day. Write it like 02:00 (UTC)."


@dataclass(frozen=True, slots=True)
class Held:
    """The lock of a data folder's `work`; the file holds the day of the last nightly mix, nothing finer."""

    handle: int

    @property
    def mixed(self) -> date | None:
        """The night of the last mix, if one is noted."""
        try:
            return date.fromisoformat(os.pread(self.handle, _LONGEST_DAY, 0).decode("ascii"))
        except ValueError:
            return None

    def note_mixed(self, night: date) -> None:
        """Keep it for the next process: a restart is no reason to mix twice a night."""
        os.pwrite(self.handle, night.isoformat().encode(), 0)


def work(
    once: Annotated[
        bool, typer.Option("--once", help="Do everything that is due now, and end; for timers.")
    ] = False,
    at: Annotated[
        str, typer.Option("--at", help="When nights begin, UTC: the mix comes within two hours after it.")
    ] = "02:00",
    data: Data = DEFAULT_DATA,
    as_json: Json = False,
) -> None:
    """Close, open and mix rounds on their dates, remind the operator, and send what is due.

    Runs until it is asked to end (Ctrl+C, a service manager), and finishes first what it is doing.
    """
    begins = _time_of(at)
    store, settings = installation(data)
    out = Out(as_json)
    with _alone(store) as held, asked_to_stop() as stop:
        worker = Work(
            store=store,
            settings=settings,
            interfaces=load_interfaces(),
            nights=Nights(begins, hurried=once),
            tending=Tending(hurried=once),
            clock=Clock(time.monotonic, lambda seconds: _pause(stop, seconds)),
            say=out.line,
            stopped=stop.is_set,
            count=_counter(store, settings),
            mixed=held.mixed,
            note_mixed=held.note_mixed,
        )
        if not settings.smtp_host:
            out.line("No mail server is set (smtp_host): nothing is sent.")
        failed = 0
        if once:
            failed = worker.tick(_now())
        else:
            run_work(worker, _now, worker.clock.pause)
    out.finish({"failed": failed})
    if failed:
        raise typer.Exit(1)


@contextmanager
def _alone(store: Store) -> Iterator[Held]:
    """Raises `AlreadyWorking`."""
    handle = os.open(store.work_lock, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise AlreadyWorking(folder=store.folder) from None
        yield Held(handle)
    finally:
        os.close(handle)


def _counter(store: Store, settings: Settings) -> Callable[[Round], bool] | None:
    """Counts a round as `rounds count` does, if it has its key; `None` where only people have keys."""
    place = settings.round_key_file
    if place is None:
        return None

    def counted(one: Round) -> bool:
        key_file = _key_file(place, one)
        if key_file is None:
            return False
        if settings.passphrase_file is None and not settings.demo:
            # Never asked for on a terminal: nobody sits there.
            raise PassphraseMissing
        with store.read() as connection:
            waiting = envelopes_of(connection, one.number)
        with executor_for(waiting) as executor:
            count_round(store, one, key_file, passphrase(settings), executor)
        return True

    return counted


def _key_file(place: Path, one: Round) -> Path | None:
    """The file of a round's key: in the folder that was named, or the one that was, if it is that one's."""
    file = private_path(place, one.survey, one.round) if place.is_dir() else place
    try:
        public_key_of(file, one.survey, one.round)
    except (KeyMisplaced, FileNotFoundError):
        return None
    return file


def _time_of(text: str) -> time_of_day:
    try:
        return datetime.strptime(text, "%H:%M").replace(tzinfo=UTC).time()
    except ValueError:
        raise InvalidTime(text=text[:10]) from None


def _now() -> datetime:
    return datetime.now(UTC)


def _pause(stop: Event, seconds: float) -> None:
    stop.wait(seconds)
