"""A form that the browser has sealed: which rules it must check itself, and what it then sends."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from ..intake.receive import Sealed
from ..sealing.envelope import well_formed
from ..sealing.keys import from_base64url
from ..surveys.questionnaire import Question, Questionnaire
from .form_body import UnreadableForm

_NAME_BYTES = 16
# The one rule of its own that the browser's module knows: a choice that goes with no other.
_ALONE = re.compile(r"not\(selected\(\., '([a-z0-9_]+)'\) and count-selected\(\.\) > 1\)\Z")


def sealable(questionnaire: Questionnaire) -> bool:
    """Whether the browser can check everything that counting will.

    A survey with rules beyond those is sealed by the server: what the browser let pass and counting didn't
    would be a lost answer.
    """
    return all(
        question.constraint is None or (question.type == "select_multiple" and choice_alone(question))
        for question in questionnaire.questions
    ) and not any(question.required and question.relevant for question in questionnaire.questions)


def choice_alone(question: Question) -> str | None:
    """The choice that goes with no other, where the question has that rule."""
    found = _ALONE.match(question.constraint.source) if question.constraint else None
    return found[1] if found else None


def read_sealed(given: Mapping[str, Sequence[str]]) -> Sealed:
    """What the browser sent. Raises `UnreadableForm`."""
    try:
        tag, id_ = (bytes.fromhex(given[name][0]) for name in ("tag", "id"))
        envelope = from_base64url(given["envelope"][0])
    except (KeyError, IndexError, ValueError):
        raise UnreadableForm from None
    if len(tag) != _NAME_BYTES or len(id_) != _NAME_BYTES or not well_formed(envelope):
        raise UnreadableForm
    return Sealed(tag, id_, envelope)
