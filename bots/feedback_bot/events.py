"""What may happen in a conversation. None of it prints what somebody answered or wrote."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from feedback_service.sealing.receipt import Receipt

from .offered import Offer


class Do(StrEnum):
    """What a button does."""

    LANGUAGE = "language"
    HERE = "here"
    FORM = "form"
    CHOOSE = "choose"
    DONE = "done"
    SKIP = "skip"
    BACK = "back"
    PAGE = "page"
    KEEP = "keep"
    REWRITE = "rewrite"
    CHANGE = "change"
    SUMMARY = "summary"
    SEND = "send"
    CANCEL = "cancel"
    RESUME = "resume"
    # These two hold without a state: after the end, and after the process was started anew.
    BEGIN = "begin"
    DELETE_THIS = "delete-this"


@dataclass(frozen=True, slots=True)
class Press:
    """What pressing a button means: with a value where there are several of a kind."""

    do: Do
    value: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Begun:
    """Somebody begins. `lang` is chosen already (a poster's link), `prefers` what the chat program says.

    The receipt is drawn outside, so that the conversation itself has no chance in it.
    """

    receipt: Receipt = field(repr=False)
    lang: str = ""
    prefers: str = ""


@dataclass(frozen=True, slots=True)
class Pressed:
    """A button of the newest view."""

    press: Press


@dataclass(frozen=True, slots=True)
class Wrote:
    """A typed text. `gone` says whether it was deleted from the chat."""

    text: str = field(repr=False)
    gone: bool = True


@dataclass(frozen=True, slots=True)
class SentOther:
    """A voice, picture, file, contact, place or sticker, which is not taken."""

    gone: bool = True


class Command(StrEnum):
    """What can be typed with a slash, besides `/start`."""

    LANGUAGE = "language"
    HELP = "help"
    DELETE = "delete"
    CANCEL = "cancel"


@dataclass(frozen=True, slots=True)
class Commanded:
    """A command was typed; `prefers` as for `Begun`."""

    command: Command
    prefers: str = ""


@dataclass(frozen=True, slots=True)
class Loaded:
    """What is asked now has come from the service."""

    offer: Offer = field(repr=False)


@dataclass(frozen=True, slots=True)
class Unreachable:
    """The service can't be reached; worth a new try in so many minutes."""

    minutes: int


@dataclass(frozen=True, slots=True)
class Arrived:
    """The service has stored the answer."""


@dataclass(frozen=True, slots=True)
class RoundOver:
    """The round ended before the answer was sent; this is what is asked now."""

    offer: Offer = field(repr=False)


@dataclass(frozen=True, slots=True)
class Expired:
    """Nothing happened for thirty minutes."""


Event = Begun | Pressed | Wrote | SentOther | Commanded | Loaded | Unreachable | Arrived | RoundOver | Expired
