"""The account that mail is sent from: where the server is, how it is reached, who signs in."""

from __future__ import annotations

from dataclasses import dataclass
from email.errors import MessageError
from email.headerregistry import Address
from email.utils import parseaddr
from ipaddress import ip_address
from pathlib import Path

from ..errors import FeedbackError
from ..secret import Secret
from ..settings import Security, Settings

# It ends each Message-ID, and the database has room for so much.
_LONGEST_DOMAIN = 80
_PORTS: dict[Security, int] = {"none": 25, "starttls": 587, "tls": 465}


class MailNotSetUp(FeedbackError):
    """No mail server, or nobody that mails come from."""

    status = 409
    code = "mail-not-set-up"
    message = "No mail can be sent: set %(missing)s in settings.toml (docs/operating.md, “Mail”)."


class PlainMailRefused(FeedbackError):
    """Unencrypted mail over a network."""

    status = 409
    code = "mail-plain"
    message = (
        "With smtp_security = none everybody on the way can read addresses and the password, so it is for a"
        " mail server on this machine only (localhost); %(host)s is another. Use starttls or tls."
    )


class SenderUnusable(FeedbackError):
    """`mail_from` that isn't one plain address."""

    status = 409
    code = "mail-from-unusable"
    message = (
        "In the settings mail_from or operator_mail is no mail address. Write it like"
        " Feedback <feedback@example.org>, in letters without accents before and after the @."
    )


class MailPasswordUnreadable(FeedbackError):
    """No password where one should be."""

    status = 409
    code = "mail-password-unreadable"
    message = "The mail password can't be read: %(reason)s."


@dataclass(frozen=True, slots=True)
class MailAccount:
    """How mail is handed over. `password` is `None` where nobody signs in."""

    host: str
    port: int
    security: Security
    sender: Address
    user: str
    password: Secret | None
    ca_file: Path | None
    per_minute: int

    @property
    def domain(self) -> str:
        """What Message-IDs end with, and how we introduce ourselves: never this machine's own name."""
        return self.sender.domain


def mail_account(settings: Settings) -> MailAccount:
    """Raises `MailNotSetUp`, `PlainMailRefused`, `SenderUnusable`, `MailPasswordUnreadable`."""
    wanted = {"smtp_host": settings.smtp_host, "mail_from": settings.mail_from}
    missing = [name for name, value in wanted.items() if not value]
    if missing:
        raise MailNotSetUp(missing=" and ".join(missing))
    if settings.smtp_security == "none" and not _on_this_machine(settings.smtp_host):
        raise PlainMailRefused(host=settings.smtp_host)
    return MailAccount(
        host=settings.smtp_host,
        port=settings.smtp_port or _PORTS[settings.smtp_security],
        security=settings.smtp_security,
        sender=address_of(settings.mail_from),
        user=settings.smtp_user,
        password=_password(settings),
        ca_file=settings.smtp_ca_file,
        per_minute=settings.mail_per_minute,
    )


def address_of(text: str) -> Address:
    """A settings' address, with or without a name before it. Raises `SenderUnusable`."""
    name, plain = parseaddr(text)
    try:
        if not plain.isascii():
            raise ValueError("SMTP knows ASCII")
        found = Address(display_name=" ".join(name.split()), addr_spec=plain)
    except (ValueError, IndexError, MessageError):
        raise SenderUnusable from None
    if not (found.username and 0 < len(found.domain) <= _LONGEST_DOMAIN):
        raise SenderUnusable
    return found


def _on_this_machine(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def _password(settings: Settings) -> Secret | None:
    if not settings.smtp_user:
        return None
    path = settings.smtp_password_file
    if path is None:
        raise MailNotSetUp(missing="smtp_password_file, as smtp_user is set,")
    try:
        content = path.read_bytes().rstrip(b"\r\n")
    except OSError as error:
        raise MailPasswordUnreadable(reason=f"{path}: {error.strerror}") from None
    if not content:
        raise MailPasswordUnreadable(reason=f"{path} is empty")
    return Secret(content)
