"""The first screens: the language, what Telegram sees, which form."""

from __future__ import annotations

from collections import Counter

from feedback_service.errors import N_
from feedback_service.i18n import LANGUAGES, preferred_first

from ..events import Do, Press
from ..state import State
from .model import Button, View
from .parts import Parts, columns, paragraphs

_AUDIENCES = {"clients": N_("I came to Germany as a refugee"), "counsellors": N_("I counsel refugees")}


class Beginning(Parts):
    """Before the first question."""

    __slots__ = ()

    def _languages(self, state: State) -> View:
        order = preferred_first(state.prefers, self.languages)
        buttons = [Button(LANGUAGES[code].own_name, Press(Do.LANGUAGE, code)) for code in order]
        return View(f"🌍 {self._say('Choose your language')}", rows=columns(buttons, 2))

    def _loading(self, _state: State) -> View:
        say = self._say
        return View(say("One moment …"))

    def _welcome(self, state: State) -> View:
        say = self._say
        assert state.offer is not None
        body = paragraphs(
            say("You can answer in the browser or here. The browser is safer."),
            say(
                "Telegram knows that you write to this bot, and when. The questions and the buttons that you "
                "press go through Telegram: it could read your answers."
            ),
            say(
                "This bot keeps no name and no account number. After 30 minutes without an answer it forgets "
                "everything."
            ),
        )
        rows = (
            (
                Button(
                    self._marked(say("Answer in the browser (safer)")), url=f"{state.offer.web}/{state.lang}/"
                ),
            ),
            (self._button(say("Answer here"), Do.HERE),),
            (self._button(say("Other languages"), Do.BACK),),
        )
        return View(say("Your experience counts"), body, rows=rows)

    def _forms(self, state: State) -> View:
        say = self._say
        assert state.offer is not None
        audiences = Counter(one.questionnaire.audience for one in state.offer.surveys)
        buttons = []
        for one in state.offer.surveys:
            whose = one.questionnaire.audience
            # Who it is for says more than its title, where that tells the forms apart.
            plain = whose in _AUDIENCES and audiences[whose] == 1
            label = say(_AUDIENCES[whose]) if plain else self._own(one.questionnaire.title)
            buttons.append(self._button(label, Do.FORM, one.name))
        body = say("You can leave out almost every question.")
        if not buttons:
            body = say("No form is open at the moment. Please come back in the next quarter.")
        return View(say("Your experience counts"), body, rows=(*columns(buttons, 1), (self._back(),)))
