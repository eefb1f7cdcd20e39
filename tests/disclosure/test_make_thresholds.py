"""The shipped constants can be made again, byte for byte."""

from __future__ import annotations

from fractions import Fraction
from importlib import resources

import pytest

from feedback_service.disclosure import make_thresholds
from feedback_service.disclosure.thresholds import FILE_NAME


def test_the_shipped_file_is_what_the_generator_makes() -> None:
    shipped = resources.files("feedback_service.disclosure").joinpath(FILE_NAME).read_text("utf-8")
    assert make_thresholds.document() == shipped


def test_more_digits_and_a_wider_sum_change_no_threshold(monkeypatch: pytest.MonkeyPatch) -> None:
    usual = make_thresholds.integer_thresholds(Fraction(18, 5))
    monkeypatch.setattr(make_thresholds, "DIGITS", 160)
    monkeypatch.setattr(make_thresholds, "REACH", 200)
    assert make_thresholds.integer_thresholds(Fraction(18, 5)) == usual


def test_thresholds_begin_after_zero_ascend_and_end_at_the_largest_integer() -> None:
    _, thresholds = make_thresholds.integer_thresholds(Fraction(3))
    assert thresholds[0] > 0 and thresholds[-1] == 2**64 - 1
    assert thresholds == sorted(set(thresholds))
