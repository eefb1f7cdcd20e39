"""Sends what waits: each mail claimed, handed over, recorded. A kill neither loses nor doubles one.

There is one instant for which that isn't quite true: between the mail server's last word and our record
of it. Killed there, nobody can know that it has the mail, and it gets it again under the same Message-ID.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from email.headerregistry import Address

from ..errors import FeedbackError, describe
from ..i18n import Interface
from ..rounds.grace import Clock
from ..sealing.mail_key import MailKey
from ..settings import Settings
from ..storage.deliveries import (
    OPERATOR,
    Delivery,
    back_to_waiting,
    claim,
    drop,
    fail,
    finish,
    interrupted,
    waiting,
)
from ..storage.recipients import all_recipients, suspend
from ..storage.regions import read_directory
from ..storage.session import Store
from .account import MailAccount
from .backoff import Backoff
from .letters import Writer
from .making import DigestMaker
from .outcome import Later, Misconfigured, Outcome, Refused, Sent
from .smtp import Letter, Mailer

SERVER = "server"
# A server that breaks off twice without taking anything in between is left alone for a while.
_BREAKS = 2


@dataclass(frozen=True, slots=True)
class Post:
    """What sending takes, given once. `now` gives the moment, in UTC."""

    store: Store
    settings: Settings
    account: MailAccount
    key: MailKey
    interfaces: Mapping[str, Interface]
    now: Callable[[], datetime]
    clock: Clock
    stopped: Callable[[], bool] = lambda: False
    told: Callable[[int, int], None] = lambda _done, _all: None


@dataclass(slots=True)
class Run:
    """What one run did. `problem` is what a person has to mend, `later` why the rest has to wait.

    `breaks` counts how often the server broke off since it took the last mail.
    """

    sent: int = 0
    failed: int = 0
    waiting: int = 0
    problem: str = ""
    later: str = ""
    breaks: int = 0
    suspended: set[str] = field(default_factory=set)

    @property
    def stops(self) -> bool:
        """Whether nothing more can be sent now."""
        return bool(self.problem) or self.breaks >= _BREAKS


def make_writer(
    store: Store, settings: Settings, key: MailKey, interfaces: Mapping[str, Interface], sender: Address
) -> Writer:
    """Who writes the mails of one run."""
    with store.read() as connection:
        recipients = {one.id: one for one in all_recipients(connection)}
        directory = read_directory(connection)
    maker = DigestMaker(store, settings, interfaces)
    return Writer(settings, key, interfaces, sender, recipients, directory, maker)


def send_waiting(post: Post, backoff: Backoff) -> Run:
    """Send everything that waits and may be tried now. The caller holds the sender's lock."""
    take_back_interrupted(post.store)
    with post.store.read() as connection:
        found = waiting(connection)
    run = Run()
    if not found:
        return run
    writer = make_writer(post.store, post.settings, post.key, post.interfaces, post.account.sender)
    due = [one for one in writer.in_order(found) if backoff.ready(one.key, post.now())]
    due = [one for one in due if not _left_out(post, writer, one, run)]
    if due and backoff.ready(SERVER, post.now()):
        with Mailer(post.account) as mailer:
            _send(post, backoff, mailer, writer, due, run)
    with post.store.read() as connection:
        run.waiting = len(waiting(connection))
    return run


def take_back_interrupted(store: Store) -> int:
    """What a killed process was sending waits again, under the same Message-ID; gives how many."""
    with store.read() as connection:
        left = interrupted(connection)
    if not left:
        return 0
    with store.begin() as connection:
        return sum(back_to_waiting(connection, one.key, "interrupted") for one in left)


def _send(
    post: Post, backoff: Backoff, mailer: Mailer, writer: Writer, due: list[Delivery], run: Run
) -> None:
    pause, next_at = 60 / post.account.per_minute, post.clock.seconds()
    for place, one in enumerate(due):
        post.told(place, len(due))
        problem = mailer.connect()
        if problem:
            _note(backoff, problem, post.now(), run)
            run.breaks = _BREAKS
        if run.stops or post.stopped():
            break
        if one.key.recipient_id in run.suspended:
            _give_up(post, one, "the recipient is suspended", run)
            continue
        letter = _written(post, backoff, writer, one, run)
        if letter is None:
            continue
        wait = next_at - post.clock.seconds()
        if wait > 0:
            post.clock.pause(wait)
        if post.stopped():
            break
        next_at = max(next_at, post.clock.seconds()) + pause
        _hand_over(post, backoff, mailer, one, letter, run)
    post.told(len(due), len(due))


def _written(post: Post, backoff: Backoff, writer: Writer, one: Delivery, run: Run) -> Letter | None:
    """The mail; one that can't be written keeps waiting, and the others go on."""
    try:
        return writer.letter(one, post.now())
    except FeedbackError as error:
        run.later = str(error)
    except Exception as error:
        # Its text may hold an address; its class and place are enough.
        run.later = f"A mail can't be written: {describe(error)}."
    backoff.failed(one.key, post.now())
    return None


def _hand_over(post: Post, backoff: Backoff, mailer: Mailer, one: Delivery, letter: Letter, run: Run) -> None:
    with post.store.begin() as connection:
        if not claim(connection, one.key):
            return
    outcome = mailer.send(letter)
    _record(post, one, outcome)
    if isinstance(outcome, Sent):
        backoff.worked(one.key)
        backoff.worked(SERVER)
        run.sent += 1
        run.breaks = 0
    elif isinstance(outcome, Refused):
        run.failed += 1
        run.breaks = 0
        run.suspended.add(one.key.recipient_id)
    else:
        backoff.failed(one.key, post.now())
        _note(backoff, outcome, post.now(), run)


def _note(backoff: Backoff, outcome: Later | Misconfigured, now: datetime, run: Run) -> None:
    if isinstance(outcome, Misconfigured):
        run.problem = outcome.reason
        backoff.failed(SERVER, now)
    else:
        run.later = outcome.reason
        run.breaks += outcome.server
        if outcome.server:
            backoff.failed(SERVER, now)


def _record(post: Post, one: Delivery, outcome: Outcome) -> None:
    today = post.now().date()
    with post.store.begin() as connection:
        if isinstance(outcome, Sent):
            finish(connection, one.key, today)
        elif isinstance(outcome, Refused):
            fail(connection, one.key, outcome.reason, today)
            if one.key.recipient_id != OPERATOR:
                suspend(connection, one.key.recipient_id, outcome.reason)
        else:
            back_to_waiting(connection, one.key, outcome.reason)


def _left_out(post: Post, writer: Writer, one: Delivery, run: Run) -> bool:
    """Whether it must not go any more; then it is recorded so, or forgotten with its recipient."""
    unwanted = writer.unwanted(one)
    if unwanted is None:
        return False
    if unwanted.reason:
        _give_up(post, one, unwanted.reason, run)
    else:
        with post.store.begin() as connection:
            drop(connection, one.key)
    return True


def _give_up(post: Post, one: Delivery, reason: str, run: Run) -> None:
    with post.store.begin() as connection:
        fail(connection, one.key, reason, post.now().date())
    run.failed += 1
