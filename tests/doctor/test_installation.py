"""What doctor says about settings, database, surveys, releases and the backup, from plain values."""

from __future__ import annotations

from datetime import timedelta

import pytest

from feedback_service.doctor.finding import Level
from feedback_service.doctor.installation import (
    Named,
    check_backup,
    check_database,
    check_releases,
    check_settings,
    check_surveys,
)


@pytest.mark.parametrize(
    ("problem", "named", "level"),
    [
        (None, Named("Rat", "a@b.org", False), Level.FINE),
        (None, Named("Rat", "", False), Level.ADVICE),
        (None, Named("", "", True), Level.FINE),
        ("no such setting", None, Level.NOW),
    ],
)
def test_settings_are_valid_and_the_privacy_page_names_somebody(
    problem: str | None, named: Named | None, level: Level
) -> None:
    assert check_settings(problem, named).level is level


def test_a_database_that_cannot_be_used_says_why_itself() -> None:
    assert check_database(None).level is Level.FINE
    found = check_database("It is of another version. Run: …")
    assert found.level is Level.NOW and found.found == "It is of another version. Run: …"


def test_the_standing_surveys_should_be_there() -> None:
    assert check_surveys(["clients", "counsellors", "more"]).level is Level.FINE
    found = check_surveys(["clients"])
    assert found.level is Level.ADVICE and "counsellors" in found.found


def test_a_release_that_the_ledger_does_not_hold_is_an_alarm() -> None:
    assert check_releases([], [], key_known=True).level is Level.FINE
    assert check_releases(["clients 2026-Q3"], [], key_known=True).level is Level.FINE
    assert check_releases(["clients 2026-Q3"], [], key_known=False).level is Level.ADVICE
    found = check_releases(["x"], ["clients 2026-Q3: wrong"], key_known=True)
    assert found.level is Level.NOW and "wrong" in found.found


@pytest.mark.parametrize(
    ("target", "age", "level", "told"),
    [
        (None, None, Level.ADVICE, "There is none"),
        ("/b", None, Level.ADVICE, "not there now"),
        ("/b", timedelta(days=8), Level.FINE, "8 days old"),
        ("/b", timedelta(days=8, hours=1), Level.ADVICE, "8 days old"),
    ],
)
def test_a_backup_is_there_and_about_a_week_old_at_most(
    target: str | None, age: timedelta | None, level: Level, told: str
) -> None:
    found = check_backup(target, age)
    assert found.level is level and told in found.found
