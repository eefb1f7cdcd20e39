"""What became of one mail that was handed to the mail server, or of the wish to hand one over."""

from __future__ import annotations

import re
from dataclasses import dataclass

_ADDRESS = re.compile(r"<?[^\s<>()\[\]:;,]+@[^\s<>()\[\]:;,]+>?")
_LONGEST = 200


@dataclass(frozen=True, slots=True)
class Sent:
    """The server has taken it: from now on it is the server's."""


@dataclass(frozen=True, slots=True)
class Refused:
    """The server will never take it for this recipient."""

    reason: str


@dataclass(frozen=True, slots=True)
class Later:
    """Not now. `server` tells that nothing at all can be sent now, not only this mail."""

    reason: str
    server: bool = False


@dataclass(frozen=True, slots=True)
class Misconfigured:
    """The server refuses us, not a recipient: a person has to change the settings. Nobody is suspended."""

    reason: str


Outcome = Sent | Refused | Later | Misconfigured


def without_addresses(said: str | bytes, recipient: str = "") -> str:
    """A server's words, short, in one line, without any address and without the recipient's name."""
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    text = "".join(sign if sign.isprintable() else " " for sign in text)
    text = _ADDRESS.sub("…", text)
    name = recipient.partition("@")[0]
    for part in (recipient, name) if len(name) > 1 else ():
        text = re.sub(rf"(?<!\w){re.escape(part)}(?!\w)", "…", text, flags=re.IGNORECASE)
    return " ".join(text.split())[:_LONGEST]
