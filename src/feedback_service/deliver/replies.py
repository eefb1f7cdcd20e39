"""Answers of offices: what came through their links becomes a row that waits for the operator."""

from __future__ import annotations

from datetime import date
from typing import get_args

from ..sealing.links import InvalidLink, Link, read_token
from ..sealing.mail_key import MailKey
from ..storage.inbox import Inbox
from ..storage.replies import LONGEST_OFFICE, LONGEST_TEXT, Reply, ReplyState, add_once
from ..storage.session import Store

KIND = "reply"


def take_replies(store: Store, key: MailKey, today: date) -> int:
    """Enter what waits in the inbox; tells how many. What can't be an answer is removed.

    The file's own name becomes the row's id: killed between the two, the same answer is never entered twice.
    """
    inbox = Inbox(store.inbox_folder)
    taken = 0
    for path, content in inbox.waiting(KIND):
        found = _reply(path.stem, content, key, today)
        if found:
            with store.begin() as connection:
                taken += add_once(connection, found)
        inbox.done(path)
    return taken


def _reply(name: str, content: dict[str, str], key: MailKey, today: date) -> Reply | None:
    link = _link(content.get("token", ""), key)
    text, office = content.get("text", "").strip(), content.get("office", "").strip()
    state = next((one for one in get_args(ReplyState) if one == content.get("state")), None)
    if link is None or state is None or not text or not office:
        return None
    return Reply(
        id=name,
        region=link.region,
        round=link.round,
        survey=content.get("survey", "")[:30],
        topic=content.get("topic", "")[:60],
        office=office[:LONGEST_OFFICE],
        state=state,
        texts={content.get("language", "de")[:8]: text[:LONGEST_TEXT]},
        step="waiting",
        answered=today,
    )


def _link(token: str, key: MailKey) -> Link | None:
    try:
        link = read_token(token, key.links_public)
    except InvalidLink:
        return None
    return link if link.purpose == "reply" else None
