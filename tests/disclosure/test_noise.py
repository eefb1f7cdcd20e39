"""The noise is the published one, sums to zero where it must, and has the variance promised."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from itertools import islice
from statistics import fmean
from typing import Any

import pytest

from feedback_service.disclosure.noise import (
    ReleaseSecret,
    Subject,
    draw,
    record_digest,
    uniform_integers,
)
from feedback_service.disclosure.parameters import V
from feedback_service.disclosure.thresholds import TooManyCategories, shipped
from feedback_service.surveys.categories import Kind

MakeSubject = Callable[[str], Subject]


@pytest.fixture
def subject(vectors: dict[str, Any]) -> MakeSubject:
    keys = vectors["records"]
    numbers = range(keys["from"], keys["to"] + 1)
    records = record_digest(f"{keys['prefix']}{number:0{keys['digits']}d}" for number in numbers)
    return lambda question: Subject(**vectors["subject"], question=question, records=records)


def test_the_published_vectors_hold(vectors: dict[str, Any], subject: MakeSubject) -> None:
    secret = ReleaseSecret(bytes.fromhex(vectors["secret"]))
    for vector in vectors["draws"]:
        message = subject(vector["question"]).message()
        blocks = b"".join(n.to_bytes(8) for n in islice(uniform_integers(secret, message), 4))
        assert sha256(message).hexdigest().startswith(vector["message_sha256"])
        assert blocks.hex().startswith(vector["first_block"])
        drawn = draw(secret, subject(vector["question"]), vector["kind"], vector["categories"], shipped())
        assert list(drawn) == vector["noise"]


def test_the_order_of_the_record_keys_does_not_matter() -> None:
    assert record_digest(["b", "a", "c"]) == record_digest(["c", "b", "a"]) == sha256(b"a\nb\nc").hexdigest()


@pytest.mark.parametrize(
    "change",
    [
        {"survey": "s2"},
        {"round": "2025-Q2"},
        {"audience": "counsellors"},
        {"atom": "K08"},
        {"issue": 2},
        {"question": "q2"},
        {"n": 38},
        {"records": "00"},
    ],
)
def test_every_part_of_the_subject_changes_the_noise(
    subject: MakeSubject, secret: ReleaseSecret, change: dict[str, Any]
) -> None:
    before = subject("q1")
    after = replace(before, **change)
    assert draw(secret, before, "select_multiple", 20, shipped()) != draw(
        secret, after, "select_multiple", 20, shipped()
    )


def test_another_secret_gives_other_noise(subject: MakeSubject) -> None:
    one, two = (
        draw(ReleaseSecret(bytes([byte]) * 32), subject("q1"), "select_multiple", 20, shipped())
        for byte in (1, 2)
    )
    assert one != two


def test_a_name_with_a_separator_is_refused(subject: MakeSubject) -> None:
    for mark in ("\x1f", "\x1e"):
        with pytest.raises(ValueError, match="separator"):
            subject(f"q{mark}1").message()


def test_too_many_categories_are_refused_for_single_choice_only(
    subject: MakeSubject, secret: ReleaseSecret
) -> None:
    assert len(draw(secret, subject("q"), "select_multiple", 41, shipped())) == 41
    with pytest.raises(TooManyCategories):
        draw(secret, subject("q"), "select_one", 41, shipped())


@pytest.mark.parametrize("categories", [2, 3, 6, 17, 40])
def test_single_choice_noise_sums_to_zero(
    subject: MakeSubject, secret: ReleaseSecret, categories: int
) -> None:
    for number in range(20):
        assert sum(draw(secret, subject(f"q{number}"), "select_one", categories, shipped())) == 0


@pytest.mark.parametrize(
    ("kind", "categories"), [("select_one", 2), ("select_one", 6), ("select_multiple", 6)]
)
def test_the_noise_of_every_cell_has_mean_0_and_variance_v(
    subject: MakeSubject, secret: ReleaseSecret, kind: Kind, categories: int
) -> None:
    """C5: within 8 % of V. The secret is fixed, so this passes always or never."""
    draws = [draw(secret, subject(f"q{number}"), kind, categories, shipped()) for number in range(3000)]
    for cell in zip(*draws, strict=True):
        assert abs(fmean(cell)) < 0.1
        assert fmean(e * e for e in cell) == pytest.approx(V, rel=0.08)


def test_the_noise_of_two_questions_is_not_correlated(subject: MakeSubject, secret: ReleaseSecret) -> None:
    pairs = []
    for number in range(3000):
        here = replace(subject("a"), n=number)
        one = draw(secret, here, "select_multiple", 1, shipped())[0]
        two = draw(secret, replace(here, question="b"), "select_multiple", 1, shipped())[0]
        pairs.append(one * two)
    assert abs(fmean(pairs)) / V < 0.06


def test_a_release_secret_does_not_print_and_has_32_bytes() -> None:
    value = b"correct horse battery staple 32b"
    secret = ReleaseSecret(value)
    assert "horse" not in f"{secret!r} {secret} {secret!s}"
    assert not hasattr(secret, "__dict__")
    assert secret.reveal() == value
    with pytest.raises(ValueError, match="32 bytes"):
        ReleaseSecret(value[1:])
