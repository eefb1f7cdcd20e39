"""Checks of mail to offices. No finding names an address."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from .finding import Finding, advice, fine, now

# A mail server may be down for a weekend.
_WAITING_DAYS = 2
_SUBJECT = "mail"
_RECIPIENTS = "recipients"


def check_set_up(active: int, *, server: bool, operator: bool) -> Finding:
    """Where offices wait for digests there is a mail server, and the operator is reminded."""
    if active and not server:
        return now(
            _SUBJECT,
            f"{active} recipients are to get digests, and no mail server is set.",
            "Set smtp_host and mail_from in settings.toml (docs/operating.md).",
        )
    if server and not operator:
        return advice(
            _SUBJECT,
            "Nobody is reminded when a round is to be counted or keys are missing.",
            "Set operator_mail in settings.toml.",
        )
    return fine(_SUBJECT, "A mail server is set." if server else "No mail is sent, and nobody waits for any.")


def check_waiting(since: Sequence[date], today: date) -> Finding:
    """`since` which days mails have been waiting."""
    if since and today - min(since) > timedelta(days=_WAITING_DAYS):
        return now(
            _SUBJECT,
            f"{len(since)} mails wait, the oldest since {min(since)}.",
            "feedback-service digests send (says why); is feedback-service work running?",
        )
    if since:
        return fine(_SUBJECT, f"{len(since)} mails wait to be sent, since {min(since)} at the earliest.")
    return fine(_SUBJECT, "No mail waits.")


def check_suspended(regions: Sequence[str]) -> Finding:
    """Recipients that get nothing any more, as a server refused them."""
    if regions:
        named = ", ".join(sorted(set(regions)))
        return advice(
            _RECIPIENTS,
            f"{len(regions)} are suspended and get no digest (regions {named}).",
            "feedback-service digests status (says why). Ask the office for another address.",
        )
    return fine(_RECIPIENTS, "Nobody is suspended.")
