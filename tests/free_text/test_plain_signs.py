"""Plain signs stand where the others stood."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_service.free_text.plain_signs import plain_signs


@given(st.text())
def test_a_text_keeps_its_length(text: str) -> None:
    assert len(plain_signs(text)) == len(text)


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("٠١٢٣٤٥٦٧٨٩", "0123456789"),
        ("۰۱۲۳۴۵۶۷۸۹", "0123456789"),
        ("०१२३४५६७८९", "0123456789"),
        ("০১২৩৪৫৬৭৮৯", "0123456789"),
        ("\u202a＋４９\u00a0170–1\u202c", " +49 170-1 "),
        ("خانم\u200cها", "خانم\u200cها"),
    ],
)
def test_digits_spaces_and_dashes_become_plain(text: str, plain: str) -> None:
    assert plain_signs(text) == plain
