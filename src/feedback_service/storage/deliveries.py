"""Mails to be sent, each once: entered, claimed before it is handed over, recorded after.

A row that stays in `sending` was claimed by a process that was killed: nobody knows whether the mail server
took it, and it is sent again under the same Message-ID. No row holds an address.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from sqlalchemy import ColumnElement, Connection, Row, and_, delete, func, select, update

from .inserting import insert_into
from .schema import delivery

Kind = Literal["confirm", "digest", "reply-link", "reminder"]
DeliveryState = Literal["waiting", "sending", "sent", "failed"]
# Whom the operator's own reminders go to, in place of a recipient's id.
OPERATOR = "operator"
LONGEST_REASON = 300


@dataclass(frozen=True, slots=True, order=True)
class DeliveryKey:
    """What a delivery is, for ever: to whom, of which kind, about what (like `2026-Q4`)."""

    recipient_id: str
    kind: Kind
    about: str = ""


@dataclass(frozen=True, slots=True)
class Delivery:
    """One mail. `day` is the day it was entered, or sent, or failed."""

    key: DeliveryKey
    message_id: str
    state: DeliveryState
    tries: int
    reason: str
    day: date


def enqueue(
    connection: Connection, recipient_id: str, kind: Kind, about: str, message_id: str, day: date
) -> bool:
    """Enter a mail to be sent; tells whether it is new. Safe to repeat."""
    done = connection.execute(
        insert_into(connection, delivery)
        .values(
            recipient_id=recipient_id,
            kind=kind,
            about=about,
            message_id=message_id,
            state="waiting",
            tries=0,
            reason="",
            day=day,
        )
        .on_conflict_do_nothing()
        # Not the number of rows: PostgreSQL's driver doesn't give it here.
        .returning(delivery.c.recipient_id)
    )
    return done.first() is not None


def claim(connection: Connection, key: DeliveryKey) -> bool:
    """From waiting to being sent; tells whether it was waiting, so that nobody else may send it."""
    return _change(connection, key, "waiting", {"state": "sending", "tries": delivery.c.tries + 1})


def finish(connection: Connection, key: DeliveryKey, day: date) -> bool:
    """The mail server has taken it."""
    return _change(connection, key, "sending", {"state": "sent", "reason": "", "day": day})


def fail(connection: Connection, key: DeliveryKey, reason: str, day: date) -> None:
    """It can't be delivered, whatever its state was: refused for good, bounced, or nobody may get it."""
    values = {"state": "failed", "reason": reason[:LONGEST_REASON], "day": day}
    connection.execute(update(delivery).where(_is(key)).values(values))


def back_to_waiting(connection: Connection, key: DeliveryKey, reason: str) -> bool:
    """It wasn't sent, and will be tried again. Its day stays: since then it has been waiting."""
    return _change(connection, key, "sending", {"state": "waiting", "reason": reason[:LONGEST_REASON]})


def revive(connection: Connection, key: DeliveryKey, day: date) -> bool:
    """A failed one to be sent after all, as its recipient is active again."""
    return _change(connection, key, "failed", {"state": "waiting", "reason": "", "day": day})


def forget_deliveries(connection: Connection, recipient_id: str) -> None:
    """Remove what is kept of mails to somebody who is no recipient any more."""
    connection.execute(delete(delivery).where(delivery.c.recipient_id == recipient_id))


def interrupted(connection: Connection) -> list[Delivery]:
    """Claimed and neither sent nor given back: under the sender's lock, what a killed process left."""
    return _found(connection, delivery.c.state == "sending")


def waiting(connection: Connection) -> list[Delivery]:
    """What is to be sent."""
    return _found(connection, delivery.c.state == "waiting")


def deliveries_about(connection: Connection, kind: Kind, about: str) -> dict[str, Delivery]:
    """All of a kind about one thing, by recipient."""
    found = _found(connection, and_(delivery.c.kind == kind, delivery.c.about == about))
    return {one.key.recipient_id: one for one in found}


def deliveries_of(connection: Connection, recipient_id: str) -> list[Delivery]:
    """All mails to one recipient, or to the operator."""
    return _found(connection, delivery.c.recipient_id == recipient_id)


def drop(connection: Connection, key: DeliveryKey) -> None:
    """Forget one that nobody needs any more, unless it is just being sent."""
    connection.execute(delete(delivery).where(_is(key), delivery.c.state != "sending"))


def with_message_id(connection: Connection, message_id: str) -> Delivery | None:
    """The mail of that Message-ID, as a bounce names it."""
    found = _found(connection, delivery.c.message_id == message_id)
    return found[0] if found else None


def by_state(connection: Connection) -> Mapping[tuple[str, str], Counter[str]]:
    """How many there are in each state, by kind and what they are about."""
    query = select(delivery.c.kind, delivery.c.about, delivery.c.state, func.count().label("n")).group_by(
        delivery.c.kind, delivery.c.about, delivery.c.state
    )
    found: dict[tuple[str, str], Counter[str]] = {}
    for kind, about, state, n in connection.execute(query.order_by(delivery.c.about, delivery.c.kind)):
        found.setdefault((kind, about), Counter())[state] = n
    return found


def _is(key: DeliveryKey) -> ColumnElement[bool]:
    return and_(
        delivery.c.recipient_id == key.recipient_id,
        delivery.c.kind == key.kind,
        delivery.c.about == key.about,
    )


def _change(
    connection: Connection, key: DeliveryKey, origin: DeliveryState, values: Mapping[str, object]
) -> bool:
    changed = connection.execute(
        update(delivery).where(_is(key), delivery.c.state == origin).values(dict(values))
    )
    return changed.rowcount == 1


def _found(connection: Connection, which: ColumnElement[bool]) -> list[Delivery]:
    order = (delivery.c.recipient_id, delivery.c.kind, delivery.c.about)
    return [_delivery(row) for row in connection.execute(select(delivery).where(which).order_by(*order))]


def _delivery(row: Row[tuple[object, ...]]) -> Delivery:
    values = dict(row._mapping)
    key = DeliveryKey(values.pop("recipient_id"), values.pop("kind"), values.pop("about"))
    return Delivery(key, **values)
