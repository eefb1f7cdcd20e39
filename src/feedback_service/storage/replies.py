"""What offices answer to reports: taken through their links or entered by the operator, then released."""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Iterable, Mapping
from datetime import date

from sqlalchemy import ColumnElement, Connection, insert, select, update

from ..reports.model import ReplyState
from ..reports.replies import Reply, ReplyStep
from ..reports.source import Source
from ..surveys.themes import theme_labels
from .published import find_source, sources_of_round
from .schema import reply

__all__ = ["Reply", "ReplyState", "ReplyStep"]
_ID_BYTES = 16
LONGEST_TEXT = 2000
LONGEST_OFFICE = 200
# Control characters but the line feed: feeds can't carry them.
_CONTROL = re.compile("[\\x00-\\x09\\x0b-\\x1f\\x7f-\\x9f]")


def fresh_id() -> str:
    """A new random id."""
    return secrets.token_hex(_ID_BYTES)


def cleaned(text: str) -> str:
    """A text as it is kept: lines end one way, nothing invisible is in it, nothing empty around it."""
    return _CONTROL.sub(" ", text.replace("\r\n", "\n").replace("\r", "\n")).strip()


def can_be_answered(connection: Connection, round_id: str, survey: str, topic: str) -> bool:
    """Whether a round has a release, and its survey knows the problem; both empty is the whole report."""
    if not survey and not topic:
        return bool(sources_of_round(connection, round_id))
    found = find_source(connection, survey, round_id)
    return found is not None and topic in theme_labels(found[0].questionnaire, "de")


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


def released_before(connection: Connection, round_id: str) -> list[Reply]:
    """Those published about earlier rounds' reports: what a round's digest tells of."""
    return _found(connection, (reply.c.step == "released") & (reply.c.round < round_id))


def released_about(connection: Connection, round_id: str) -> list[Reply]:
    """Those published about one round's reports."""
    return _found(connection, (reply.c.step == "released") & (reply.c.round == round_id))


def sources_answered(connection: Connection, replies: Iterable[Reply]) -> list[Source]:
    """The releases that replies answer to, those of each round once."""
    rounds = sorted({one.round for one in replies})
    return [source for round_id in rounds for source in sources_of_round(connection, round_id)]


def with_prefix(connection: Connection, prefix: str) -> list[Reply]:
    """Those whose id begins so."""
    return [one for one in all_replies(connection) if prefix and one.id.startswith(prefix)]


def release(connection: Connection, reply_id: str, today: date) -> None:
    """Publish it from now on."""
    _change(connection, reply_id, step="released", released=today)


def refuse(connection: Connection, reply_id: str) -> None:
    """Never publish it, or no longer. Its text goes: the reason may be that it names somebody."""
    _change(connection, reply_id, step="refused", released=None, texts=_as_text({}))


def put_text(connection: Connection, one: Reply, language: str, text: str) -> None:
    """Add the answer in another language, or replace it."""
    _change(connection, one.id, texts=_as_text({**one.texts, language: text}))


def _change(connection: Connection, reply_id: str, **values: object) -> None:
    connection.execute(update(reply).where(reply.c.id == reply_id).values(values))


def _as_text(texts: Mapping[str, str]) -> str:
    return json.dumps(dict(texts), ensure_ascii=False)


def _found(connection: Connection, which: ColumnElement[bool]) -> list[Reply]:
    query = select(reply).where(which).order_by(reply.c.round.desc(), reply.c.region, reply.c.id)
    return [Reply(**{**row._mapping, "texts": json.loads(row.texts)}) for row in connection.execute(query)]
