"""What is asked once more before an answer is sent: whether the text should go as it is, and the town.

Nothing is kept in between: the page carries everything that was filled in back to the server.
"""

from __future__ import annotations

from dataclasses import dataclass

from starlette.responses import Response

from ..free_text.find import find_personal
from ..free_text.found import Found
from ..regions.directory import Directory, Region
from ..regions.keys import Level, level_of
from ..surveys.answers import Answers
from ..surveys.questionnaire import Questionnaire
from .form_page import ASKED_FIELD, CODE_FIELD, KINDS, RECEIPT_FIELD, ROUND_FIELD, Filled
from .pages import Pages

# That the text was shown once more.
LOOKED_FIELD = "looked"
# The button that brings the form back.
CHANGE_FIELD = "change"
_CONTEXT = 30


@dataclass(frozen=True, slots=True)
class Passage:
    """A passage of a question's text, with some words around it and the words for what it seems to be."""

    question: str
    before: str
    marked: str
    after: str
    kind: str


@dataclass(frozen=True, slots=True)
class OnceMore:
    """What is to be asked about an answer for `region`; false where nothing is.

    Where there are municipalities, the region is their district.
    """

    region: Region
    passages: tuple[Passage, ...]
    municipalities: tuple[Region, ...]

    def __bool__(self) -> bool:
        return bool(self.passages or self.municipalities)


def once_more(filled: Filled, directory: Directory, answers: Answers) -> OnceMore:
    """What to ask about these answers, as far as it wasn't asked."""
    questionnaire = filled.survey.questionnaire
    region = str(answers[questionnaire.region_question.name])
    return OnceMore(
        region=directory[region],
        passages=() if filled.first(LOOKED_FIELD) else passages(questionnaire, answers),
        municipalities=() if filled.first(ASKED_FIELD) == region else municipalities(directory, region),
    )


def municipalities(directory: Directory, region: str) -> tuple[Region, ...]:
    """Those of a district. None for another region, and none for a town that is its own district."""
    if level_of(region) is not Level.KREIS:
        return ()
    found = directory.children(region)
    return found if len(found) > 1 else ()


def once_more_page(pages: Pages, code: str, filled: Filled, asked: OnceMore) -> Response:
    """The page; its form carries all that was filled in and is itself the answer "send it"."""
    questionnaire = filled.survey.questionnaire
    replaced = {questionnaire.region_question.name} if asked.municipalities else set()
    return pages.page(
        "once_more.html",
        code,
        survey=filled.survey,
        asked=asked,
        carried=[one for one in _carried(filled, asked) if one[0] not in replaced],
    )


def _carried(filled: Filled, asked: OnceMore) -> list[tuple[str, str]]:
    """Every field of the form with what stood in it. Nothing else that was sent is repeated."""
    names = [question.name for question in filled.survey.questionnaire.questions]
    typed = [(name, value) for name in (*names, CODE_FIELD) for value in filled.given.get(name, ())]
    return [
        (ROUND_FIELD, filled.survey.round_id),
        (RECEIPT_FIELD, filled.receipt.secret.hex()),
        (ASKED_FIELD, asked.region.ags),
        (LOOKED_FIELD, "1"),
        *typed,
    ]


def passages(questionnaire: Questionnaire, answers: Answers) -> tuple[Passage, ...]:
    """What in the texts seems to show who somebody is."""
    texts = [one.name for one in questionnaire.questions if one.type == "text" and one.name in answers]
    return tuple(passage for name in texts for passage in passages_of(name, str(answers[name])))


def passages_of(question: str, text: str) -> tuple[Passage, ...]:
    """The same of one text."""
    return tuple(_passage(question, text, found) for found in find_personal(text))


def _passage(question: str, text: str, found: Found) -> Passage:
    before, after = text[: found.start], text[found.end :]
    return Passage(
        question=question,
        before=before if len(before) <= _CONTEXT else "…" + before[-_CONTEXT:].partition(" ")[2],
        marked=text[found.start : found.end],
        after=after if len(after) <= _CONTEXT else after[:_CONTEXT].rpartition(" ")[0] + "…",
        kind=KINDS[found.kind],
    )
