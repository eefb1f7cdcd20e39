"""The message for a state: each place of the conversation has its method in one of the parts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from ..state import State
from .asking import Asking
from .beginning import Beginning
from .ending import Ending
from .model import View
from .parts import paragraphs
from .sending import Sending


class Speaker(Beginning, Asking, Sending, Ending):
    """Builds the views in one language."""

    __slots__ = ()

    def view(self, state: State) -> View:
        """The message for a state, with what is to be said about the last event."""
        build: Callable[[State], View] = getattr(self, f"_{state.at.value}")
        made = build(state)
        if state.notice is None:
            return made
        return replace(made, body=paragraphs(made.body, self._notice(state.notice)))
