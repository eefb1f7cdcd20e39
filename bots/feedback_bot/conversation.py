"""The conversation: (state, event) -> (state, view). No clock, no network, no chat program, no chance.

What has to be done outside is a place of the conversation: at `LOADING` what is asked must be fetched, at
`SENDING` the answers must be sent; the outcome comes back as an event.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from feedback_service.errors import N_, FeedbackError
from feedback_service.i18n import Interface, preferred_first
from feedback_service.sealing.access_code import AccessCode
from feedback_service.surveys.answers import TooManyChoices, check_answers
from feedback_service.surveys.questionnaire import Question

from . import answering
from .events import (
    Arrived,
    Begun,
    Command,
    Commanded,
    Do,
    Event,
    Expired,
    Loaded,
    Press,
    Pressed,
    RoundOver,
    SentOther,
    Unreachable,
    Wrote,
)
from .state import ENDS, At, Notice, State
from .views.model import View
from .views.speaker import Speaker

_BUTTONS_ONLY = Notice(N_("Please use the buttons. Your message was deleted."))
_NOT_TAKEN = Notice(
    N_(
        "This was deleted and not taken: a voice, a picture, a file, a contact or a place can show who you "
        "are. Please use the buttons or write."
    )
)
_STILL_THERE = Notice(
    N_("This bot could not delete your message. Please delete it: keep your finger on it, then “Delete”.")
)
_CHANGED = Notice(N_("The questions have changed in the meantime. Please look at your answers again."))
_WAITING = (At.LOADING, At.SENDING)
# The keys of a round may be renewed while it is sent; not again and again.
_MOST_TRIES = 3


@dataclass(frozen=True, slots=True)
class Conversation:
    """One bot's conversations. `languages` are those that it speaks, in order."""

    interfaces: Mapping[str, Interface]
    languages: tuple[str, ...]

    def step(self, state: State | None, event: Event) -> tuple[State, View]:
        """What follows from an event. A state of none is somebody about whom nothing is known."""
        following = self._after(state, event)
        return following, self.view(following)

    def view(self, state: State) -> View:
        """The message for a state."""
        known = state.lang in self.languages
        lang = state.lang if known else preferred_first(state.prefers, self.languages)[0]
        return Speaker(self.interfaces[lang], self.languages).view(state)

    def _after(self, state: State | None, event: Event) -> State:
        if isinstance(event, Begun):
            return self._begun(event)
        if state is None or state.at in ENDS:
            state = state or State(At.STALE)
            if isinstance(event, Commanded):
                return self._on_commanded(replace(state, prefers=event.prefers), event)
            return replace(state, at=At.STALE)
        if state.at in _WAITING and isinstance(event, (Pressed, Wrote, SentOther)):
            return state
        handle: Callable[[State, Event], State] = getattr(self, f"_on_{type(event).__name__.lower()}")
        return handle(replace(state, notice=None), event)

    def _begun(self, event: Begun) -> State:
        state = State(At.LANGUAGES, prefers=event.prefers, receipt=event.receipt)
        chosen = event.lang if event.lang in self.languages else ""
        if not chosen and len(self.languages) == 1:
            chosen = self.languages[0]
        return replace(state, at=At.LOADING, lang=chosen) if chosen else state

    # What the service says

    def _on_loaded(self, state: State, event: Loaded) -> State:
        state = replace(state, offer=event.offer)
        if state.survey is None:
            return replace(state, at=state.back_to or At.WELCOME, back_to=None)
        new = event.offer.survey(state.survey.name)
        # The same questions in another language. Other questions are met when it is sent, not in between.
        if new and new.sealing.fingerprint == state.survey.sealing.fingerprint:
            state = replace(state, survey=new)
        return replace(state, at=state.back_to or At.QUESTION, back_to=None)

    def _on_unreachable(self, state: State, event: Unreachable) -> State:
        at = At.UNSENT if state.at is At.SENDING else At.UNREACHABLE
        if state.at is At.LOADING and state.survey is not None:
            # The texts of another language don't come: it goes on in the one before.
            at = state.back_to or At.QUESTION
        return replace(state, at=at, minutes=event.minutes, doubtful=state.doubtful or at is At.UNSENT)

    def _on_arrived(self, state: State, _event: Arrived) -> State:
        return State(At.ARRIVED, lang=state.lang)

    def _on_roundover(self, state: State, event: RoundOver) -> State:
        old, new = answering.asked(state), event.offer.survey(answering.asked(state).name)
        if new is None or state.tries >= _MOST_TRIES:
            return State(At.CLOSED, lang=state.lang)
        same = new.sealing.fingerprint == old.sealing.fingerprint
        state = replace(state, offer=event.offer, survey=new, tries=state.tries + 1)
        if same:
            return replace(state, at=At.SENDING)
        checked = check_answers(new.questionnaire, event.offer.directory, state.given)
        kept = {name: _as_given(value) for name, value in checked.answers.items()}
        return replace(self._to_summary(replace(state, given=kept)), notice=_CHANGED)

    def _on_expired(self, state: State, _event: Expired) -> State:
        # What is on its way is not given up.
        return state if state.at is At.SENDING else _ended(state, At.EXPIRED)

    # What the person does

    def _on_commanded(self, state: State, event: Commanded) -> State:
        match event.command:
            case Command.CANCEL:
                # What is on its way can't be called back.
                return state if state.at is At.SENDING else _ended(state, At.CANCELLED)
            case Command.DELETE:
                return replace(_ended(state, At.DELETED), offer=state.offer)
            case Command.LANGUAGE:
                return self._aside(state, At.LANGUAGES)
            case Command.HELP:
                return self._aside(state, At.HELP)

    def _aside(self, state: State, at: At) -> State:
        """Languages or the help, from which a way leads back to where the person was."""
        if state.at in _WAITING:
            return state
        # A typed text isn't kept on the way: it is asked for again.
        back: At | None = At.QUESTION if state.at is At.TYPED else state.at
        if state.at in (At.LANGUAGES, At.HELP):
            back = state.back_to
        return replace(state, at=at, text="", back_to=None if back in ENDS else back)

    def _on_wrote(self, state: State, event: Wrote) -> State:
        state = replace(state, notice=None if event.gone else _STILL_THERE)
        if state.at is At.CODE:
            return self._coded(state, event.text)
        if state.at in (At.QUESTION, At.TYPED) and answering.question(state).type == "text":
            return self._typed(state, event.text)
        return replace(state, notice=state.notice or _BUTTONS_ONLY)

    def _on_sentother(self, state: State, event: SentOther) -> State:
        return replace(state, notice=_NOT_TAKEN if event.gone else _STILL_THERE)

    def _typed(self, state: State, text: str) -> State:
        name = answering.question(state).name
        tried = replace(state, given={**state.given, name: (text,)})
        if wrong := answering.problem(tried, name, state.lang):
            return replace(state, at=At.QUESTION, text="", notice=wrong)
        return replace(state, at=At.TYPED, text=text)

    def _coded(self, state: State, text: str) -> State:
        try:
            code = AccessCode.from_text(text)
        except FeedbackError as error:
            return replace(state, notice=answering.notice(error, state.lang))
        return self._to_summary(replace(state, code=code.shown))

    def _on_pressed(self, state: State, event: Pressed) -> State:
        press = event.press
        handle: Callable[[State, Press], State] = getattr(self, f"_press_{press.do.name.lower()}")
        return handle(state, press)

    def _press_language(self, state: State, press: Press) -> State:
        return replace(state, at=At.LOADING, lang=press.value)

    def _press_here(self, state: State, _press: Press) -> State:
        assert state.offer is not None
        if len(state.offer.surveys) == 1:
            return self._press_form(state, Press(Do.FORM, state.offer.surveys[0].name))
        return replace(state, at=At.FORMS)

    def _press_form(self, state: State, press: Press) -> State:
        assert state.offer is not None
        survey = state.offer.survey(press.value)
        return replace(state, at=At.QUESTION, survey=survey, question=0, given={}, picks=())

    def _press_choose(self, state: State, press: Press) -> State:
        one = answering.question(state)
        if one.type == "region":
            return self._chose_region(state, one, press.value)
        if one.type == "select_multiple":
            return self._ticked(state, one, press.value)
        return self._answered(state, one, (press.value,))

    def _chose_region(self, state: State, one: Question, key: str) -> State:
        if answering.is_looked_into(answering.directory(state), key, state.within):
            return replace(state, within=key, page=0)
        return self._answered(state, one, (key,))

    def _ticked(self, state: State, one: Question, name: str) -> State:
        if name in state.picks:
            return replace(state, picks=tuple(pick for pick in state.picks if pick != name))
        if len(state.picks) >= one.most:
            return replace(state, notice=answering.notice(TooManyChoices(most=one.most), state.lang))
        return replace(state, picks=(*state.picks, name))

    def _press_done(self, state: State, _press: Press) -> State:
        return self._answered(state, answering.question(state), state.picks)

    def _press_keep(self, state: State, _press: Press) -> State:
        return self._answered(state, answering.question(state), (state.text,))

    def _press_rewrite(self, state: State, _press: Press) -> State:
        return replace(state, at=At.QUESTION, text="")

    def _press_skip(self, state: State, _press: Press) -> State:
        if state.at is At.CODE:
            return self._to_summary(replace(state, code=""))
        return self._answered(state, answering.question(state), ())

    def _answered(self, state: State, one: Question, values: tuple[str, ...]) -> State:
        """Takes an answer over and goes on, or says what is wrong with it."""
        given = {**state.given, one.name: values}
        tried = replace(state, given=given, text="")
        if wrong := answering.problem(tried, one.name, state.lang):
            return replace(state, at=At.QUESTION, text="", notice=wrong)
        if state.changing:
            return self._to_summary(tried)
        forward = answering.following(tried)
        if forward is None:
            return self._after_questions(tried)
        return self._ask(tried, forward)

    def _after_questions(self, state: State) -> State:
        if answering.asked(state).questionnaire.has_codes and not state.code:
            return replace(state, at=At.CODE)
        return self._to_summary(state)

    def _to_summary(self, state: State) -> State:
        """The summary, or first a question whose answer is missing or no longer fits."""
        wrong = answering.first_problem(state)
        if wrong is None:
            return replace(state, at=At.SUMMARY, changing=False, text="", within="", page=0)
        asked = self._ask(replace(state, changing=True), wrong)
        name = answering.question(asked).name
        return replace(asked, notice=answering.problem(asked, name, state.lang))

    def _ask(self, state: State, at: int) -> State:
        name = answering.asked(state).questions[at].name
        picks = state.given.get(name, ())
        return replace(state, at=At.QUESTION, question=at, picks=picks, within="", page=0, text="")

    def _press_page(self, state: State, press: Press) -> State:
        return replace(state, page=int(press.value))

    def _press_back(self, state: State, _press: Press) -> State:
        match state.at:
            case At.WELCOME:
                return replace(state, at=At.LANGUAGES)
            case At.FORMS:
                return replace(state, at=At.WELCOME)
            case At.CODE:
                return self._ask(state, answering.relevant(state)[-1])
            case At.CHANGING:
                return replace(state, at=At.SUMMARY)
            case _:
                return self._question_before(state)

    def _question_before(self, state: State) -> State:
        if state.within:
            above = "" if len(state.within) == 3 else state.within[:3]
            return replace(state, within=above, page=0)
        if state.changing:
            return self._to_summary(state)
        before = answering.following(state, -1)
        if before is not None:
            return self._ask(state, before)
        assert state.offer is not None
        alone = len(state.offer.surveys) == 1
        return replace(state, at=At.WELCOME if alone else At.FORMS, survey=None)

    def _press_summary(self, state: State, _press: Press) -> State:
        return replace(state, at=At.CHANGING)

    def _press_change(self, state: State, press: Press) -> State:
        return self._ask(replace(state, changing=True), int(press.value))

    def _press_resume(self, state: State, _press: Press) -> State:
        return replace(state, at=state.back_to or At.WELCOME, back_to=None)

    def _press_send(self, state: State, _press: Press) -> State:
        return replace(state, at=At.SENDING)

    def _press_cancel(self, state: State, _press: Press) -> State:
        return _ended(state, At.CANCELLED)


def _ended(state: State, at: At) -> State:
    """An end: of what was there only what the last message needs."""
    return State(at, lang=state.lang, prefers=state.prefers, doubtful=state.doubtful)


def _as_given(value: str | list[str]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value)
