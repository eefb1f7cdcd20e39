"""Where one person is in the conversation. Frozen, in memory only, and it doesn't print."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from feedback_service.sealing.receipt import Receipt

from .offered import Offer, Survey


class At(StrEnum):
    """The places of a conversation."""

    LANGUAGES = "languages"
    LOADING = "loading"
    WELCOME = "welcome"
    FORMS = "forms"
    QUESTION = "question"
    TYPED = "typed"
    CODE = "code"
    SUMMARY = "summary"
    CHANGING = "changing"
    SENDING = "sending"
    UNSENT = "unsent"
    HELP = "help"
    # What follows is an end: nothing is known any more.
    ARRIVED = "arrived"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    DELETED = "deleted"
    STALE = "stale"
    UNREACHABLE = "unreachable"
    CLOSED = "closed"


ENDS = frozenset({At.ARRIVED, At.CANCELLED, At.EXPIRED, At.DELETED, At.STALE, At.UNREACHABLE, At.CLOSED})


@dataclass(frozen=True, slots=True)
class Notice:
    """A sentence above the buttons: a message id with what fills it, or a text of the survey."""

    message: str = ""
    facts: Mapping[str, object] = field(default_factory=dict, repr=False)
    text: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, repr=False)
class State:
    """One person's place, and what was answered so far.

    `question` is an index into the survey's questions; `within` the region that is looked into and `page` the
    page of a long list; `picks` what is ticked; `text` a typed text that waits to be confirmed; `back_to`
    where a language or the help leads back; `changing` says that an answer is being changed from the summary,
    `doubtful` that it was sent once and isn't known to have arrived.
    """

    at: At
    lang: str = ""
    prefers: str = ""
    receipt: Receipt | None = None
    offer: Offer | None = None
    survey: Survey | None = None
    question: int = 0
    within: str = ""
    page: int = 0
    picks: tuple[str, ...] = ()
    text: str = ""
    code: str = ""
    given: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    notice: Notice | None = None
    back_to: At | None = None
    changing: bool = False
    minutes: int = 0
    tries: int = 0
    doubtful: bool = False

    def __repr__(self) -> str:
        return f"State(at={self.at.value})"
