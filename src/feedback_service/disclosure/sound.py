"""Refuses a count that doesn't add up, before anything is drawn: a draw can't be taken back."""

from __future__ import annotations

from ..errors import FeedbackError
from ..tally.table import NO_ANSWER, CountedQuestion, CountTable, RegionCount
from .parameters import SCALE


class UnsoundCount(FeedbackError):
    """A count that contradicts itself; names the question or the part, never a number or a region."""

    status = 500
    code = "count-unsound"
    message = "The count contradicts itself (%(part)s). Nothing was drawn and nothing was written."


def check_sound(table: CountTable) -> None:
    """Check that every record is counted once in every question. Raises `UnsoundCount`."""
    names = [question.name for question in table.questions]
    if len(set(names)) != len(names):
        raise UnsoundCount(part="a question stands twice")
    keys = [key for count in table.regions.values() for key in count.record_keys]
    if len(set(keys)) != len(keys):
        raise UnsoundCount(part="a record stands twice")
    if any(not 0 <= count.verified <= count.n for count in table.regions.values()):
        raise UnsoundCount(part="more records are verified than there are")
    for question in table.questions:
        _check_question(question)
        for name, count in table.regions.items():
            if count.region != name or not _adds_up(question, count):
                raise UnsoundCount(part=question.name)


def _check_question(question: CountedQuestion) -> None:
    answers = question.choices[:-1]
    last_is_none = question.choices[-1:] == (NO_ANSWER,) and bool(answers) and NO_ANSWER not in answers
    if not last_is_none or len(set(answers)) != len(answers):
        raise UnsoundCount(part=question.name)
    if question.scale and (question.kind != "select_one" or answers != SCALE):
        raise UnsoundCount(part=question.name)


def _adds_up(question: CountedQuestion, count: RegionCount) -> bool:
    raw = count.counts.get(question.name, ())
    if len(raw) != len(question.choices) or not all(0 <= number <= count.n for number in raw):
        return False
    return question.kind == "select_multiple" or sum(raw) == count.n
