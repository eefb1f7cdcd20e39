"""Everything that offices said through the web, dealt with before anything is sent."""

from __future__ import annotations

from datetime import date

from ..sealing.mail_key import MailKey
from ..storage.inbox import Inbox
from ..storage.session import Store
from .recipients import apply_inbox, forget_unconfirmed
from .replies import take_replies


def take_incoming(store: Store, key: MailKey, today: date) -> None:
    """Who confirmed or didn't, who wants no more, who answered. Safe to repeat and to kill; rubbish goes."""
    inbox = Inbox(store.inbox_folder)
    for path in inbox.unreadable():
        inbox.done(path)
    apply_inbox(store, key)
    forget_unconfirmed(store, today)
    take_replies(store, key, today)
