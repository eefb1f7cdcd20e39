"""The model of a questionnaire: questions in order, each with its texts in every language.

Built from a document (the same shape in YAML, in the database and in the canonical form) by
`read_document`, which refuses whatever couldn't be asked, sealed or counted, and says all that is wrong at
once. Words are XLSForm's: type, name, label, hint, required, relevant, constraint, choices.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

import rfc8785

from .categories import NO_ANSWER, CountedQuestion, PublishClass
from .expression import Expression

QuestionType = Literal["select_one", "select_multiple", "scale", "region", "text"]
Access = Literal["open", "code-optional", "code-required"]
QUESTION_TYPES: tuple[str, ...] = get_args(QuestionType)
CLOSED_TYPES = ("select_one", "select_multiple", "scale")
SCALE_POINTS = ("1", "2", "3", "4", "5")
MOST_PICKS = 3
TEXT_CHARACTERS = 1000
TEXT_BYTES = 3000

Texts = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer that can be ticked."""

    name: str
    label: Texts


@dataclass(frozen=True, slots=True)
class Question:
    """One question. `most` is the highest number of picks; `publish` the class it is released in."""

    name: str
    type: QuestionType
    label: Texts
    hint: Texts | None = None
    required: bool = False
    relevant: Expression | None = None
    constraint: Expression | None = None
    constraint_message: Texts | None = None
    choices: tuple[Choice, ...] = ()
    most: int = 1
    publish: PublishClass | None = None
    pictograms: bool = False
    # Names of recordings by language, not of every language.
    audio: Texts = field(default_factory=dict)
    # The names of its choices, in order: read for every answer, so made once.
    choice_names: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "choice_names", tuple(choice.name for choice in self.choices))

    @property
    def closed(self) -> bool:
        """Whether its answers are counted."""
        return self.type in CLOSED_TYPES


@dataclass(frozen=True, slots=True)
class Questionnaire:
    """One version of a survey. `document` is what it was read from; the fingerprint is over that.

    `access` says who may answer: anybody, or with a printed code that verifies an answer or is required.
    """

    name: str
    slug: str
    audience: str
    access: Access
    source: str
    languages: tuple[str, ...]
    title: Texts
    intro: Texts
    questions: tuple[Question, ...]
    document: Mapping[str, Any]

    @property
    def canonical(self) -> bytes:
        """The document as canonical JSON (RFC 8785)."""
        return rfc8785.dumps(dict(self.document))

    @property
    def fingerprint(self) -> bytes:
        """SHA-256 of the canonical form, 32 bytes: what every envelope is bound to."""
        return hashlib.sha256(self.canonical).digest()

    @property
    def has_codes(self) -> bool:
        """Whether people may hand in access codes."""
        return self.access != "open"

    @property
    def recordings(self) -> tuple[str, ...]:
        """The names of all recordings, each once, in order."""
        return tuple(dict.fromkeys(name for one in self.questions for name in one.audio.values()))

    @property
    def region_question(self) -> Question:
        """The one question that says where an answer belongs."""
        return next(question for question in self.questions if question.type == "region")

    def question(self, name: str) -> Question | None:
        """The question of that name, if there is one."""
        return next((question for question in self.questions if question.name == name), None)

    def language_or_source(self, code: str) -> str:
        """`code` if the survey speaks it, else its source language."""
        return code if code in self.languages else self.source


def counted_questions(questionnaire: Questionnaire) -> tuple[CountedQuestion, ...]:
    """The closed questions as counting and disclosure see them: `_none` is always the last choice."""
    return tuple(
        CountedQuestion(
            name=question.name,
            kind="select_multiple" if question.type == "select_multiple" else "select_one",
            choices=(*question.choice_names, NO_ANSWER),
            publish=question.publish or "wide",
            scale=question.type == "scale",
        )
        for question in questionnaire.questions
        if question.closed
    )
