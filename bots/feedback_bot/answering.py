"""Which question comes next, and what is wrong with an answer: the survey's own check, one by one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from feedback_service.errors import FeedbackError
from feedback_service.regions.directory import Directory, Region
from feedback_service.regions.keys import Level, level_of
from feedback_service.surveys.answers import Answers, Checked, ConstraintNotMet, check_answers
from feedback_service.surveys.questionnaire import Question

from .offered import Survey
from .state import Notice, State

Given = Mapping[str, tuple[str, ...]]


def checked(state: State) -> Checked:
    """All answers so far."""
    return check_answers(asked(state).questionnaire, directory(state), state.given)


def asked(state: State) -> Survey:
    """The survey that is being answered."""
    assert state.survey is not None
    return state.survey


def directory(state: State) -> Directory:
    """The regions that may be chosen."""
    assert state.offer is not None
    return state.offer.directory


def question(state: State) -> Question:
    """The one that is shown."""
    return asked(state).questions[state.question]


def following(state: State, step: int = 1) -> int | None:
    """The next question (or the one before) that is asked of this person; none at the ends."""
    answers = checked(state).answers
    at = state.question + step
    while 0 <= at < len(asked(state).questions):
        if _is_asked(asked(state).questions[at], answers):
            return at
        at += step
    return None


def relevant(state: State) -> list[int]:
    """The questions that are asked of this person."""
    answers = checked(state).answers
    return [at for at, one in enumerate(asked(state).questions) if _is_asked(one, answers)]


def problem(state: State, name: str, lang: str) -> Notice | None:
    """What is wrong with the answer to one question."""
    for one in checked(state).problems:
        if one.question == name:
            return notice(one.error, lang)
    return None


def first_problem(state: State) -> int | None:
    """The first question whose answer can't be sent as it is."""
    wrong = {one.question for one in checked(state).problems}
    return next((at for at, one in enumerate(asked(state).questions) if one.name in wrong), None)


def notice(error: FeedbackError, lang: str) -> Notice:
    """An error as a sentence: the survey's own where it has one."""
    if isinstance(error, ConstraintNotMet) and error.texts:
        return Notice(text=error.texts.get(lang) or next(iter(error.texts.values())))
    return Notice(error.message, error.facts)


def regions_within(known: Directory, within: str) -> Sequence[Region]:
    """What is offered when a region is looked into; the region itself first where it can be an answer."""
    if not within:
        return (*known.children(known.state.ags), known.state)
    below = known.children(within)
    return (known[within], *below) if level_of(within) is Level.KREIS else below


def is_looked_into(known: Directory, key: str, within: str) -> bool:
    """Whether choosing a region shows what lies in it, instead of being the answer."""
    if key == within or key == known.state.ags:
        return False
    level = level_of(key)
    # A town that is its own district has one municipality: itself.
    return level is Level.BEZIRK or (level is Level.KREIS and len(known.children(key)) > 1)


def _is_asked(one: Question, answers: Answers) -> bool:
    return one.relevant is None or one.relevant.holds(answers)
