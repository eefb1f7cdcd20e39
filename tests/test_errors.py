"""The catalog of errors: one code each, a sentence for people, facts that fill it."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections import Counter
from collections.abc import Iterator
from typing import ClassVar

import pytest

import feedback_service
from feedback_service.errors import N_, FeedbackError


def _all_errors() -> list[type[FeedbackError]]:
    for module in pkgutil.walk_packages(feedback_service.__path__, "feedback_service."):
        importlib.import_module(module.name)
    found: set[type[FeedbackError]] = {FeedbackError, *_below(FeedbackError)}
    ours = [one for one in found if one.__module__.startswith("feedback_service")]
    return sorted(ours, key=lambda one: one.__qualname__)


def _below(kind: type[FeedbackError]) -> Iterator[type[FeedbackError]]:
    for one in kind.__subclasses__():
        yield one
        yield from _below(one)


ERRORS = _all_errors()
every = pytest.mark.parametrize("kind", ERRORS, ids=lambda one: one.__name__)


class _Sample(FeedbackError):
    status: ClassVar[int] = 422
    code: ClassVar[str] = "sample"
    message: ClassVar[str] = "No more than %(most)s, that is 100 %%."


def test_there_are_errors_from_all_over_the_service() -> None:
    homes = {one.__module__.split(".")[1] for one in ERRORS}
    assert {"errors", "sealing", "surveys", "regions", "settings", "storage"} <= homes


def test_no_code_is_used_twice() -> None:
    codes = Counter(one.code for one in ERRORS)
    assert [code for code, number in codes.items() if number > 1] == []


@every
def test_an_error_has_a_status_a_code_and_a_sentence(kind: type[FeedbackError]) -> None:
    assert 400 <= kind.status < 600
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", kind.code)
    assert kind.message[0].isupper() or kind.message[0] in "“%"
    assert kind.message == " ".join(kind.message.split())


@every
def test_an_errors_placeholders_are_named(kind: type[FeedbackError]) -> None:
    signs = re.findall(r"%(?:%|\([a-z_]+\)s)?", kind.message)
    assert "%" not in signs, "a percent sign stands doubled, a fact is %(named)s"
    facts = dict.fromkeys(re.findall(r"%\(([a-z_]+)\)s", kind.message), "x")
    assert "%(" not in kind.message % facts


def test_facts_fill_the_sentence() -> None:
    error = _Sample(most=3)
    assert str(error) == "No more than 3, that is 100 %."
    assert error.facts == {"most": 3}


def test_facts_are_not_in_the_errors_arguments_that_tracebacks_print() -> None:
    error = _Sample(most="what somebody said")
    assert error.args == ()
    assert "somebody" not in repr(error)


def test_without_facts_the_sentence_still_reads_right() -> None:
    assert str(FeedbackError()).startswith("Something went wrong here.")
    assert (FeedbackError.status, FeedbackError.code) == (500, "internal")


def test_a_marked_message_is_itself() -> None:
    assert N_("Please choose %(most)s.") == "Please choose %(most)s."
