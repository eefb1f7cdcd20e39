"""How long a survey's longest lawful answer can get, in bytes of the sealed plaintext.

Every envelope has one length, so a survey that doesn't fit is refused before anybody is asked.
"""

from __future__ import annotations

from typing import Any

from ..sealing.plaintext import content_bytes
from .questionnaire import TEXT_BYTES, Question, Questionnaire

_LONGEST_LANGUAGE = "xxx"
_LONGEST_CHANNEL = "telegram"
_LONGEST_REGION = "00000000"


def longest_plaintext(questionnaire: Questionnaire) -> int:
    """Bytes of the longest content that a lawful answer to every question can take, before padding."""
    answers = {question.name: _longest_answer(question) for question in questionnaire.questions}
    content = content_bytes(
        survey=questionnaire.name,
        lang=_LONGEST_LANGUAGE,
        channel=_LONGEST_CHANNEL,
        answers=answers,
        record_key="0" * 32,
    )
    return len(content)


def _longest_answer(question: Question) -> Any:
    if question.type == "text":
        return "x" * TEXT_BYTES
    if question.type == "region":
        return _LONGEST_REGION
    longest = sorted(question.choice_names, key=len, reverse=True)
    if question.type == "select_multiple":
        return longest[: question.most]
    return longest[0] if longest else ""
