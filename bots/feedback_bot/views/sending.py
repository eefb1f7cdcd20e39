"""Before and while the answers are sent: the summary, what may be changed, out of reach."""

from __future__ import annotations

from feedback_service.surveys.questionnaire import Question

from ..answering import asked, directory, relevant
from ..events import Do
from ..state import State
from .model import View
from .parts import Parts, columns, isolated, paragraphs, short


class Sending(Parts):
    """Between the last question and the end."""

    __slots__ = ()

    def _summary(self, state: State) -> View:
        say = self._say
        assert state.receipt is not None
        survey = asked(state)
        day = isolated(survey.closes.strftime("%d.%m.%Y"))
        body = paragraphs(
            f"{say('Only if you may want to delete your answer later')}:\n{isolated(state.receipt.shown)}",
            say(
                "Write this number down before you send. It is not shown again. With it the answer can be "
                "deleted until %(day)s.",
                day=day,
            ),
        )
        lines = [self._answered(survey.questions[at], state) for at in relevant(state)]
        rows = (
            (self._button(say("Send"), Do.SEND),),
            (self._button(say("Change it"), Do.SUMMARY), self._button(say("Cancel"), Do.CANCEL)),
        )
        return View(say("Nothing was sent yet"), body, "\n".join(lines), rows)

    def _answered(self, one: Question, state: State) -> str:
        """A question with its answer in one line. Of a text only that there is one."""
        given = state.given.get(one.name, ())
        if not given:
            answer = "–"
        elif one.type == "text":
            answer = "✓"
        elif one.type == "region":
            known = directory(state)
            wants = given[0] != known.state.ags
            answer = isolated(known[given[0]].name) if wants else self._say("I don't want to say")
        else:
            answer = " · ".join(self._own(each.label) for each in one.choices if each.name in given)
        return f"{short(self._own(one.label))} {answer}"

    def _changing(self, state: State) -> View:
        questions = asked(state).questions
        buttons = [
            self._button(short(self._own(questions[at].label)), Do.CHANGE, str(at)) for at in relevant(state)
        ]
        return View(
            self._say("Which answer do you want to change?"), rows=(*columns(buttons, 1), (self._back(),))
        )

    def _sending(self, _state: State) -> View:
        say = self._say
        return View(say("One moment …"), say("Your answers are being sent."))

    def _unsent(self, state: State) -> View:
        say = self._say
        rows = (
            (self._button(say("Try again"), Do.SEND),),
            (self._button(say("Cancel"), Do.CANCEL),),
        )
        return View(say("Nothing was lost"), self._out_of_reach(state), rows=rows)
