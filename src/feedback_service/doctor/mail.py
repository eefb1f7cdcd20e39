"""Checks of mail to offices. No finding names an address."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from .finding import Finding, advice, fine, now

# A mail server may be down for a weekend.
_WAITING_DAYS = 2
_SUBJECT = "mail"
_RECIPIENTS = "recipients"
_KEY = "mail key"


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


def check_key(recipients: int, opened: int | None, *, links: bool) -> Finding:
    """Of `recipients` addresses `opened` open with the key, `None` without one; `links` can be checked."""
    if recipients and opened is None:
        return now(
            _KEY,
            f"mail/mail.key is missing, and {recipients} recipients' addresses open with it alone.",
            "Put it back. If it is lost: feedback-service recipients remove --all, then init.",
        )
    if recipients and opened != recipients:
        return now(
            _KEY,
            f"Of {recipients} addresses {opened} open with mail/mail.key: it is another one.",
            "Put the right one back, or remove the recipients and add them again.",
        )
    if opened is None:
        return advice(
            _KEY, "There is no mail key, and nobody needs it yet.", "feedback-service init makes one."
        )
    if not links:
        return now(
            _KEY,
            "spool/links.pub is missing or belongs to another key: links in mails don't work.",
            "feedback-service init puts it back.",
        )
    return fine(_KEY, "The mail key opens every address, and links in mails can be checked.")


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
