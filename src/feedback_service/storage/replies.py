"""What offices answer to reports: taken through their links or entered by the operator, then released."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from sqlalchemy import ColumnElement, Connection, insert, select, update

from .schema import reply

ReplyState = Literal["heard", "decided", "done", "impossible"]
ReplyStep = Literal["waiting", "released", "refused"]
_ID_BYTES = 16
LONGEST_TEXT = 2000
LONGEST_OFFICE = 200


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer of one office. `survey` and `topic` are empty where the report as a whole is answered.

    `texts` has the answer by language. `answered` is the day it came, `released` that of its publication.
    """

    id: str
    region: str
    round: str
    survey: str
    topic: str
    office: str
    state: ReplyState
    texts: Mapping[str, str]
    step: ReplyStep
    answered: date
    released: date | None = None


def fresh_id() -> str:
    """A new random id."""
    return secrets.token_hex(_ID_BYTES)


def add(connection: Connection, one: Reply) -> None:
    """Enter a reply."""
    connection.execute(
        insert(reply).values(
            id=one.id,
            region=one.region,
            round=one.round,
            survey=one.survey,
            topic=one.topic,
            office=one.office,
            state=one.state,
            texts=_as_text(one.texts),
            step=one.step,
            answered=one.answered,
            released=one.released,
        )
    )


def add_once(connection: Connection, one: Reply) -> bool:
    """Enter a reply unless one with its id is there; tells whether it is new."""
    known = connection.scalar(select(reply.c.id).where(reply.c.id == one.id))
    if known is None:
        add(connection, one)
    return known is None


def all_replies(connection: Connection, step: ReplyStep | None = None) -> list[Reply]:
    """All of them, or those at a step, the newest report's first."""
    return _found(connection, reply.c.step == step if step else reply.c.id != "")


def with_prefix(connection: Connection, prefix: str) -> list[Reply]:
    """Those whose id begins so."""
    return [one for one in all_replies(connection) if prefix and one.id.startswith(prefix)]


def release(connection: Connection, reply_id: str, today: date) -> None:
    """Publish it from now on."""
    _change(connection, reply_id, step="released", released=today)


def refuse(connection: Connection, reply_id: str) -> None:
    """Never publish it, or no longer."""
    _change(connection, reply_id, step="refused", released=None)


def put_text(connection: Connection, one: Reply, language: str, text: str) -> None:
    """Add the answer in another language, or replace it."""
    _change(connection, one.id, texts=_as_text({**one.texts, language: text}))


def _change(connection: Connection, reply_id: str, **values: object) -> None:
    connection.execute(update(reply).where(reply.c.id == reply_id).values(values))


def _as_text(texts: Mapping[str, str]) -> str:
    return json.dumps(dict(texts), ensure_ascii=False, sort_keys=True)


def _found(connection: Connection, which: ColumnElement[bool]) -> list[Reply]:
    query = select(reply).where(which).order_by(reply.c.round.desc(), reply.c.region, reply.c.id)
    return [Reply(**{**row._mapping, "texts": json.loads(row.texts)}) for row in connection.execute(query)]
