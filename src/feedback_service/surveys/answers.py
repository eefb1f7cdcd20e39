"""Checks what somebody answered against the questionnaire; the same check before sealing and when counting.

Gives back clean answers (in the questionnaire's order, irrelevant ones dropped) and the problems, each
with the question it belongs to. Error texts hold limits and never what was answered.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ..errors import N_, FeedbackError
from ..regions.directory import Directory
from .expression import SELF
from .questionnaire import TEXT_BYTES, TEXT_CHARACTERS, Question, Questionnaire, Texts

# Tabs and their like separate words.
_GAPS = re.compile("[\\t\\v\\f]")
# Control characters and lone surrogates (Unicode categories Cc, Cs), but not the line feed.
_CONTROL = re.compile("[\\x00-\\x09\\x0b-\\x1f\\x7f-\\x9f\\ud800-\\udfff]")

Answers = dict[str, "str | list[str]"]


class AnswerRequired(FeedbackError):
    """A required question was left out."""

    status = 422
    code = "answer-required"
    message = N_("Please choose an answer here. “I don't want to say” is an answer too.")


class UnknownChoice(FeedbackError):
    """A value that is none of the question's choices."""

    status = 422
    code = "choice-unknown"
    message = N_("This is not one of the possible answers. Please choose again.")


class TooManyChoices(FeedbackError):
    """More picks than the question takes."""

    status = 422
    code = "choices-too-many"
    message = N_("Please choose no more than %(most)s.")


class TextTooLong(FeedbackError):
    """More characters than a text may have."""

    status = 422
    code = "text-too-long"
    message = N_("Your text has %(length)s characters. Please shorten it to %(most)s.")


class TextTooManyBytes(FeedbackError):
    """Few enough characters, but of a kind that takes more room than an envelope has."""

    status = 422
    code = "text-too-many-bytes"
    message = N_("Your text is too long to be sealed. Please shorten it by about %(excess)s characters.")


class ConstraintNotMet(FeedbackError):
    """The survey's own rule for a question; its text comes from the survey."""

    status = 422
    code = "constraint-not-met"
    message = N_("These answers don't go together. Please check them.")

    def __init__(self, texts: Texts | None) -> None:
        super().__init__()
        self.texts = texts


@dataclass(frozen=True, slots=True)
class AnswerProblem:
    """What is wrong with the answer to one question."""

    question: str
    error: FeedbackError


@dataclass(frozen=True, slots=True)
class Checked:
    """Clean answers, and what is wrong. Only where `problems` is empty may they be sealed or counted."""

    answers: Answers
    problems: tuple[AnswerProblem, ...]


def check_answers(
    questionnaire: Questionnaire, directory: Directory, given: Mapping[str, Sequence[str]]
) -> Checked:
    """Check `given` (each question's name with its values as texts; absent and empty mean no answer)."""
    answers: Answers = {}
    problems: list[AnswerProblem] = []
    for question in questionnaire.questions:
        if question.relevant and not question.relevant.holds(answers):
            continue
        values = [value for value in given.get(question.name, ()) if value.strip()]
        try:
            answer = _read(question, directory, values)
            if answer:
                _check_constraint(question, answers, answer)
                answers[question.name] = answer
        except FeedbackError as error:
            problems.append(AnswerProblem(question.name, error))
    return Checked(answers, tuple(problems))


def clean_text(raw: str) -> str:
    """Text as it is sealed: NFC, line feeds only, without control characters, trimmed."""
    lines = raw.replace("\r\n", "\n").replace("\r", "\n")
    printing = _CONTROL.sub("", _GAPS.sub(" ", lines))
    return unicodedata.normalize("NFC", printing).strip()


def _read(question: Question, directory: Directory, values: list[str]) -> str | list[str]:
    if not values:
        if question.required:
            raise AnswerRequired
        return ""
    if question.type == "text":
        text = _text(values)
        if question.required and not text:
            raise AnswerRequired
        return text
    if question.type == "region":
        return _region(directory, values)
    return _choice(question, values)


def _choice(question: Question, values: list[str]) -> str | list[str]:
    known = question.choice_names
    picked = set(values)
    if not picked <= set(known):
        raise UnknownChoice
    if len(picked) > question.most:
        raise TooManyChoices(most=question.most)
    if question.type == "select_multiple":
        return [name for name in known if name in picked]
    return values[0]


def _region(directory: Directory, values: list[str]) -> str:
    key = values[0]
    # The state itself means "I don't want to say"; a Bezirk is no place that anybody answers for.
    answerable = key == directory.state.ags or len(key) >= 5
    if len(set(values)) > 1 or not answerable or key not in directory:
        raise UnknownChoice
    return key


def _text(values: list[str]) -> str:
    text = clean_text("\n".join(values))
    if len(text) > TEXT_CHARACTERS:
        raise TextTooLong(length=len(text), most=TEXT_CHARACTERS)
    taken = len(json.dumps(text, ensure_ascii=False).encode()) - 2
    if taken > TEXT_BYTES:
        raise TextTooManyBytes(excess=max(1, -(-(taken - TEXT_BYTES) * len(text) // taken)))
    return text


def _check_constraint(question: Question, answers: Answers, answer: str | list[str]) -> None:
    if question.constraint and not question.constraint.holds({**answers, SELF: answer}):
        raise ConstraintNotMet(question.constraint_message)
