"""Buttons as callback data of at most 64 bytes, and back.

The data hold no answer and no question: the language, a token of this process, the number of the view and
the button's place in it. The two buttons that hold without a state say what they do instead.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from .events import Do, Press
from .views.model import Button, View

LONGEST = 64
_LETTERS = {Do.BEGIN: "b", Do.DELETE_THIS: "d"}
_BY_LETTER = {letter: do for do, letter in _LETTERS.items()}
_PLACED = re.compile(r"([a-z]{2,3}):([0-9a-f]{8}):([0-9]{1,6}):([0-9]{1,3})")
_LASTING = re.compile(r"([a-z]{2,3}):([bd])")


@dataclass(frozen=True, slots=True)
class Key:
    """A button as a chat program wants it: a label with data or with an address."""

    label: str
    data: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Placed:
    """Data of a button of one view of one process."""

    lang: str
    token: str
    turn: int
    place: int


@dataclass(frozen=True, slots=True)
class Lasting:
    """Data of a button that holds for ever."""

    lang: str
    do: Do


def keyboard(view: View, lang: str, token: str, turn: int) -> list[list[Key]]:
    """The rows of a view's buttons. `token` is 8 hex digits."""
    place = -1
    rows = []
    for row in view.rows:
        keys = []
        for button in row:
            place += 1
            keys.append(_key(button, lang, f"{lang}:{token}:{turn}:{place}"))
        rows.append(keys)
    return rows


def read(data: str) -> Placed | Lasting | None:
    """What is in callback data; nothing where they are not ours."""
    if found := _PLACED.fullmatch(data):
        return Placed(found[1], found[2], int(found[3]), int(found[4]))
    if found := _LASTING.fullmatch(data):
        return Lasting(found[1], _BY_LETTER[found[2]])
    return None


def press_at(view: View, place: int) -> Press | None:
    """What the button at a place does; nothing where there is none."""
    for at, button in enumerate(_buttons(view)):
        if at == place:
            return button.press
    return None


def _buttons(view: View) -> Iterator[Button]:
    for row in view.rows:
        yield from row


def _key(button: Button, lang: str, placed: str) -> Key:
    if button.press is None:
        return Key(button.label, url=button.url)
    letter = _LETTERS.get(button.press.do)
    return Key(button.label, f"{lang}:{letter}" if letter else placed)
