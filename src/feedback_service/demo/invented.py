"""Invents answers: lawful, uneven between districts and quarters, and the same ones for the same seed.

Nothing here is anybody's answer, and no real figure went in.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass

from ..regions.directory import Directory
from ..regions.keys import Level
from ..sealing.receipt import RECEIPT_BYTES, Receipt
from ..surveys.answers import Answers
from ..surveys.questionnaire import Question, Questionnaire

_SAYS_NO_REGION = 0.03
_SKIPS = 0.06
_COMMENTS = 0.15
_EXCLUSIVE = "none"
_TEXTS = {
    "de": ("Mehr Zeit für Gespräche.", "Die Briefe verstehe ich nicht.", "Feste Stellen statt Befristung."),
    "en": (
        "A flat would change everything.",
        "Mr Example at the office never has time, ask me: 0171 3920012.",
        "Shorter forms, please.",
    ),
    "uk": ("Потрібні курси німецької ввечері.", "Довго чекаю на термін.", "Допоможіть знайти квартиру."),
    "ar": ("أحتاج إلى مترجم في الموعد.", "أريد أن أعمل بسرعة.", "الرسائل صعبة الفهم."),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Invented:
    """One invented answer with its receipt, so that inventing twice sends the same answer twice."""

    receipt: Receipt
    lang: str
    answers: Answers


def invent(
    questionnaire: Questionnaire, directory: Directory, round_id: str, number: int
) -> Iterator[Invented]:
    """`number` answers for one survey and round."""
    # Seeded on purpose: a demonstration that is set up again after a crash repeats itself.
    chance = random.Random(f"{questionnaire.name} {round_id}")  # noqa: S311
    districts = _districts(directory)
    for _ in range(number):
        region = directory.state.ags
        if chance.random() > _SAYS_NO_REGION:
            region = chance.choices(list(districts), list(districts.values()))[0]
        lang = chance.choice([code for code in questionnaire.languages if code in _TEXTS])
        answers: Answers = {}
        for question in questionnaire.questions:
            answer = _answer(question, region, lang, round_id, chance)
            if answer:
                answers[question.name] = answer
        yield Invented(Receipt(chance.randbytes(RECEIPT_BYTES)), lang, answers)


def _districts(directory: Directory) -> dict[str, float]:
    """A weight for each Kreis: some large, some so small that their figures must be withheld.

    The seed was chosen so that the largest city is no small district and the example has figures.
    """
    chance = random.Random("districts 3986")  # noqa: S311
    return {kreis.ags: chance.lognormvariate(0, 1.1) for kreis in directory.at(Level.KREIS)}


def _answer(
    question: Question, region: str, lang: str, round_id: str, chance: random.Random
) -> str | list[str]:
    if question.type == "region":
        return region
    if question.type == "text":
        return chance.choice(_TEXTS[lang]) if chance.random() < _COMMENTS else ""
    if chance.random() < _SKIPS:
        return ""
    weights = _weights(question, region, round_id)
    picked = chance.choices(question.choice_names, weights, k=chance.randint(1, question.most))
    if question.type != "select_multiple":
        return picked[0]
    if _EXCLUSIVE in picked:
        return [_EXCLUSIVE]
    return [name for name in question.choice_names if name in picked]


def _weights(question: Question, region: str, round_id: str) -> list[float]:
    """How likely each choice is: by the question, a little by district, a little by quarter."""
    weights = []
    for name in question.choice_names:
        general = random.Random(f"{question.name} {name}").lognormvariate(0, 0.8)  # noqa: S311
        local = random.Random(f"{question.name} {name} {region}").lognormvariate(0, 0.3)  # noqa: S311
        quarterly = random.Random(f"{question.name} {name} {round_id}").lognormvariate(0, 0.12)  # noqa: S311
        weights.append(general * local * quarterly)
    return weights
