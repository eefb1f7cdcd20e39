"""Offices that get digests. Their addresses lie sealed in the database; nobody who answers is among them."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from typing import Literal

from sqlalchemy import ColumnElement, Connection, delete, insert, select, update

from ..regions.keys import level_of
from .schema import delivery, recipient

RecipientState = Literal["unconfirmed", "active", "suspended"]
_ID_BYTES = 16
LONGEST_REASON = 300


@dataclass(frozen=True, slots=True)
class Recipient:
    """One office: `address` is sealed under the mail key, `level` follows from the region's key."""

    id: str
    address: bytes = field(repr=False)
    address_mac: bytes = field(repr=False)
    region: str
    language: str
    formats: tuple[str, ...]
    state: RecipientState
    reason: str = ""

    @property
    def level(self) -> str:
        """`state`, `bezirk`, `kreis` or `municipality`."""
        return str(level_of(self.region))


def fresh_id() -> str:
    """A new random id."""
    return secrets.token_hex(_ID_BYTES)


def add(connection: Connection, one: Recipient) -> None:
    """Enter a recipient, whose address isn't known for this region yet."""
    connection.execute(
        insert(recipient).values(
            id=one.id,
            address=one.address,
            address_mac=one.address_mac,
            region=one.region,
            language=one.language,
            formats=",".join(one.formats),
            state=one.state,
            reason=one.reason,
        )
    )


def all_recipients(connection: Connection, state: RecipientState | None = None) -> list[Recipient]:
    """All of them, or those in a state, by region."""
    return _found(connection, recipient.c.state == state if state else recipient.c.id != "")


def by_id(connection: Connection, recipient_id: str) -> Recipient | None:
    """The one with that id, if it is still there."""
    return next(iter(_found(connection, recipient.c.id == recipient_id)), None)


def with_address(connection: Connection, address_mac: bytes) -> list[Recipient]:
    """Every entry of one address, one a region."""
    return _found(connection, recipient.c.address_mac == address_mac)


def activate(connection: Connection, recipient_id: str) -> bool:
    """Send from now on, and forget why nothing was sent; tells whether there is such a recipient."""
    values = {"state": "active", "reason": ""}
    return _change(connection, recipient_id, values)


def ask_again(connection: Connection, recipient_id: str) -> bool:
    """Wait for a confirmation anew; tells whether there is such a recipient."""
    return _change(connection, recipient_id, {"state": "unconfirmed", "reason": ""})


def suspend(connection: Connection, recipient_id: str, reason: str) -> bool:
    """Send nothing more, and say why; tells whether there is such a recipient."""
    return _change(connection, recipient_id, {"state": "suspended", "reason": reason[:LONGEST_REASON]})


def remove(connection: Connection, recipient_id: str) -> bool:
    """Forget a recipient and the mails to it; tells whether there was one."""
    connection.execute(delete(delivery).where(delivery.c.recipient_id == recipient_id))
    return connection.execute(delete(recipient).where(recipient.c.id == recipient_id)).rowcount == 1


def _change(connection: Connection, recipient_id: str, values: dict[str, str]) -> bool:
    return (
        connection.execute(update(recipient).where(recipient.c.id == recipient_id).values(values)).rowcount
        == 1
    )


def _found(connection: Connection, which: ColumnElement[bool]) -> list[Recipient]:
    query = select(recipient).where(which).order_by(recipient.c.region, recipient.c.id)
    return [
        Recipient(
            row.id,
            row.address,
            row.address_mac,
            row.region,
            row.language,
            tuple(one for one in row.formats.split(",") if one),
            row.state,
            row.reason,
        )
        for row in connection.execute(query)
    ]
