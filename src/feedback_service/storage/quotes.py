"""What reviewers let through: approved quotes, and the themes of a round's comments. Both are published."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from sqlalchemy import Connection, Select, delete, insert, select

from ..reports.quotes import Quote
from .schema import quote, themes


def add_quote(connection: Connection, one: Quote) -> None:
    """Publish a quote."""
    # Sorted: an order could tell which text was the first.
    texts = json.dumps(dict(one.texts), ensure_ascii=False, sort_keys=True)
    values = {"id": one.id, "survey": one.survey, "round": one.round, "region": one.region, "texts": texts}
    connection.execute(insert(quote).values(values))


def remove_quote(connection: Connection, quote_id: str) -> None:
    """Publish it no longer."""
    connection.execute(delete(quote).where(quote.c.id == quote_id))


def all_quotes(connection: Connection) -> list[Quote]:
    """Every published quote, the newest round first."""
    return _read(connection, select(quote).order_by(quote.c.round.desc(), quote.c.survey, quote.c.id))


def quotes_of_round(connection: Connection, round_id: str) -> list[Quote]:
    """All of one round of the calendar, in the order of their random ids."""
    return _read(connection, select(quote).where(quote.c.round == round_id).order_by(quote.c.id))


def _read(connection: Connection, query: Select[Any]) -> list[Quote]:
    return [
        Quote(row.id, row.survey, row.round, row.region, json.loads(row.texts))
        for row in connection.execute(query)
    ]


def add_themes(connection: Connection, survey: str, round_id: str, issued: date, body: str) -> None:
    """Publish a round's themes, once."""
    connection.execute(insert(themes).values(survey=survey, round=round_id, issued=issued, body=body))


def themes_body(connection: Connection, survey: str, round_id: str) -> bytes | None:
    """The published file of themes, verbatim."""
    query = select(themes.c.body).where((themes.c.survey == survey) & (themes.c.round == round_id))
    body = connection.scalar(query)
    return None if body is None else str(body).encode()
