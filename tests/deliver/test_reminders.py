"""Reminders: what a person has to do, and nothing else."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from feedback_service.deliver.reminders import due_reminders, reminder_words
from feedback_service.secret import Secret
from feedback_service.storage.rounds import Round

ONE = Round(1, "clients", "2026-Q4", "open", date(2026, 12, 31), b"", b"", Secret(b""))


def due(one: Round, today: date, missing: str | None = None) -> list[str]:
    return due_reminders([one], lambda _survey: missing, today)


@pytest.mark.parametrize(
    ("state", "told"),
    [
        ("closed", ["count clients 2026-Q4"]),
        ("counted", ["release clients 2026-Q4"]),
        *((state, []) for state in ("open", "ending", "closing", "released", "shredded")),
    ],
)
def test_what_people_have_to_do_follows_from_the_state(state: Any, told: list[str]) -> None:
    assert due(replace(ONE, state=state), date(2027, 1, 1)) == told


def test_missing_keys_are_told_a_fortnight_before_the_end() -> None:
    assert due(ONE, date(2026, 12, 16), "2027-Q1") == []
    assert due(ONE, date(2026, 12, 17), "2027-Q1") == ["keys clients 2027-Q1"]
    assert due(ONE, date(2026, 12, 17), None) == []


@pytest.mark.parametrize("what", ["count", "release", "keys"])
def test_a_reminder_names_the_command(what: str) -> None:
    subject, paragraphs = reminder_words(f"{what} clients 2026-Q4")
    assert "clients 2026-Q4" in subject
    assert any("feedback-service" in one and what in one for one in paragraphs)
