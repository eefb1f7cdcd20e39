"""Checks of what an installation is made of: settings, database, surveys, releases, backup."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta

from ..surveys.yaml_form import STANDING
from .finding import Finding, advice, fine, now

_BACKUP_DAYS = 8


@dataclass(frozen=True, slots=True)
class Named:
    """What the settings say to people."""

    operator: str
    contact: str
    demo: bool


def check_settings(problem: str | None, named: Named | None) -> Finding:
    """They can be read, and the privacy page names somebody."""
    if problem or named is None:
        return now(
            "settings", problem or "They can't be read.", "Mend settings.toml; no command runs before."
        )
    if not named.demo and not (named.operator and named.contact):
        return advice(
            "settings",
            "They are valid, but the privacy page names nobody.",
            "Set operator and contact in settings.toml.",
        )
    return fine("settings", "They are valid.")


def check_database(problem: str | None) -> Finding:
    """It is there, readable, and of this version. `problem` says what to do itself."""
    if problem:
        return now("database", problem, "")
    return fine("database", "It is there, readable, and of this version.")


def check_surveys(names: Collection[str]) -> Finding:
    """The two standing surveys are in the database."""
    missing = [name for name in STANDING if name not in names]
    if missing:
        return advice(
            "surveys",
            f"Missing: {', '.join(missing)}.",
            "If not on purpose: feedback-service surveys import FILE.yaml",
        )
    return fine("surveys", f"There are: {', '.join(sorted(names))}.")


def check_releases(newest: Sequence[str], problems: Sequence[str], *, key_known: bool) -> Finding:
    """The newest release of each survey against the ledger. `releases verify` recomputes all of them."""
    if problems:
        return now(
            "releases",
            "; ".join(problems) + ".",
            "feedback-service releases verify. Find out what changed the database.",
        )
    if not newest:
        return fine("releases", "Nothing is released yet.")
    if not key_known:
        return advice(
            "releases",
            "They follow from the ledger, but there is no keys/ledger.pub: signatures were not checked.",
            "Copy ledger.pub from where the keys were made.",
        )
    return fine("releases", f"They follow from the ledger, and it is signed: {', '.join(newest)}.")


def check_backup(target: str | None, age: timedelta | None) -> Finding:
    """One generation, not older than about a week. `age` is `None` where the file isn't there now."""
    todo = "feedback-service backup --to FILE, right after a mix (docs/operating.md)"
    if target is None:
        return advice("backup", "There is none: a lost disk loses everything.", todo)
    if age is None:
        return advice("backup", f"{target} is not there now.", f"If it wasn't only unplugged: {todo}")
    if age > timedelta(days=_BACKUP_DAYS):
        return advice("backup", f"{target} is {age.days} days old.", todo)
    return fine("backup", f"{target} is {age.days} days old.")
