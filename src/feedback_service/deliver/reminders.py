"""Reminders to the operator, each once: a count or a release is due, or keys will be missing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta

from ..sealing.mail_key import MailKey
from ..storage.deliveries import OPERATOR, DeliveryKey, deliveries_of
from ..storage.rounds import Round
from ..storage.session import Store
from .due import enter

# Making keys takes a sitting of several people.
KEYS_DAYS = 14


def due_reminders(
    rounds: Sequence[Round], next_without_key: Callable[[str], str | None], today: date
) -> list[str]:
    """What the operator is to be told, as `count clients 2026-Q4`, `release …` or `keys …`.

    `next_without_key` gives the next round of a survey if it has no key yet.
    """
    return list(_due(rounds, next_without_key, today))


def _due(
    rounds: Sequence[Round], next_without_key: Callable[[str], str | None], today: date
) -> Iterator[str]:
    for one in rounds:
        if one.state == "closed":
            yield f"count {one.survey} {one.round}"
        elif one.state == "counted":
            yield f"release {one.survey} {one.round}"
        elif one.state == "open" and one.closes - today <= timedelta(days=KEYS_DAYS):
            missing = next_without_key(one.survey)
            if missing:
                yield f"keys {one.survey} {missing}"


def enqueue_reminders(store: Store, due: Sequence[str], key: MailKey, domain: str, today: date) -> list[str]:
    """Enter those that the operator was never told; gives them."""
    with store.read() as connection:
        known = {one.key.about for one in deliveries_of(connection, OPERATOR)}
    new = [about for about in due if about not in known]
    if not new:
        return []
    with store.begin() as connection:
        for about in new:
            enter(connection, DeliveryKey(OPERATOR, "reminder", about), key, domain, today)
    return new


def reminder_words(about: str) -> tuple[str, list[str]]:
    """The subject and the paragraphs of a reminder."""
    what, survey, round_id = about.split(" ")
    command = f"feedback-service rounds {what} {survey} --round {round_id}"
    match what:
        case "count":
            return f"Feedback: {survey} {round_id} is to be counted", [
                f"The round {round_id} of “{survey}” is closed. Its key holders can count it now:",
                command,
                "Nothing is lost if that takes some days; the digests wait for it.",
            ]
        case "release":
            return f"Feedback: {survey} {round_id} is to be released", [
                f"The round {round_id} of “{survey}” is counted. Look at its figures, then publish them:",
                command,
                "Digests go out when all surveys of the quarter are released. What people wrote is quoted in"
                " them if its reviewers are done by then.",
            ]
        case _:
            return f"Feedback: keys for {survey} {round_id} are missing", [
                f"There is no key for the next round of “{survey}”, {round_id}. Without it no round opens.",
                f"Make keys in a sitting: feedback-service keys create {survey}",
            ]
