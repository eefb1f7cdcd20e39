"""Hands mails over one by one: claimed before, recorded after, at their distance from one another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from ..errors import FeedbackError, describe
from ..storage.deliveries import OPERATOR, Delivery, back_to_waiting, claim, drop, fail, finish
from ..storage.recipients import suspend
from .backoff import Backoff
from .letters import Writer
from .outcome import Later, Misconfigured, Outcome, Refused, Sent
from .post import BREAKS, Post, Run
from .smtp import Letter, Mailer
from .taken import Taken

# What a pause of the whole server is kept under.
SERVER = "server"


@dataclass(slots=True)
class HandingOver:
    """One run's work. `run` says what it did so far."""

    post: Post
    backoff: Backoff
    writer: Writer
    taken: Taken
    run: Run
    _next_at: float = field(default=0.0)

    def all(self, due: Sequence[Delivery]) -> None:
        """Hand over what is due, until something stops that."""
        self._next_at = self.post.clock.seconds()
        with Mailer(self.post.account) as mailer:
            for place, one in enumerate(due):
                self.post.told(place, len(due))
                if not self._may_go_on(mailer):
                    return
                if one.key.recipient_id in self.run.suspended:
                    self._give_up(one, "the recipient is suspended")
                    continue
                letter = self._written(one)
                if letter is not None and self._kept_distance():
                    self._hand_over(mailer, one, letter)
        self.post.told(len(due), len(due))

    def leave_out(self, one: Delivery) -> bool:
        """Whether it must not go any more; then it is recorded so, or forgotten with its recipient."""
        unwanted = self.writer.unwanted(one)
        if unwanted is None:
            return False
        if unwanted.reason:
            self._give_up(one, unwanted.reason)
        else:
            with self.post.store.begin() as connection:
                drop(connection, one.key)
        return True

    def _may_go_on(self, mailer: Mailer) -> bool:
        if self.run.stops or self.post.stopped():
            return False
        problem = mailer.connect()
        if problem is not None:
            self._not_sent(problem)
            self.run.breaks = BREAKS
        return problem is None

    def _written(self, one: Delivery) -> Letter | None:
        """The mail; one that can't be written keeps waiting, and the others go on."""
        try:
            return self.writer.letter(one, self.post.now())
        except FeedbackError as error:
            self.run.later = str(error)
        except Exception as error:
            # Its text may hold an address; its class and place are enough.
            self.run.later = f"A mail can't be written: {describe(error)}."
        self.backoff.failed(one.key, self.post.now())
        return None

    def _kept_distance(self) -> bool:
        """Wait until the next mail may go; tells whether it still may."""
        clock = self.post.clock
        wait = self._next_at - clock.seconds()
        if wait > 0:
            clock.pause(wait)
        self._next_at = max(self._next_at, clock.seconds()) + 60 / self.post.account.per_minute
        return not self.post.stopped()

    def _hand_over(self, mailer: Mailer, one: Delivery, letter: Letter) -> None:
        with self.post.store.begin() as connection:
            if not claim(connection, one.key):
                return
        self.taken.begin(one.message_id)
        outcome = mailer.send(letter)
        if isinstance(outcome, Sent):
            self.taken.note(one.message_id)
        self._record(one, outcome)
        if isinstance(outcome, Sent):
            self.backoff.worked(one.key)
            self.backoff.worked(SERVER)
            self.run.sent += 1
            self.run.breaks = 0
        elif isinstance(outcome, Refused):
            self.run.failed += 1
            self.run.breaks = 0
            self.run.suspended.add(one.key.recipient_id)
        else:
            self.backoff.failed(one.key, self.post.now())
            self._not_sent(outcome)

    def _not_sent(self, outcome: Later | Misconfigured) -> None:
        if isinstance(outcome, Misconfigured):
            self.run.problem = outcome.reason
        else:
            self.run.later = outcome.reason
            self.run.breaks += outcome.server
        if isinstance(outcome, Misconfigured) or outcome.server:
            self.backoff.failed(SERVER, self.post.now())

    def _record(self, one: Delivery, outcome: Outcome) -> None:
        today = self.post.now().date()
        with self.post.store.begin() as connection:
            if isinstance(outcome, Sent):
                finish(connection, one.key, today)
            elif isinstance(outcome, Refused):
                fail(connection, one.key, outcome.reason, today)
                if one.key.recipient_id != OPERATOR:
                    suspend(connection, one.key.recipient_id, outcome.reason)
            else:
                back_to_waiting(connection, one.key, outcome.reason)

    def _give_up(self, one: Delivery, reason: str) -> None:
        with self.post.store.begin() as connection:
            fail(connection, one.key, reason, self.post.now().date())
        self.run.failed += 1
