"""Where the mail key lies: `mail/mail.key`, for the process that sends mail alone."""

from __future__ import annotations

from pathlib import Path

from ..errors import FeedbackError
from ..files import write_durably
from ..sealing.mail_key import KEY_BYTES, MailKey
from ..secret import Secret
from .links_public import put_links_public

PRIVATE_FILE = "mail.key"


class MailKeyMissing(FeedbackError):
    """No usable mail key."""

    status = 409
    code = "mail-key-missing"
    message = (
        "There is no usable key in %(file)s. Put it back. To make another: remove that file if it is there,"
        " then feedback-service init"
    )


class MailKeyLost(FeedbackError):
    """Addresses are sealed under a mail key that isn't here any more."""

    status = 409
    code = "mail-key-lost"
    message = (
        "%(file)s is not there, and %(number)s recipients' addresses open with it alone; a new one would lose"
        " them. Put it back. If it is lost for good, forget them: feedback-service recipients remove --all"
    )


def make_missing_mail_key(mail_folder: Path, spool_folder: Path, recipients: int = 0) -> MailKey:
    """The mail key, made where there is none; its public half is put where the web process finds it.

    `recipients` is how many addresses are sealed under it already. Raises `MailKeyLost`, `MailKeyMissing`.
    """
    private = mail_folder / PRIVATE_FILE
    if not private.exists():
        if recipients:
            raise MailKeyLost(file=private, number=recipients)
        write_durably(private, MailKey.generate().secret.value)
    key = read_mail_key(mail_folder)
    put_links_public(spool_folder, key.links_public)
    return key


def read_mail_key(mail_folder: Path) -> MailKey:
    """The mail key. Raises `MailKeyMissing`."""
    path = mail_folder / PRIVATE_FILE
    content = path.read_bytes() if path.exists() else b""
    if len(content) != KEY_BYTES:
        raise MailKeyMissing(file=path)
    return MailKey(Secret(content))
