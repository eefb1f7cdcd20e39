"""Answers of offices: what came through their links becomes a row that waits for the operator."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import get_args

from sqlalchemy import Connection

from ..i18n import LANGUAGES
from ..sealing.links import InvalidLink, Link, read_token
from ..sealing.mail_key import MailKey
from ..storage.inbox import Inbox
from ..storage.regions import read_directory
from ..storage.replies import (
    LONGEST_OFFICE,
    LONGEST_TEXT,
    Reply,
    ReplyState,
    add_once,
    can_be_answered,
    cleaned,
)
from ..storage.session import Store

KIND = "reply"
_ID_DIGITS = 32


@dataclass(frozen=True, slots=True)
class Taken:
    """How many answers were entered, and how many files were removed as they can be none."""

    entered: int
    removed: int


def take_replies(store: Store, key: MailKey, today: date) -> Taken:
    """Enter what waits in the inbox; what can't be an answer is removed and counted.

    The row's id is made from the file's name: killed between the two, the same answer is never entered twice.
    """
    inbox = Inbox(store.inbox_folder)
    entered = removed = 0
    for path, content in inbox.waiting(KIND):
        with store.begin() as connection:
            # Names of one link's files begin alike; ids are told apart by their beginning.
            name = sha256(path.stem.encode()).hexdigest()[:_ID_DIGITS]
            found = _reply(connection, name, content, key, today)
            if found:
                entered += add_once(connection, found)
        inbox.done(path)
        removed += found is None
    return Taken(entered, removed)


def _reply(
    connection: Connection, name: str, content: Mapping[str, str], key: MailKey, today: date
) -> Reply | None:
    """The file's answer, checked again: the web process is the one that faces the internet."""
    link = _link(content.get("token", ""), key)
    state = next((one for one in get_args(ReplyState) if one == content.get("state")), None)
    if link is None or state is None or content.get("language") not in LANGUAGES:
        return None
    text, office = cleaned(content.get("text", "")), cleaned(content.get("office", ""))
    if not 0 < len(text) <= LONGEST_TEXT or not 0 < len(office) <= LONGEST_OFFICE:
        return None
    survey, topic = content.get("survey", ""), content.get("topic", "")
    if link.region not in read_directory(connection) or not can_be_answered(
        connection, link.round, survey, topic
    ):
        return None
    return Reply(
        id=name,
        region=link.region,
        round=link.round,
        survey=survey,
        topic=topic,
        office=office,
        state=state,
        texts={content["language"]: text},
        step="waiting",
        answered=today,
    )


def _link(token: str, key: MailKey) -> Link | None:
    try:
        link = read_token(token, key.links_public)
    except InvalidLink:
        return None
    return link if link.purpose == "reply" else None
