"""What sending takes, and what one run of it did."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from ..i18n import Interface
from ..rounds.grace import Clock
from ..sealing.mail_key import MailKey
from ..settings import Settings
from ..storage.session import Store
from .account import MailAccount

# A server that breaks off twice without taking anything in between is left alone for a while.
BREAKS = 2


@dataclass(frozen=True, slots=True)
class Post:
    """What sending takes, given once. `now` gives the moment, in UTC; `told` hears how much is done."""

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
        return bool(self.problem) or self.breaks >= BREAKS
