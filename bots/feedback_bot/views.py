"""A state as the one message of a chat: a heading, a text, what should be covered, rows of buttons.

Plain text throughout: the chat program's marks for bold or covered text are added where it is known.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial

from feedback_service.errors import N_
from feedback_service.free_text.find import find_personal
from feedback_service.free_text.found import Kind
from feedback_service.i18n import LANGUAGES, Interface, preferred_first
from feedback_service.surveys.questionnaire import Question

from .answering import asked, directory, question, regions_within, relevant
from .events import Do, Press
from .state import Notice, State

# Longer lists come in pages; the longest of a Bezirk's districts fits on one.
PAGE = 14
_LABEL = 60
_KINDS = {
    Kind.PHONE: N_("a phone number"),
    Kind.EMAIL: N_("an e-mail address"),
    Kind.IBAN: N_("a bank account number (IBAN)"),
    Kind.FILE_NUMBER: N_("a file number of an office"),
    Kind.NAME: N_("perhaps a name"),
}
_AUDIENCES = {"clients": N_("I came to Germany as a refugee"), "counsellors": N_("I counsel refugees")}
_FACES = {"1": "😞", "2": "🙁", "3": "😐", "4": "🙂", "5": "😀"}


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


@dataclass(frozen=True, slots=True)
class Speaker:
    """Builds the views in one language. `languages` are those that this bot speaks."""

    interface: Interface
    languages: tuple[str, ...]

    def view(self, state: State) -> View:
        """The message for a state."""
        build: Callable[[State], View] = getattr(self, f"_{state.at.value}")
        made = build(state)
        if state.notice is None:
            return made
        return replace(made, body=_paragraphs(made.body, self._notice(state.notice)))

    # Beginning

    def _languages(self, state: State) -> View:
        order = preferred_first(state.prefers, self.languages)
        buttons = [Button(LANGUAGES[code].own_name, Press(Do.LANGUAGE, code)) for code in order]
        return View(f"🌍 {self._say('Choose your language')}", rows=_columns(buttons, 2))

    def _loading(self, _state: State) -> View:
        say = self._say
        return View(say("One moment …"))

    def _welcome(self, state: State) -> View:
        say = self._say
        assert state.offer is not None
        body = _paragraphs(
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
        return View(say("Your experience counts"), body, rows=(*_columns(buttons, 1), (self._back(),)))

    # Questions

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
        return _paragraphs(hint, how)

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
        yield from _columns(buttons, 2 if len(buttons) > 6 else 1)
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
        body = _paragraphs(
            say("This is your text. It goes from the chat as soon as you continue."),
            say("Your text seems to hold something that shows who somebody is:") if found else "",
        )
        covered = _paragraphs(passages, isolated(state.text))
        rows = (
            (self._button(say("Continue"), Do.KEEP),),
            (self._button(say("Change it"), Do.REWRITE), self._button(say("Skip"), Do.SKIP)),
        )
        return View(self._own(question(state).label), body, covered, rows)

    def _code(self, state: State) -> View:
        say = self._say
        needed = asked(state).questionnaire.access == "code-required"
        body = _paragraphs(
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

    # Sending

    def _summary(self, state: State) -> View:
        say = self._say
        assert state.receipt is not None
        survey = asked(state)
        day = isolated(survey.closes.strftime("%d.%m.%Y"))
        body = _paragraphs(
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
        return f"{_short(self._own(one.label))} {answer}"

    def _changing(self, state: State) -> View:
        questions = asked(state).questions
        buttons = [
            self._button(_short(self._own(questions[at].label)), Do.CHANGE, str(at)) for at in relevant(state)
        ]
        return View(
            self._say("Which answer do you want to change?"), rows=(*_columns(buttons, 1), (self._back(),))
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

    # Ends and asides

    def _help(self, state: State) -> View:
        say = self._say
        commands = (
            f"/start – {say('Begin')}",
            f"/language – {say('Other languages')}",
            f"/cancel – {say('Stop. Nothing is kept')}",
            f"/delete – {say('Delete what can be deleted here')}",
        )
        body = _paragraphs(
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
        body = _paragraphs(
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

    # Parts

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
        return partial(self.interface.plain)


def isolated(value: object) -> str:
    """A number or name that keeps its own direction within a line (Unicode FSI … PDI)."""
    return f"\u2068{value}\u2069"


def _columns(buttons: list[Button], columns: int) -> tuple[tuple[Button, ...], ...]:
    return tuple(tuple(buttons[at : at + columns]) for at in range(0, len(buttons), columns))


def _paragraphs(*parts: str) -> str:
    return "\n\n".join(part for part in parts if part)


def _short(text: str) -> str:
    return text if len(text) <= _LABEL else f"{text[: _LABEL - 1]}…"
