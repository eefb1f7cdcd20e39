"""Recipients of digests: entering them, and what they say through their links.

An address that nobody vouches for gets one mail with a link, and nothing more until somebody has opened it
and pressed the button there: a mail program that opens links by itself confirms nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Connection

from ..errors import FeedbackError
from ..regions.directory import Directory
from ..regions.keys import level_of
from ..render.pdf import LANGUAGES
from ..sealing.links import InvalidLink, Link, read_token
from ..sealing.mail_key import MailKey
from ..storage.deliveries import deliveries_of, enqueue, revive
from ..storage.inbox import Inbox
from ..storage.recipients import (
    Recipient,
    RecipientState,
    activate,
    add,
    all_recipients,
    ask_again,
    fresh_id,
    remove,
    with_address,
)
from ..storage.session import Store
from .addresses import checked_address

# What can be attached; the text and page one are in every mail.
FORMATS = ("pdf", "csv", "xlsx")
DEFAULT_FORMATS = ("pdf",)
_TIME_TO_CONFIRM = timedelta(days=60)


class UnknownDigestLanguage(FeedbackError):
    """Digests are written in German and English."""

    status = 422
    code = "digest-language-unknown"
    message = "There are no digests in “%(language)s”. There are: %(known)s. Nothing was added."


class UnknownAttachment(FeedbackError):
    """A format that can't be attached."""

    status = 422
    code = "attachment-unknown"
    message = "“%(format)s” can't be attached to a digest. There are: %(known)s. Nothing was added."


@dataclass(frozen=True, slots=True)
class Wanted:
    """Who is to get what: checked by `wanted`."""

    address: str
    region: str
    language: str
    formats: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Entered:
    """What entering did. `known` were there already, with the same region, and were left as they are."""

    added: tuple[Recipient, ...]
    known: int


def wanted(directory: Directory, address: str, region: str, language: str, formats: Iterable[str]) -> Wanted:
    """What was asked for, checked.

    Raises `InvalidAddress`, `UnknownRegion`, `InvalidRegionKey`, `UnknownDigestLanguage`,
    `UnknownAttachment`.
    """
    level_of(region)
    directory[region]
    if language not in LANGUAGES:
        raise UnknownDigestLanguage(language=language[:10], known=", ".join(LANGUAGES))
    attached = tuple(dict.fromkeys(one.strip().lower() for one in formats if one.strip()))
    for one in attached:
        if one not in FORMATS:
            raise UnknownAttachment(format=one[:20], known=", ".join(FORMATS))
    return Wanted(checked_address(address), region, language, attached or DEFAULT_FORMATS)


def enter(
    connection: Connection,
    key: MailKey,
    several: Iterable[Wanted],
    domain: str,
    today: date,
    *,
    vouched: bool,
) -> Entered:
    """Enter them all. Who isn't vouched for has a mail with a link coming. `domain` ends the Message-IDs."""
    added: list[Recipient] = []
    known = 0
    for one in several:
        mac = key.mac_of(one.address)
        if any(entry.region == one.region for entry in with_address(connection, mac)):
            known += 1
            continue
        new = fresh_id()
        recipient = Recipient(
            new,
            key.seal_address(new, one.address),
            mac,
            one.region,
            one.language,
            one.formats,
            "active" if vouched else "unconfirmed",
        )
        add(connection, recipient)
        if not vouched:
            enqueue(connection, new, "confirm", "", key.message_id(new, "confirm", "", domain), today)
        added.append(recipient)
    return Entered(tuple(added), known)


def apply_inbox(store: Store, key: MailKey) -> int:
    """Do what offices said through their links; tells how many did. Safe to repeat and to kill.

    What can't be read, or names a recipient that is gone, changes nothing and is removed.
    """
    inbox = Inbox(store.inbox_folder)
    done = left = 0
    for kind in ("confirm", "leave"):
        for path, content in inbox.waiting(kind):
            link = _read(content.get("token", ""), key, kind)
            if link:
                with store.begin() as connection:
                    if kind == "confirm":
                        done += activate(connection, link.recipient)
                    else:
                        left += remove(connection, link.recipient)
            inbox.done(path)
    if left:
        # What left says nothing more about anybody, not in a dead row either.
        store.scrub()
    return done + left


def forget_unconfirmed(store: Store, today: date) -> int:
    """Forget addresses that nobody confirmed within sixty days of the mail with the link; tells how many."""
    with store.read() as connection:
        late = _late(connection, today)
    if not late:
        # Looked at each minute: nobody waits for a lock because of it.
        return 0
    with store.begin() as connection:
        gone = sum(remove(connection, one.id) for one in _late(connection, today))
    store.scrub()
    return gone


def _late(connection: Connection, today: date) -> list[Recipient]:
    asked = {
        one.id: [mail.day for mail in deliveries_of(connection, one.id) if mail.state in ("sent", "failed")]
        for one in all_recipients(connection, "unconfirmed")
    }
    return [
        one
        for one in all_recipients(connection, "unconfirmed")
        if asked[one.id] and today - max(asked[one.id]) > _TIME_TO_CONFIRM
    ]


def resume(connection: Connection, one: Recipient, today: date) -> RecipientState:
    """Send again to a suspended recipient, or ask it once more if it never confirmed. Gives its new state."""
    mails = deliveries_of(connection, one.id)
    asked = next((mail for mail in mails if mail.key.kind == "confirm"), None)
    if asked is None or any(mail.key.kind == "digest" for mail in mails):
        activate(connection, one.id)
        return "active"
    ask_again(connection, one.id)
    revive(connection, asked.key, today)
    return "unconfirmed"


def _read(token: str, key: MailKey, purpose: str) -> Link | None:
    try:
        link = read_token(token, key.links_public)
    except InvalidLink:
        return None
    return link if link.purpose == purpose else None
