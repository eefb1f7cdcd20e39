"""Sends what waits: each mail claimed, handed over, recorded. A kill neither loses nor doubles one.

There is one instant for which that isn't quite true: between the mail server's last word and our note
of it. Killed there, nobody can know that it has the mail, and it gets it again under the same Message-ID.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from email.headerregistry import Address

from ..i18n import Interface
from ..sealing.mail_key import MailKey
from ..settings import Settings
from ..storage.deliveries import back_to_waiting, finish, interrupted, waiting
from ..storage.recipients import all_recipients
from ..storage.regions import read_directory
from ..storage.session import Store
from .backoff import Backoff
from .handing_over import SERVER, HandingOver
from .letters import Writer
from .making import DigestMaker
from .post import Post, Run
from .taken import Taken, open_taken


def make_writer(
    store: Store, settings: Settings, key: MailKey, interfaces: Mapping[str, Interface], sender: Address
) -> Writer:
    """Who writes the mails of one run."""
    with store.read() as connection:
        recipients = {one.id: one for one in all_recipients(connection)}
        directory = read_directory(connection)
    maker = DigestMaker(store, settings, interfaces)
    return Writer(settings, key, interfaces, sender, recipients, directory, maker)


def send_waiting(post: Post, backoff: Backoff) -> Run:
    """Send everything that waits and may be tried now. The caller holds the sender's lock."""
    run = Run()
    with open_taken(post.store) as taken:
        settle_interrupted(post.store, taken, post.now().date())
        with post.store.read() as connection:
            found = waiting(connection)
        if not found:
            return run
        writer = make_writer(post.store, post.settings, post.key, post.interfaces, post.account.sender)
        handing_over = HandingOver(post, backoff, writer, taken, run)
        due = [one for one in writer.in_order(found) if backoff.ready(one.key, post.now())]
        due = [one for one in due if not handing_over.leave_out(one)]
        if due and backoff.ready(SERVER, post.now()):
            handing_over.all(due)
    with post.store.read() as connection:
        run.waiting = len(waiting(connection))
    return run


def settle_interrupted(store: Store, taken: Taken, today: date) -> int:
    """What a killed process was sending: noted as taken it is sent, else it waits again; gives how many."""
    with store.read() as connection:
        left = interrupted(connection)
    if not left:
        return 0
    with store.begin() as connection:
        for one in left:
            if one.message_id == taken.last:
                finish(connection, one.key, today)
            else:
                back_to_waiting(connection, one.key, "interrupted")
    return len(left)
