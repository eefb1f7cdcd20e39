"""Checks of rounds: one is open, keys for the next ones lie ready, and nothing is left half done."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta

from ..storage.rounds import Round
from .finding import Finding, advice, fine, now

KEYS_WANTED = 2
# Making keys takes a sitting of several people; so long before the close it becomes urgent.
_KEYS_DAYS = 30
# What a close leaves to be done by people may take them a fortnight.
_WORK_DAYS = 14
_FLOOD_NEAR = 0.8


def check_open(survey: str, rounds: Sequence[Round], today: date, opens: str | None = None) -> Finding:
    """Somebody can answer, and the calendar's day of closing isn't over.

    `opens` is the next round where the calendar passes over quarters before it.
    """
    found = next((one for one in rounds if one.state == "open"), None)
    if found is None and opens:
        return fine(survey, f"No round is open, as the calendar says; the next one is {opens}.")
    if found is None:
        return now(
            survey,
            "No round is open: nobody can answer.",
            f"feedback-service rounds open {survey} (without a key: feedback-service keys create)",
        )
    if today > found.closes:
        return now(
            survey,
            f"The round {found.round} was to end on {found.closes} and is still open.",
            f"feedback-service rounds close {survey}",
        )
    return fine(survey, f"The round {found.round} is open until {found.closes}.")


def check_keys_ready(survey: str, ready: int, closes: date | None, today: date) -> Finding:
    """Keys of the rounds after the open one: without the next key nobody has a form after the close."""
    todo = f"feedback-service keys create {survey}"
    if ready == 0:
        found = "There is no key for the next round: after the close nobody could answer."
        soon = closes is None or closes - today <= timedelta(days=_KEYS_DAYS)
        return now(survey, found, todo) if soon else advice(survey, found, todo)
    if ready < KEYS_WANTED:
        return advice(survey, "Only the next round has its key.", todo)
    return fine(survey, f"The next {ready} rounds have their keys.")


def check_unfinished(survey: str, rounds: Sequence[Round], today: date) -> Iterator[Finding]:
    """What a close began and people have to finish."""
    for one in rounds:
        close = f"feedback-service rounds close {survey} --round {one.round}"
        if one.state == "closing":
            yield now(survey, f"The close of {one.round} was interrupted.", close)
        elif one.state == "ending":
            yield _ending(survey, one, today, close)
        elif one.state == "closed":
            yield _work(survey, one, today, "is closed and not counted", "count")
        elif one.state == "counted":
            yield _work(survey, one, today, "is counted and not released", "release")
    released = [one.round for one in rounds if one.state == "released"]
    if released:
        yield advice(
            survey,
            f"Released, and the answers can still be opened: {', '.join(released)}.",
            f"When nobody needs them any more: feedback-service rounds shred {survey} --round …",
        )


def check_review(survey: str, under_review: Mapping[str, tuple[int, int]]) -> Iterator[Finding]:
    """By round, how many comments are under review, and about how many of them nobody decided."""
    for round_id, (number, waiting) in under_review.items():
        if waiting:
            yield advice(
                survey,
                f"{waiting} comments of the round {round_id} are not reviewed.",
                f"Its reviewers: feedback-service comments next {survey} --round {round_id}",
            )
        elif number:
            yield advice(
                survey,
                f"All comments of the round {round_id} are decided, and its themes are not published.",
                f"Its reviewers: feedback-service comments finish {survey} --round {round_id}",
            )


def check_flood(survey: str, one: Round, answers: int, limit: int | None) -> Finding:
    """`answers` there are at least, mixed or waiting; from `limit` on only those with a code are taken."""
    subject = f"{survey} {one.round}"
    if limit is None:
        return advice(
            subject,
            "Nobody said how many answers to expect: a flood of invented ones would not be stopped.",
            "Add the survey to expected_answers in settings.toml.",
        )
    todo = (
        "Look for who sends them; where they are real raise expected_answers in settings.toml and restart"
        " serve. See docs/operating.md."
    )
    if answers >= limit:
        return now(
            subject, f"More than {limit} answers came: those without a code are refused since then.", todo
        )
    if answers >= _FLOOD_NEAR * limit:
        return now(subject, f"Nearly {limit} answers came, far more than expected.", todo)
    return fine(subject, f"Far fewer answers than the limit of {limit}.")


def _ending(survey: str, one: Round, today: date, close: str) -> Finding:
    """How long the grace has lasted is kept nowhere: a day after the round's last it is surely over."""
    if today - one.closes > timedelta(days=1):
        return now(survey, f"The round {one.round} is ending and was never closed.", close)
    return advice(
        survey,
        f"The round {one.round} is ending: answers sent under it are still taken.",
        f"If no “rounds close --grace” is waiting for it: {close}",
    )


def _work(survey: str, one: Round, today: date, found: str, step: str) -> Finding:
    late = today - one.closes > timedelta(days=_WORK_DAYS)
    told = f"The round {one.round} {found}."
    return (now if late else advice)(
        survey, told, f"feedback-service rounds {step} {survey} --round {one.round}"
    )
