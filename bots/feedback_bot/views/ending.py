"""The help, and every end: neutral, with a button that deletes this message too."""

from __future__ import annotations

from ..events import Do
from ..state import State
from .model import Button, View
from .parts import Parts, paragraphs


class Ending(Parts):
    """Ends and asides."""

    __slots__ = ()

    def _help(self, state: State) -> View:
        say = self._say
        commands = (
            f"/start – {say('Begin')}",
            f"/language – {say('Other languages')}",
            f"/cancel – {say('Stop. Nothing is kept')}",
            f"/delete – {say('Delete what can be deleted here')}",
        )
        body = paragraphs(
            say(
                "This bot asks a few questions about counselling for refugees. You can leave out almost all."
            ),
            say("Nobody but Telegram can see that you wrote. Please don't write names."),
            "\n".join(commands),
        )
        rows = ((self._button(say("Continue"), Do.RESUME),),) if state.back_to else self._anew()
        return View(say("What this bot does"), body, rows=rows)

    def _arrived(self, _state: State) -> View:
        say = self._say
        return View(say("Thank you"), say("It has arrived."), rows=(self._delete_this(),))

    def _cancelled(self, state: State) -> View:
        return View(self._say("Cancelled"), self._nothing_kept(state), rows=self._anew())

    def _expired(self, state: State) -> View:
        return View(self._say("This has expired"), self._nothing_kept(state), rows=self._anew())

    def _stale(self, _state: State) -> View:
        say = self._say
        return View(
            say("Please start again"), say("This bot no longer knows what came before."), rows=self._anew()
        )

    def _deleted(self, state: State) -> View:
        say = self._say
        body = paragraphs(
            say("What this bot may delete here is deleted. Messages older than 48 hours it can't delete."),
            say("To delete everything: open the menu of this chat and choose “Delete chat”."),
            say("An answer that was sent can be deleted with its number of 40 digits, in the browser."),
        )
        page: tuple[tuple[Button, ...], ...] = ()
        if state.offer and state.offer.web:
            label = self._marked(say("Delete an answer"))
            page = ((Button(label, url=f"{state.offer.web}/{state.lang}/delete"),),)
        return View(say("Deleted"), body, rows=(*page, self._delete_this()))

    def _unreachable(self, state: State) -> View:
        say = self._say
        rows = ((self._button(say("Try again"), Do.BEGIN),), self._delete_this())
        return View(say("That did not work"), self._out_of_reach(state), rows=rows)

    def _closed(self, _state: State) -> View:
        say = self._say
        body = say("This form is not open at the moment. Please come back in the next quarter.")
        return View(say("Nothing was sent yet"), body, rows=(self._delete_this(),))
