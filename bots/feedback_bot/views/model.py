"""One message as plain values: marks for bold or covered text are added where the chat program is known."""

from __future__ import annotations

from dataclasses import dataclass, field

from ..events import Press


@dataclass(frozen=True, slots=True)
class Button:
    """A button: what it says, and what it does or which page it opens."""

    label: str
    press: Press | None = None
    url: str = ""


@dataclass(frozen=True, slots=True)
class View:
    """One message. `covered` is shown only when it is touched, where the chat program can do that."""

    heading: str
    body: str = field(default="", repr=False)
    covered: str = field(default="", repr=False)
    rows: tuple[tuple[Button, ...], ...] = field(default=(), repr=False)
