"""What is due: the newest round's digest for each active recipient, and beside it the link for an answer."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Connection

from ..sealing.mail_key import MailKey
from ..storage.deliveries import Delivery, DeliveryKey, Kind, deliveries_about, enqueue, revive
from ..storage.published import newest_complete_round
from ..storage.recipients import Recipient, all_recipients
from ..storage.rounds import all_rounds
from ..storage.session import Store

# In this order: nobody gets a link for an answer to what they don't have yet.
_KINDS: tuple[Kind, ...] = ("digest", "reply-link")


@dataclass(frozen=True, slots=True)
class Due:
    """A round, and the mails about it that aren't entered yet, or failed for who is active again."""

    round: str
    keys: tuple[DeliveryKey, ...]


def due_digests(connection: Connection, today: date, days_after: int = 0) -> Due | None:
    """What is to be entered; `None` where no round is released, or its day of digests hasn't come."""
    round_id = newest_complete_round(connection)
    if round_id is None or today < _day(connection, round_id, days_after):
        return None
    active = all_recipients(connection, "active")
    known = {kind: deliveries_about(connection, kind, round_id) for kind in _KINDS}
    keys = [
        DeliveryKey(recipient.id, kind, round_id)
        for kind in _KINDS
        for recipient in _by_digest(active)
        if _is_missing(known[kind].get(recipient.id))
    ]
    return Due(round_id, tuple(keys))


def enqueue_due(store: Store, key: MailKey, domain: str, today: date, days_after: int = 0) -> int:
    """Enter what is due, all of it or nothing; gives how many mails. Safe to repeat."""
    with store.read() as connection:
        due = due_digests(connection, today, days_after)
    if due is None or not due.keys:
        # Looked at each minute: nobody waits for a lock because of it.
        return 0
    with store.begin() as connection:
        due = due_digests(connection, today, days_after)
        return sum(enter(connection, one, key, domain, today) for one in due.keys) if due else 0


def planned(store: Store, key: MailKey, domain: str, today: date) -> tuple[str | None, list[Delivery]]:
    """What `enqueue_due` would enter, and of which round; nothing is written."""
    with store.read() as connection:
        due = due_digests(connection, today)
    if due is None:
        return None, []
    named = ((one, key.message_id(one.recipient_id, one.kind, one.about, domain)) for one in due.keys)
    return due.round, [Delivery(one, message_id, "waiting", 0, "", today) for one, message_id in named]


def enter(connection: Connection, one: DeliveryKey, key: MailKey, domain: str, today: date) -> bool:
    """Enter one mail, or one that failed again; tells whether it will be sent because of this."""
    message_id = key.message_id(one.recipient_id, one.kind, one.about, domain)
    new = enqueue(connection, one.recipient_id, one.kind, one.about, message_id, today)
    return new or revive(connection, one, today)


def _is_missing(known: Delivery | None) -> bool:
    # Whoever was refused was suspended: it is active again because somebody has mended that.
    return known is None or known.state == "failed"


def _by_digest(recipients: Iterable[Recipient]) -> list[Recipient]:
    return sorted(recipients, key=lambda one: (one.region, one.language, one.id))


def _day(connection: Connection, round_id: str, days_after: int) -> date:
    closes = max(one.closes for one in all_rounds(connection) if one.round == round_id)
    return closes + timedelta(days=days_after) if days_after else date.min
