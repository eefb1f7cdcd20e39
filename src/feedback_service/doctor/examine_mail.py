"""The checks of mail to offices, on an installation. Reads only."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import date

from ..sealing.mail_key import AddressUnreadable
from ..settings import Settings
from ..storage import deliveries
from ..storage.links_public import read_links_public
from ..storage.mail_keys import MailKeyMissing, read_mail_key
from ..storage.recipients import Recipient, all_recipients
from ..storage.session import Store
from . import mail
from .finding import Finding, not_looked_at


def examine_mail(store: Store, settings: Settings, today: date) -> Iterator[Finding]:
    """Whether it can be sent, what waits, who gets none."""
    with store.read() as connection:
        recipients = all_recipients(connection)
        found = deliveries.waiting(connection)
    active = sum(one.state == "active" for one in recipients)
    yield mail.check_set_up(active, server=bool(settings.smtp_host), operator=bool(settings.operator_mail))
    yield _mail_key(store, recipients)
    yield mail.check_waiting([one.day for one in found], today)
    yield mail.check_suspended([one.region for one in recipients if one.state == "suspended"])


def _mail_key(store: Store, recipients: Sequence[Recipient]) -> Finding:
    public = read_links_public(store.spool_folder)
    try:
        key = read_mail_key(store.mail_folder)
    except MailKeyMissing:
        return mail.check_key(len(recipients), None, links=public is not None)
    except PermissionError:
        return not_looked_at(
            "mail key", "mail/mail.key is another user's: run this as the one that sends mail."
        )
    opened = 0
    for one in recipients:
        with suppress(AddressUnreadable):
            key.open_address(one.id, one.address)
            opened += 1
    return mail.check_key(len(recipients), opened, links=public == key.links_public)
