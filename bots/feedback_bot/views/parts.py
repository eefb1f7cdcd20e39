"""What all views are made of: words in one language, buttons, numbers and names that keep their direction."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from feedback_service.i18n import Interface

from ..events import Do, Press
from ..state import Notice, State
from .model import Button

_LABEL = 60


@dataclass(frozen=True, slots=True)
class Parts:
    """The parts in one language. `languages` are those that this bot speaks."""

    interface: Interface
    languages: tuple[str, ...]

    def _nothing_kept(self, state: State) -> str:
        say = self._say
        if state.doubtful:
            return say("Nothing was kept here. It is not known whether your answer arrived.")
        return say("Nothing was sent and nothing was kept.")

    def _out_of_reach(self, state: State) -> str:
        say = self._say
        return say(
            "The service can't be reached at the moment. Please try again in %(minutes)s minutes.",
            minutes=isolated(state.minutes),
        )

    def _anew(self) -> tuple[tuple[Button, ...], ...]:
        return ((self._button(self._say("Begin"), Do.BEGIN),), self._delete_this())

    def _delete_this(self) -> tuple[Button, ...]:
        return (self._button(self._say("Delete this message too"), Do.DELETE_THIS),)

    def _back(self) -> Button:
        return self._button(self._say("Back"), Do.BACK)

    def _button(self, label: str, do: Do, value: str = "") -> Button:
        return Button(self._marked(label), Press(do, value))

    def _marked(self, label: str) -> str:
        """In a language that runs from right to left a label keeps that, whatever it begins with."""
        return f"\u200f{label}" if self.interface.language.direction == "rtl" else label

    def _notice(self, notice: Notice) -> str:
        facts = {name: isolated(fact) for name, fact in notice.facts.items()}
        return "⚠️ " + (notice.text or self._say(notice.message, **facts))

    def _own(self, texts: Mapping[str, str]) -> str:
        """The survey's text in this language, else in the one that it has."""
        return texts.get(self.interface.language.code) or next(iter(texts.values()))

    @property
    def _say(self) -> Callable[..., str]:
        return self.interface.plain


def isolated(value: object) -> str:
    """A number or name that keeps its own direction within a line (Unicode FSI … PDI)."""
    return f"\u2068{value}\u2069"


def columns(buttons: list[Button], columns: int) -> tuple[tuple[Button, ...], ...]:
    return tuple(tuple(buttons[at : at + columns]) for at in range(0, len(buttons), columns))


def paragraphs(*parts: str) -> str:
    return "\n\n".join(part for part in parts if part)


def short(text: str) -> str:
    return text if len(text) <= _LABEL else f"{text[: _LABEL - 1]}…"
