"""The form as a page: with what was typed, what is wrong, and where the cursor stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from starlette.responses import Response

from ..errors import N_, FeedbackError
from ..free_text.browser import browser_expression, browser_kinds
from ..free_text.found import Kind
from ..i18n import Interface
from ..intake.open_rounds import OpenSurvey
from ..regions.directory import Directory, Region
from ..regions.keys import Level
from ..sealing.receipt import Receipt
from ..surveys.answers import (
    AnswerProblem,
    AnswerRequired,
    ConstraintNotMet,
    TextTooLong,
    TextTooManyBytes,
    TooManyChoices,
)
from ..surveys.questionnaire import TEXT_CHARACTERS
from .pages import Pages
from .sealed_form import choice_alone, sealable
from .sender import retry_after

# Fields of the form that are no questions.
CODE_FIELD = "code"
ROUND_FIELD = "round"
RECEIPT_FIELD = "receipt"
# For which district the municipality was asked already.
ASKED_FIELD = "asked"
KINDS: Mapping[Kind, str] = {
    Kind.PHONE: N_("a phone number"),
    Kind.EMAIL: N_("an e-mail address"),
    Kind.IBAN: N_("a bank account number (IBAN)"),
    Kind.FILE_NUMBER: N_("a file number of an office"),
    Kind.NAME: N_("perhaps a name"),
}


@dataclass(frozen=True, slots=True)
class Filled:
    """A form as somebody filled it in: what `read_form` gave, for one survey, under one receipt."""

    survey: OpenSurvey
    receipt: Receipt
    given: Mapping[str, Sequence[str]]

    def first(self, name: str) -> str:
        """The field's first value, empty where there is none."""
        return next(iter(self.given.get(name, ())), "")


@dataclass(frozen=True, slots=True)
class Wrong:
    """What is wrong with a form: `whole` about all of it, else by question."""

    problems: Sequence[AnswerProblem] = ()
    code: FeedbackError | None = None
    whole: FeedbackError | None = None


def form_page(
    pages: Pages,
    code: str,
    filled: Filled,
    directory: Directory,
    wrong: Wrong | None = None,
    focus: str | None = None,
) -> Response:
    """The form in the language `code`; nothing that was typed is lost. `focus` names a question."""
    wrong = wrong or Wrong()
    speak = pages.interfaces[code]
    language = filled.survey.questionnaire.language_or_source(code)
    sentences = _by_question(wrong, speak, language)
    status = wrong.whole.status if wrong.whole else 422 if sentences else 200
    return pages.page(
        "form.html",
        code,
        status,
        retry_after(wrong.whole) if wrong.whole else None,
        survey=filled.survey,
        survey_language=language,
        receipt=filled.receipt,
        given=filled.given,
        sentences=sentences,
        focus=_first(filled, sentences) or focus,
        whole=speak.error(wrong.whole) if wrong.whole else None,
        directory=directory,
        town=_town(filled, directory),
        in_browser=sealable(filled.survey.questionnaire),
        alone=choice_alone,
        say=_sentences(speak),
        personal=browser_expression(),
        kinds=[KINDS[kind] for kind in browser_kinds()],
        has_towns=next(directory.at(Level.MUNICIPALITY), None) is not None,
    )


def _by_question(wrong: Wrong, speak: Interface, language: str) -> dict[str, str]:
    sentences = {}
    for problem in wrong.problems:
        error = problem.error
        own = error.texts[language] if isinstance(error, ConstraintNotMet) and error.texts else None
        sentences[problem.question] = own or speak.error(error)
    if wrong.code:
        sentences[CODE_FIELD] = speak.error(wrong.code)
    return sentences


def _first(filled: Filled, sentences: Mapping[str, str]) -> str | None:
    """The first field with a mistake, as the form shows them."""
    order = [question.name for question in filled.survey.questionnaire.questions]
    return next((name for name in (*order, CODE_FIELD) if name in sentences), None)


def _town(filled: Filled, directory: Directory) -> Region | None:
    """The municipality that was chosen already; the form itself lists districts only."""
    key = filled.first(filled.survey.questionnaire.region_question.name)
    found = directory.regions.get(key)
    return found if found and found.level is Level.MUNICIPALITY else None


def _sentences(speak: Interface) -> dict[str, str]:
    """What the browser's module says where the server would; it fills in what stands in braces."""
    errors = {
        "needed": AnswerRequired(),
        "many": TooManyChoices(most="{most}"),
        "long": TextTooLong(length="{length}", most=TEXT_CHARACTERS),
        "wide": TextTooManyBytes(excess="{excess}"),
    }
    return {name: speak.plain(error.message, **error.facts) for name, error in errors.items()}
