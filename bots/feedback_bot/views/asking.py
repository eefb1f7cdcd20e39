"""A question: its choices, ticks, regions in pages, a typed text shown once more, a code."""

from __future__ import annotations

from collections.abc import Iterable

from feedback_service.errors import N_
from feedback_service.free_text.find import find_personal
from feedback_service.free_text.found import Kind
from feedback_service.surveys.questionnaire import Question

from ..answering import asked, directory, question, regions_within, relevant
from ..events import Do
from ..state import State
from .model import Button, View
from .parts import Parts, columns, isolated, paragraphs

# Longer lists come in pages; the longest of a Bezirk's districts fits on one.
PAGE = 14
_KINDS = {
    Kind.PHONE: N_("a phone number"),
    Kind.EMAIL: N_("an e-mail address"),
    Kind.IBAN: N_("a bank account number (IBAN)"),
    Kind.FILE_NUMBER: N_("a file number of an office"),
    Kind.NAME: N_("perhaps a name"),
}
_FACES = {"1": "😞", "2": "🙁", "3": "😐", "4": "🙂", "5": "😀"}


class Asking(Parts):
    """The questions."""

    __slots__ = ()

    def _question(self, state: State) -> View:
        one = question(state)
        rows: Iterable[tuple[Button, ...]]
        if one.type == "region":
            rows = self._regions(state)
        elif one.type == "text":
            rows = ()
        elif one.type == "select_multiple":
            rows = self._ticks(one, state)
        else:
            rows = self._choices(one, state)
        below = [self._back()]
        if not one.required:
            below.append(self._button(self._say("Skip"), Do.SKIP))
        return View(self._asking(state), self._hints(one, state), rows=(*rows, tuple(below)))

    def _asking(self, state: State) -> str:
        """The question with its number among those that are asked."""
        order = relevant(state)
        one, all_ = order.index(state.question) + 1, len(order)
        where = self._say("%(one)s of %(all)s", one=isolated(one), all=isolated(all_))
        return f"{where}\n{self._own(question(state).label)}"

    def _hints(self, one: Question, state: State) -> str:
        say = self._say
        hint = self._own(one.hint) if one.hint else ""
        how = ""
        if one.type == "text":
            how = say(
                "Please write your text as a message. It is deleted from the chat at once and shown here."
            )
        elif one.type == "region" and len(state.within) == 5:
            hint = say("Which town or municipality?")
            how = say(
                "Only if you want to say. Where few people answer, it is counted for the whole district."
            )
        elif one.type == "select_multiple":
            how = say("Touch what fits, then “Continue”.")
        return paragraphs(hint, how)

    def _choices(self, one: Question, state: State) -> Iterable[tuple[Button, ...]]:
        chosen = state.given.get(one.name, ())
        for choice in one.choices:
            mark = "✓ " if choice.name in chosen else ""
            face = f"{_FACES[choice.name]} " if one.type == "scale" else ""
            yield (self._button(f"{mark}{face}{self._own(choice.label)}", Do.CHOOSE, choice.name),)

    def _ticks(self, one: Question, state: State) -> Iterable[tuple[Button, ...]]:
        for choice in one.choices:
            box = "☑" if choice.name in state.picks else "☐"
            yield (self._button(f"{box} {self._own(choice.label)}", Do.CHOOSE, choice.name),)
        yield (self._button(self._say("Continue"), Do.DONE),)

    def _regions(self, state: State) -> Iterable[tuple[Button, ...]]:
        say = self._say
        known = directory(state)
        offered = regions_within(known, state.within)
        buttons = []
        for one in offered[state.page * PAGE :][:PAGE]:
            label = isolated(one.name)
            if one.ags == known.state.ags:
                label = say("I don't want to say")
            elif one.ags == state.within:
                label = say("Only the district: %(name)s", name=isolated(one.name))
            buttons.append(self._button(label, Do.CHOOSE, one.ags))
        yield from columns(buttons, 2 if len(buttons) > 6 else 1)
        turn = []
        if state.page:
            turn.append(self._button(say("Previous page"), Do.PAGE, str(state.page - 1)))
        if (state.page + 1) * PAGE < len(offered):
            turn.append(self._button(say("Next page"), Do.PAGE, str(state.page + 1)))
        if turn:
            yield tuple(turn)

    def _typed(self, state: State) -> View:
        say = self._say
        found = find_personal(state.text)
        passages = "\n".join(
            f"• {isolated(state.text[one.start : one.end])} – {say(_KINDS[one.kind])}" for one in found
        )
        body = paragraphs(
            say("This is your text. It goes from the chat as soon as you continue."),
            say("Your text seems to hold something that shows who somebody is:") if found else "",
        )
        covered = paragraphs(passages, isolated(state.text))
        rows = (
            (self._button(say("Continue"), Do.KEEP),),
            (self._button(say("Change it"), Do.REWRITE), self._button(say("Skip"), Do.SKIP)),
        )
        return View(self._own(question(state).label), body, covered, rows)

    def _code(self, state: State) -> View:
        say = self._say
        needed = asked(state).questionnaire.access == "code-required"
        body = paragraphs(
            say("Please type the code from your card. Answers without a code are not counted here.")
            if needed
            else say(
                "If you were given a card with a code, type it here. It shows that a real person answers. "
                "Nobody can see which answer came with it."
            ),
        )
        below = [self._back()]
        if not needed:
            below.append(self._button(say("Skip"), Do.SKIP))
        return View(say("Code from your card"), body, rows=(tuple(below),))
