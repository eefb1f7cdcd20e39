"""Reads a questionnaire from its document and refuses what couldn't be asked, sealed or counted.

All that is wrong is said at once, each line naming the question and, for a missing text, the language.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, cast, get_args

from ..errors import FeedbackError
from ..i18n import LANGUAGES
from ..sealing.plaintext import LONGEST_CONTENT
from .audio import audio_problems
from .capacity import longest_plaintext
from .categories import NO_ANSWER, PublishClass
from .document_values import Values, as_texts
from .expression import SELF, Expression, InvalidExpression, parse
from .questionnaire import (
    MOST_PICKS,
    QUESTION_TYPES,
    SCALE_POINTS,
    Access,
    Choice,
    Question,
    Questionnaire,
    QuestionType,
)

_NAME = re.compile(r"[a-z][a-z0-9_]{0,29}\Z")
_CHOICE_NAME = re.compile(r"[a-z0-9][a-z0-9_]{0,29}\Z")
_SLUG = re.compile(r"[a-z][a-z0-9-]{0,19}\Z")
_TOP_KEYS = {
    "name", "slug", "audience", "access", "source", "languages", "title", "intro", "questions",
    "translated_from", "outdated",
}  # fmt: skip
_QUESTION_KEYS = {
    "name", "type", "label", "hint", "required", "relevant", "constraint", "constraint_message",
    "choices", "max", "publish", "pictograms", "audio",
}  # fmt: skip
_DIGEST = re.compile(r"[0-9a-f]{8}\Z")
# Fields of the form that are no questions.
_TAKEN_NAMES = {"survey", "round", "receipt", "tag", "id", "envelope", "code", "asked", "looked", "change"}
# Slugs that are addresses of the service itself.
_TAKEN_SLUGS = {"accessibility", "thanks", "delete", "privacy", "what-we-keep", "results", "replies"}


class InvalidQuestionnaire(FeedbackError):
    """A survey that is refused; `problems` says everything that is wrong with it."""

    status = 422
    code = "survey-invalid"
    message = "The survey is refused: %(problems)s"

    def __init__(self, problems: list[str]) -> None:
        super().__init__(problems="; ".join(problems))
        self.problems = problems


def read_document(document: object) -> Questionnaire:
    """Build a questionnaire from nested dicts, lists and texts. Raises `InvalidQuestionnaire`."""
    return _Reader(document).questionnaire()


class _Reader(Values):
    """Walks a document once and collects what is wrong with it."""

    def __init__(self, document: object) -> None:
        super().__init__()
        self.top = self.table(as_texts(document), "the survey")
        self.languages = tuple(str(code) for code in self.items(self.top.get("languages"), "languages"))

    def questionnaire(self) -> Questionnaire:
        self._check_top()
        questions = tuple(
            self._question(self.table(raw, f"question {number}"), number)
            for number, raw in enumerate(self.items(self.top.get("questions"), "questions"), start=1)
        )
        self._check_together(questions)
        self._check_record()
        found = Questionnaire(
            name=str(self.top.get("name", "")),
            slug=str(self.top.get("slug", "")),
            audience=str(self.top.get("audience", "")),
            access=cast(Access, str(self.top.get("access", "open"))),
            source=str(self.top.get("source", "")),
            languages=self.languages,
            title=self.texts(self.top.get("title"), "title"),
            intro=self.texts(self.top.get("intro"), "intro"),
            questions=questions,
            document=self.top,
        )
        if not self.problems and longest_plaintext(found) > LONGEST_CONTENT:
            self.problems.append(
                f"its longest lawful answer takes {longest_plaintext(found)} bytes, "
                f"an envelope holds {LONGEST_CONTENT}: shorten names or ask less"
            )
        if self.problems:
            raise InvalidQuestionnaire(self.problems)
        return found

    def _check_top(self) -> None:
        self.unknown_keys(self.top, _TOP_KEYS, "the survey")
        for key, pattern in (("name", _NAME), ("slug", _SLUG), ("audience", _NAME)):
            if not pattern.match(str(self.top.get(key, ""))):
                self.problems.append(f"{key} is missing or not a short lower-case word")
        if self.top.get("access", "open") not in get_args(Access):
            self.problems.append(f"access is one of {', '.join(get_args(Access))}")
        if str(self.top.get("slug")) in _TAKEN_SLUGS:
            self.problems.append(f"the slug “{self.top['slug']}” is an address of the service itself")
        for code in dict.fromkeys(self.languages):
            if self.languages.count(code) > 1:
                self.problems.append(f"the language “{code}” stands twice")
            if code not in LANGUAGES:
                self.problems.append(f"the language “{code}” is not known")
        if self.top.get("source") not in self.languages:
            self.problems.append("source is missing or none of the languages")

    def _check_record(self) -> None:
        """Whether what `freshness` notes has its shape; what it says is not judged here."""
        made_from = self.table(self.top.get("translated_from", {}), "translated_from")
        for key in sorted(key for key, digest in made_from.items() if not _DIGEST.match(str(digest))):
            self.problems.append(f"translated_from, {key}: it is no digest of eight hexadecimal digits")
        outdated = self.table(self.top.get("outdated", {}), "outdated")
        self.unknown_keys(outdated, set(self.languages), "outdated")
        for code, keys in outdated.items():
            self.items(keys, f"outdated, {code}")

    def _question(self, raw: Mapping[str, Any], number: int) -> Question:
        name = str(raw.get("name", ""))
        where = f"question “{name}”" if name else f"question {number}"
        self.unknown_keys(raw, _QUESTION_KEYS, where)
        if not _NAME.match(name) or name == NO_ANSWER:
            self.problems.append(f"{where}: the name is missing or not a short lower-case word")
        if name in _TAKEN_NAMES:
            self.problems.append(f"{where}: the form needs this name for itself")
        kind = str(raw.get("type", ""))
        if kind not in QUESTION_TYPES:
            self.problems.append(f"{where}: the type “{kind}” is not known ({', '.join(QUESTION_TYPES)})")
        question = Question(
            name=name,
            type=cast(QuestionType, kind),
            label=self.texts(raw.get("label"), f"{where}, label"),
            hint=self.optional_texts(raw, "hint", where),
            required=self.flag(raw.get("required", False), f"{where}, required"),
            relevant=self._expression(raw, "relevant", where),
            constraint=self._expression(raw, "constraint", where),
            constraint_message=self.optional_texts(raw, "constraint_message", where),
            choices=self._choices(raw.get("choices", []), where),
            most=self._picks(raw, kind, where),
            publish=cast("PublishClass | None", raw.get("publish")),
            pictograms=self.flag(raw.get("pictograms", False), f"{where}, pictograms"),
            audio=raw.get("audio", {}),
        )
        self._check_question(question, where)
        self.problems += [f"{where}, audio: {one}" for one in audio_problems(question.audio, self.languages)]
        return question

    def _check_question(self, question: Question, where: str) -> None:
        if question.closed and question.publish not in get_args(PublishClass):
            self.problems.append(f"{where}: publish is local, wide or state")
        if not question.closed and (question.choices or question.publish):
            self.problems.append(f"{where}: a question of this type has no choices and no publish")
        if question.closed and question.type != "scale" and len(question.choices) < 2:
            self.problems.append(f"{where}: it needs two choices or more")
        if question.type == "scale" and question.choice_names != SCALE_POINTS:
            self.problems.append(f"{where}: a scale has the choices 1 to 5")
        if (question.constraint is None) != (question.constraint_message is None):
            self.problems.append(f"{where}: constraint and constraint_message go together")

    def _check_together(self, questions: tuple[Question, ...]) -> None:
        names = [question.name for question in questions]
        for name in sorted({name for name in names if names.count(name) > 1}):
            self.problems.append(f"question “{name}” stands twice")
        regions = [question for question in questions if question.type == "region"]
        if len(regions) != 1 or not regions[0].required or regions[0].relevant:
            self.problems.append("exactly one question of type region, required and always asked, is needed")
        for position, question in enumerate(questions):
            earlier = set(names[:position])
            for expression, allowed in (
                (question.relevant, earlier),
                (question.constraint, {*earlier, SELF}),
            ):
                for name in sorted((expression.names if expression else frozenset()) - allowed):
                    self.problems.append(
                        f"question “{question.name}” refers to “{name}”, not asked before it"
                    )

    def _choices(self, raw: object, where: str) -> tuple[Choice, ...]:
        found: list[Choice] = []
        for item in self.items(raw, f"{where}, choices"):
            choice = self.table(item, f"{where}, a choice")
            name = str(choice.get("name", ""))
            self.unknown_keys(choice, {"name", "label"}, f"{where}, choice “{name}”")
            if not _CHOICE_NAME.match(name):
                self.problems.append(f"{where}: a choice's name “{name}” is not a short lower-case word")
            if name in (earlier.name for earlier in found):
                self.problems.append(f"{where}: the choice “{name}” stands twice")
            found.append(Choice(name, self.texts(choice.get("label"), f"{where}, choice “{name}”")))
        return tuple(found)

    def _picks(self, raw: Mapping[str, Any], kind: str, where: str) -> int:
        if kind != "select_multiple":
            if "max" in raw:
                self.problems.append(f"{where}: only select_multiple has max")
            return 1
        text = str(raw.get("max", MOST_PICKS))
        if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= MOST_PICKS:
            self.problems.append(f"{where}: max is 1 to {MOST_PICKS}")
            return MOST_PICKS
        return int(text)

    def _expression(self, raw: Mapping[str, Any], key: str, where: str) -> Expression | None:
        if key not in raw:
            return None
        try:
            return parse(str(raw[key]))
        except InvalidExpression as error:
            self.problems.append(f"{where}, {key}: {error}")
            return None
