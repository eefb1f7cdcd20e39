"""What is kept of a server's words: short, one line, no address."""

from __future__ import annotations

import pytest

from feedback_service.deliver.outcome import without_addresses

OFFICE = "sozialamt.leitung@stadt.example"


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        (f"5.1.1 <{OFFICE}>: user unknown", "5.1.1 …: user unknown"),
        (f"5.1.1 {OFFICE} user unknown", "5.1.1 … user unknown"),
        ("no mailbox SOZIALAMT.LEITUNG here", "no mailbox … here"),
        ("see other@stadt.example and <third@x.example>", "see … and …"),
        ("two\r\nlines\x00\x1b[2J", "two lines [2J"),
        ("mailbox full", "mailbox full"),
        ("", ""),
    ],
)
def test_no_address_and_no_name_stays(said: str, kept: str) -> None:
    assert without_addresses(said, OFFICE) == kept


def test_bytes_that_are_no_text_and_long_ones_are_kept_short() -> None:
    assert without_addresses(b"\xff\xfe no") == "\ufffd\ufffd no"
    assert len(without_addresses("x " * 1000)) == 200
