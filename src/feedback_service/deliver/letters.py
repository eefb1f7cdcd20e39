"""From a delivery to the mail itself: who gets it, in which language, with which links."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage

from ..i18n import Interface
from ..regions.directory import Directory
from ..sealing.mail_key import MailKey
from ..settings import Settings
from ..storage.deliveries import OPERATOR, Delivery
from ..storage.recipients import Recipient
from .account import address_of
from .links_in_mail import confirm_address, leave_address, reply_address
from .making import DigestMaker
from .message import (
    Envelope,
    confirm_message,
    digest_message,
    reminder_message,
    reply_message,
)
from .reminders import reminder_words
from .smtp import Letter

_ORDER = ("confirm", "reminder", "digest", "reply-link")


@dataclass(frozen=True, slots=True)
class Unwanted:
    """Why a mail must not go any more. Without a reason nobody needs to know that it was ever entered."""

    reason: str = ""


@dataclass(frozen=True, slots=True)
class Writer:
    """Writes the mails of one run; knows the recipients as they were at its beginning."""

    settings: Settings
    key: MailKey
    interfaces: Mapping[str, Interface]
    sender: Address
    recipients: Mapping[str, Recipient]
    directory: Directory
    maker: DigestMaker

    def in_order(self, deliveries: list[Delivery]) -> list[Delivery]:
        """Digests of the same region and language follow one another: each is made once."""
        return sorted(deliveries, key=self._place)

    def unwanted(self, delivery: Delivery) -> Unwanted | None:
        """Why it must not go, if so."""
        if delivery.key.recipient_id == OPERATOR:
            return None if self.settings.operator_mail else Unwanted()
        recipient = self.recipients.get(delivery.key.recipient_id)
        if recipient is None:
            return Unwanted()
        if delivery.key.kind == "confirm":
            return None if recipient.state == "unconfirmed" else Unwanted()
        return None if recipient.state == "active" else Unwanted(f"the recipient is {recipient.state}")

    def address(self, delivery: Delivery) -> str:
        """Where it goes."""
        if delivery.key.recipient_id == OPERATOR:
            return address_of(self.settings.operator_mail).addr_spec
        recipient = self.recipients[delivery.key.recipient_id]
        return self.key.open_address(recipient.id, recipient.address)

    def message(self, delivery: Delivery, date: datetime) -> EmailMessage:
        """The mail."""
        envelope = Envelope(self.sender, self.address(delivery), delivery.message_id, date)
        if delivery.key.kind == "reminder":
            return reminder_message(envelope, *reminder_words(delivery.key.about))
        one = self.recipients[delivery.key.recipient_id]
        url, code, about = self.settings.public_url, one.language, delivery.key.about
        interface, name = self.interfaces[code], self.directory[one.region].name
        match delivery.key.kind:
            case "confirm":
                link = confirm_address(url, code, self.key, one.id)
                return confirm_message(envelope, name, interface, link)
            case "reply-link":
                link = reply_address(url, code, self.key, one.id, one.region, about)
                return reply_message(envelope, name, about, interface, link)
            case _:
                content = self.maker.content(about, one.region, code, one.formats)
                leave = leave_address(url, code, self.key, one.id)
                return digest_message(envelope, content, interface, leave)

    def letter(self, delivery: Delivery, date: datetime) -> Letter:
        """The mail as it goes over the wire."""
        content = self.message(delivery, date).as_bytes()
        return Letter(self.address(delivery), content)

    def _place(self, delivery: Delivery) -> tuple[int, str, str, str, str]:
        one = self.recipients.get(delivery.key.recipient_id)
        region, language = (one.region, one.language) if one else ("", "")
        kind = _ORDER.index(delivery.key.kind)
        return kind, delivery.key.about, region, language, delivery.key.recipient_id
