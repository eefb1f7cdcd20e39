"""Reads bounces: mails by which a server says later that it couldn't deliver one (RFC 3464).

A bounce names our Message-ID, which nobody can make up who doesn't have the mail. One that says "for good"
(5.x.x) suspends its recipient.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from typing import Literal, cast

from ..storage.deliveries import OPERATOR, fail, with_message_id
from ..storage.recipients import suspend
from ..storage.session import Store
from .outcome import without_addresses

_STATUS = re.compile(r"([245])\.\d{1,3}\.\d{1,3}")
_MBOX = re.compile(rb"^From .*\r?\n", re.MULTILINE)
Judgement = Literal["suspended", "told", "unknown"]


@dataclass(frozen=True, slots=True)
class Bounce:
    """What one bounce says: about which mail, for good or not, and why, without any address."""

    message_id: str
    status: str
    reason: str

    @property
    def for_good(self) -> bool:
        """Whether the mail will never be delivered."""
        return self.status.startswith("5.")


@dataclass(frozen=True, slots=True)
class Judged:
    """A bounce, and what was made of it: its recipient suspended, only told, or no mail of ours."""

    bounce: Bounce
    judgement: Judgement


def read_bounces(content: bytes) -> list[Bounce]:
    """The bounces in one mail, or in a mailbox file (mbox); whatever else is in it is passed over."""
    mails = _MBOX.split(content)[1:] if content.startswith(b"From ") else [content]
    return [bounce for mail in mails for bounce in _bounces(mail)]


def apply_bounce(store: Store, bounce: Bounce, today: date) -> Judged:
    """Suspend the recipient of a mail that came back for good. Safe to repeat."""
    with store.begin() as connection:
        found = with_message_id(connection, bounce.message_id)
        if found is None:
            return Judged(bounce, "unknown")
        if not bounce.for_good:
            return Judged(bounce, "told")
        reason = f"came back: {bounce.status} {bounce.reason}".strip()
        fail(connection, found.key, reason, today)
        if found.key.recipient_id != OPERATOR:
            suspend(connection, found.key.recipient_id, reason)
        return Judged(bounce, "suspended")


def _bounces(mail: bytes) -> Iterator[Bounce]:
    message = message_from_bytes(mail, policy=SMTP)
    if message.get_content_type() != "multipart/report":
        return
    message_id = _returned_id(message)
    if not message_id:
        return
    for part in message.walk():
        if part.get_content_type() == "message/delivery-status":
            for group in cast(list[EmailMessage], part.get_payload()):
                found = _STATUS.search(str(group["Status"] or ""))
                if found:
                    said = str(group["Diagnostic-Code"] or "").partition(";")[2]
                    recipient = str(group["Final-Recipient"] or "").partition(";")[2].strip()
                    yield Bounce(message_id, found[0], without_addresses(said, recipient))


def _returned_id(message: EmailMessage) -> str:
    """The Message-ID of the mail that came back: the last part has it, or its headers alone."""
    for part in message.walk():
        if part.get_content_type() == "message/rfc822":
            returned = cast(list[EmailMessage], part.get_payload())[0]
            return str(returned["Message-ID"] or "").strip()
        if part.get_content_type() == "text/rfc822-headers":
            headers = part.get_payload(decode=True)
            assert isinstance(headers, bytes)
            return str(message_from_bytes(headers, policy=SMTP)["Message-ID"] or "").strip()
    return ""
