"""Where the mail key lies: `mail/mail.key` for the process that sends mail, `spool/links.pub` for the web."""

from __future__ import annotations

from pathlib import Path

from ..errors import FeedbackError
from ..files import write_durably
from ..sealing.mail_key import KEY_BYTES, MailKey
from ..secret import Secret

PRIVATE_FILE = "mail.key"
PUBLIC_FILE = "links.pub"


class MailKeyMissing(FeedbackError):
    """No usable mail key."""

    status = 409
    code = "mail-key-missing"
    message = "There is no usable key in %(file)s. Put it back, or make one: feedback-service init"


def make_missing_mail_key(mail_folder: Path, spool_folder: Path) -> MailKey:
    """The mail key, made where there is none; its public half is put where the web process finds it."""
    private = mail_folder / PRIVATE_FILE
    if not private.exists():
        write_durably(private, MailKey.generate().secret.value)
    key = read_mail_key(mail_folder)
    public = spool_folder / PUBLIC_FILE
    if not public.exists() or public.read_bytes() != key.links_public:
        write_durably(public, key.links_public)
    return key


def read_mail_key(mail_folder: Path) -> MailKey:
    """The mail key. Raises `MailKeyMissing`."""
    path = mail_folder / PRIVATE_FILE
    content = path.read_bytes() if path.exists() else b""
    if len(content) != KEY_BYTES:
        raise MailKeyMissing(file=path)
    return MailKey(Secret(content))


def read_links_public(spool_folder: Path) -> bytes:
    """What the web process checks links with. Raises `MailKeyMissing`."""
    path = spool_folder / PUBLIC_FILE
    if not path.exists():
        raise MailKeyMissing(file=path)
    return path.read_bytes()
