"""Offices that get digests. Addresses lie sealed in the database."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from sqlalchemy import Connection, delete, select, update

from .schema import delivery, recipient

RecipientState = Literal["unconfirmed", "active", "suspended"]
_LONGEST_REASON = 300


@dataclass(frozen=True, slots=True)
class Recipient:
    """One office: `address` is sealed, `level` follows from the region's key."""

    id: str
    address: bytes = field(repr=False)
    region: str
    level: str
    language: str
    formats: tuple[str, ...]
    state: RecipientState
    reason: str


def all_recipients(connection: Connection, state: RecipientState | None = None) -> list[Recipient]:
    """All of them, or those in a state, by region."""
    query = select(recipient).order_by(recipient.c.region, recipient.c.id)
    if state is not None:
        query = query.where(recipient.c.state == state)
    return [
        Recipient(
            row.id, row.address, row.region, "", row.language,
            tuple(one for one in row.formats.split(",") if one), row.state, row.reason,
        )
        for row in connection.execute(query)
    ]  # fmt: skip


def suspend(connection: Connection, recipient_id: str, reason: str) -> None:
    """Send nothing more, and say why."""
    values = {"state": "suspended", "reason": reason[:_LONGEST_REASON]}
    connection.execute(update(recipient).where(recipient.c.id == recipient_id).values(values))


def remove(connection: Connection, recipient_id: str) -> None:
    """Forget it."""
    connection.execute(delete(delivery).where(delivery.c.recipient_id == recipient_id))
    connection.execute(delete(recipient).where(recipient.c.id == recipient_id))
