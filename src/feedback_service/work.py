"""The process that works by itself: closes, opens and mixes rounds on their dates, and sends what is due.

It holds the mail key, the mix's keys and public keys of rounds; a round's private key only where the operator
gave it one to count with. A tick is a function of the moment and of what lies in the data folder: whatever
was missed, by a night without power or two days without a mail server, is due at the next one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import partial

from .deliver.account import mail_account
from .deliver.backoff import Backoff
from .deliver.due import enqueue_due
from .deliver.incoming import take_incoming
from .deliver.post import Post
from .deliver.reminders import due_reminders, enqueue_reminders
from .deliver.sending import send_waiting
from .errors import FeedbackError, describe
from .i18n import Interface
from .mixing.mix import MixReport
from .mixing.nights import Nights
from .rounds.closing import mix_spools
from .rounds.grace import Clock
from .rounds.key_folder import has_keys
from .rounds.opening import next_quarter
from .rounds.tending import Tending, tend
from .settings import Settings
from .storage.mail_keys import read_mail_key
from .storage.rounds import Round, all_rounds
from .storage.session import Store
from .storage.surveys import survey_names

SECONDS_BETWEEN = 60.0
# So long at most mails are sent in one tick: a close must not wait for a slow mail server.
_SENDING_SECONDS = 300.0

Step = Callable[[datetime], None]


class SentElsewhere(Exception):
    """`digests send` is at it: the next tick looks again."""


def _busy() -> None:
    raise SentElsewhere


@dataclass(slots=True)
class Work:
    """What the process works with and what it remembers. `count` counts a round if it has its key.

    `mixed` is the night of the last mix, `note_mixed` keeps it beyond this process.
    """

    store: Store
    settings: Settings
    interfaces: Mapping[str, Interface]
    nights: Nights
    tending: Tending
    clock: Clock
    say: Callable[[str], None]
    stopped: Callable[[], bool] = lambda: False
    count: Callable[[Round], bool] | None = None
    mixed: date | None = None
    note_mixed: Callable[[date], None] = lambda _night: None
    failing: Backoff = field(default_factory=lambda: Backoff(timedelta(hours=1)))
    mail: Backoff = field(default_factory=Backoff)

    def tick(self, now: datetime) -> int:
        """Do what is due. A step that fails is told and tried again later; gives how many failed now."""
        failed = 0
        for name, step in self._steps():
            if self.stopped():
                break
            if self.failing.ready(name, now):
                failed += not self._try(name, step, now)
        return failed

    def _steps(self) -> Iterator[tuple[str, Step]]:
        yield "inbox", self._inbox
        with self.store.read() as connection:
            surveys = survey_names(connection)
        for survey in surveys:
            yield f"rounds of {survey}", partial(self._tend, survey)
        yield "mix", self._mix
        for one in self._closed() if self.count else ():
            yield f"count of {one.survey} {one.round}", partial(self._count, one)
        yield "reminders", self._remind
        yield "mail", self._send

    def _try(self, name: str, step: Step, now: datetime) -> bool:
        try:
            step(now)
        except FeedbackError as error:
            said = str(error)
        except Exception as error:
            # Its text may hold an address or an answer; class and place are enough.
            said = describe(error)
        else:
            self.failing.worked(name)
            return True
        minutes = int(self.failing.failed(name, now).total_seconds() // 60)
        self.say(f"{name}: {said} (Tried again in {minutes} min.)")
        return False

    def _inbox(self, now: datetime) -> None:
        if self._has_mail_key:
            take_incoming(self.store, read_mail_key(self.store.mail_folder), now.date())

    def _tend(self, survey: str, now: datetime) -> None:
        asked = self.settings.quarters_of(survey)
        for done in tend(self.store, survey, now, asked, self.tending, self.say):
            self._tell_mixed(done.mixed)

    def _mix(self, now: datetime) -> None:
        if not self.nights.due(now, self.mixed):
            return
        self._tell_mixed(mix_spools(self.store).report)
        self.mixed = self.nights.night(now)
        self.note_mixed(self.mixed)

    def _tell_mixed(self, report: MixReport) -> None:
        # Nothing about how many came: that would tell when people answer.
        if report.damaged or report.stranded or report.unreadable:
            self.say(
                f"mix: damaged slots: {report.damaged}; of rounds unknown here: {report.stranded};"
                f" codes that couldn't be read: {report.unreadable}. See: feedback-service doctor"
            )

    def _closed(self) -> list[Round]:
        with self.store.read() as connection:
            return [one for one in all_rounds(connection) if one.state == "closed"]

    def _count(self, one: Round, _now: datetime) -> None:
        if self.count and self.count(one):
            self.say(f"{one.survey}: round {one.round} is counted.")

    def _remind(self, now: datetime) -> None:
        if not (self.settings.smtp_host and self.settings.operator_mail and self._has_mail_key):
            return
        with self.store.read() as connection:
            missing = {
                survey: self._without_key(survey, str(next_quarter(connection, survey, now.date(), asked)))
                for survey, asked in self._calendar(survey_names(connection))
            }
            due = due_reminders(all_rounds(connection), missing.get, now.date())
        account, key = mail_account(self.settings), read_mail_key(self.store.mail_folder)
        for about in enqueue_reminders(self.store, due, key, account.domain, now.date()):
            self.say(f"reminder to the operator: {about}")

    def _calendar(self, surveys: list[str]) -> Iterator[tuple[str, tuple[int, ...]]]:
        return ((survey, self.settings.quarters_of(survey)) for survey in surveys)

    def _without_key(self, survey: str, following: str) -> str | None:
        return None if has_keys(self.store.key_folder, survey, following) else following

    def _send(self, now: datetime) -> None:
        if not (self.settings.smtp_host and self._has_mail_key):
            return
        account, key = mail_account(self.settings), read_mail_key(self.store.mail_folder)
        end = self.clock.seconds() + _SENDING_SECONDS
        post = Post(
            self.store, self.settings, account, key, self.interfaces, lambda: now, self.clock,
            lambda: self.stopped() or self.clock.seconds() > end,
        )  # fmt: skip
        try:
            with self.store.one_sender(_busy):
                enqueue_due(self.store, key, account.domain, now.date(), self.settings.digest_days_after)
                run = send_waiting(post, self.mail)
        except SentElsewhere:
            return
        if run.sent or run.failed:
            self.say(f"mail: {run.sent} sent, {run.failed} refused for good, {run.waiting} waiting")
        for said in filter(None, (run.problem, run.later)):
            self.say(f"mail: {said}")

    @property
    def _has_mail_key(self) -> bool:
        return (self.store.mail_folder / "mail.key").exists()


def work(one: Work, now: Callable[[], datetime], pause: Callable[[float], None]) -> None:
    """Tick once a minute until it is asked to end; what is being done then is finished."""
    while not one.stopped():
        one.tick(now())
        pause(SECONDS_BETWEEN)
