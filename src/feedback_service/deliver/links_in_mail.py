"""The addresses that stand in mails to offices, each with its signed token."""

from __future__ import annotations

from ..sealing.links import Link
from ..sealing.mail_key import MailKey


def confirm_address(public_url: str, language: str, key: MailKey, recipient_id: str) -> str:
    """Where an office says that it wants digests."""
    return f"{public_url}/{language}/mail/confirm/{key.token(Link('confirm', recipient_id))}"


def leave_address(public_url: str, language: str, key: MailKey, recipient_id: str) -> str:
    """Where an office says that it wants no more."""
    return f"{public_url}/{language}/mail/leave/{key.token(Link('leave', recipient_id))}"


def reply_address(
    public_url: str, language: str, key: MailKey, recipient_id: str, region: str, round_id: str
) -> str:
    """Where an office answers a round's digest."""
    return f"{public_url}/{language}/reply/{key.token(Link('reply', recipient_id, region, round_id))}"
