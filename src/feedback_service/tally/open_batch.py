"""Opens and checks a batch of envelopes: the part of counting that can run in any worker process.

Takes sealed bodies, gives records of record key, region and category numbers, and beside them what was
written in free text. What doesn't open, or isn't lawful, gives `None` and is counted as invalid.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from ..regions.directory import Directory, Region
from ..sealing.keys import PrivateKey
from ..sealing.open import CannotOpen, open_envelope
from ..sealing.plaintext import PLAINTEXT_VERSION
from ..secret import Secret
from ..surveys.answers import check_answers
from ..surveys.document import read_document
from ..surveys.questionnaire import Questionnaire, counted_questions

_CONTENT_KEYS = {"v", "survey", "lang", "channel", "answers", "record_key"}
_RECORD_KEY = re.compile(r"[0-9a-f]{32}\Z")
_SHORT = re.compile(r"[a-z]{1,8}\Z")


@dataclass(frozen=True, slots=True)
class OpeningContext:
    """What a worker needs, in plain values that travel between processes."""

    round_id: str
    canonical_survey: bytes
    regions: tuple[tuple[str, str], ...]
    private_key: Secret = field(repr=False)


@dataclass(frozen=True, slots=True)
class Written:
    """What one person wrote, in answer to all questions for free text together. It never prints itself."""

    text: str = field(repr=False)
    language: str


@dataclass(frozen=True, slots=True)
class Record:
    """One lawful answer, reduced to what is counted.

    `picks` are positions in all categories of all closed questions, one question after the other. `written`
    is the free text and the language of the form, if something was written.
    """

    record_key: bytes
    region: str
    picks: tuple[int, ...]
    written: Written | None = None


def open_batch(context: OpeningContext, bodies: Sequence[bytes]) -> list[Record | None]:
    """Open and check envelopes, in their order."""
    opener = _Opener(context)
    return [opener.open(body) for body in bodies]


class _Opener:
    """The context of a batch, prepared once."""

    def __init__(self, context: OpeningContext) -> None:
        self._round_id = context.round_id
        self._key = PrivateKey.from_bytes(context.private_key.value)
        self._questionnaire = read_document(json.loads(context.canonical_survey))
        self._fingerprint = self._questionnaire.fingerprint
        self._directory = Directory.of(Region(ags, name) for ags, name in context.regions)
        self._categories = _category_positions(self._questionnaire)
        self._free = tuple(one.name for one in self._questionnaire.questions if one.type == "text")
        self._names = frozenset(question.name for question in self._questionnaire.questions)

    def open(self, body: bytes) -> Record | None:
        """The record in one envelope, `None` where there is no lawful one."""
        try:
            content = json.loads(open_envelope(body, self._key, self._round_id, self._fingerprint))
        except (CannotOpen, ValueError, RecursionError):
            return None
        if not self._lawful_frame(content):
            return None
        given = _as_given(content["answers"])
        if given is None or not given.keys() <= self._names:
            return None
        checked = check_answers(self._questionnaire, self._directory, given)
        if checked.problems:
            return None
        region = checked.answers[self._questionnaire.region_question.name]
        record_key = bytes.fromhex(content["record_key"])
        written = self._written(checked.answers, content["lang"])
        return Record(record_key, str(region), self._picks(checked.answers), written)

    def _lawful_frame(self, content: Any) -> bool:
        return (
            isinstance(content, dict)
            and content.keys() == _CONTENT_KEYS
            and type(content["v"]) is int
            and content["v"] == PLAINTEXT_VERSION
            and content["survey"] == self._questionnaire.name
            and all(isinstance(content[key], str) for key in ("lang", "channel", "record_key"))
            and bool(_SHORT.match(content["lang"]) and _SHORT.match(content["channel"]))
            and bool(_RECORD_KEY.match(content["record_key"]))
        )

    def _written(self, answers: dict[str, str | list[str]], language: str) -> Written | None:
        # One comment a person, however many questions ask for one: so each counts once among the comments.
        texts = [str(answers[name]).strip() for name in self._free if answers.get(name)]
        text = "\n\n".join(filter(None, texts))
        return Written(text, self._questionnaire.language_or_source(language)) if text else None

    def _picks(self, answers: dict[str, str | list[str]]) -> tuple[int, ...]:
        picks: list[int] = []
        for name, (positions, none) in self._categories.items():
            answer = answers.get(name)
            if answer is None:
                picks.append(none)
            elif isinstance(answer, str):
                picks.append(positions[answer])
            else:
                picks.extend(positions[one] for one in answer)
        return tuple(picks)


def _category_positions(questionnaire: Questionnaire) -> dict[str, tuple[dict[str, int], int]]:
    """For each closed question the position of each choice, and of `_none`."""
    found, start = {}, 0
    for question in counted_questions(questionnaire):
        positions = {name: start + place for place, name in enumerate(question.choices)}
        start += len(question.choices)
        found[question.name] = (positions, start - 1)
    return found


def _as_given(answers: Any) -> dict[str, list[str]] | None:
    """Answers as the check takes them: a text, a whole number (a scale's point) or a list of texts."""
    if not isinstance(answers, dict):
        return None
    given: dict[str, list[str]] = {}
    for name, value in answers.items():
        values = value if isinstance(value, list) else [value]
        if any(isinstance(one, bool) or not isinstance(one, str | int) for one in values):
            return None
        given[name] = [str(one) for one in values]
    return given
