"""Hands mails to the mail server, several over one connection, and tells apart what its replies mean.

No error's text goes on: servers repeat addresses. What is kept of their words has none (`outcome.py`).
"""

from __future__ import annotations

import re
import smtplib
import socket
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType

from .account import MailAccount
from .outcome import Later, Misconfigured, Outcome, Refused, Sent, without_addresses

SECONDS_TO_WAIT = 60.0
# RFC 4954 and 5321: the server wants a sign-in, encryption, another order of commands: not about a recipient.
_ABOUT_US = {502, 503, 504, 530, 534, 535, 538}
# Said of every recipient, as we may not send here. "Unknown in relay recipient table" isn't meant.
_NO_RELAY = re.compile(r"relay\w*( access)?( is)? (denied|not|prohibited)|(to|not) relay\b", re.IGNORECASE)
_CLOSING = 421


@dataclass(frozen=True, slots=True)
class Letter:
    """One mail as it goes over the wire: to one address, with CRLF lines."""

    recipient: str
    content: bytes


class Mailer:
    """One connection, opened when it is needed first, closed at the end of the block."""

    def __init__(self, account: MailAccount, seconds: float = SECONDS_TO_WAIT) -> None:
        self._account = account
        self._seconds = seconds
        self._smtp: smtplib.SMTP | None = None

    def __enter__(self) -> Mailer:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._close()

    def connect(self) -> Later | Misconfigured | None:
        """Be ready to send; `None` if we are, else why not."""
        if self._smtp is not None:
            return None
        try:
            self._smtp = _connected(self._account, self._seconds)
        except ssl.SSLCertVerificationError as error:
            return Misconfigured(f"the mail server's certificate is not valid ({error.verify_message})")
        except smtplib.SMTPAuthenticationError as error:
            return _about_login(error)
        except smtplib.SMTPNotSupportedError:
            return Misconfigured("the mail server does not offer STARTTLS, or not the sign-in that we need")
        except smtplib.SMTPResponseException as error:
            reason = f"the mail server said {_said(error.smtp_code, error.smtp_error)}"
            return Misconfigured(reason) if error.smtp_code >= 500 else Later(reason, server=True)
        except smtplib.SMTPException as error:
            return Later(f"the mail server broke off ({type(error).__name__})", server=True)
        except (ssl.SSLEOFError, ssl.SSLZeroReturnError):
            return Later("the mail server broke off", server=True)
        except ssl.SSLError as error:
            return Misconfigured(
                f"no encrypted connection to the mail server ({error.reason}): is the port right?"
            )
        except FileNotFoundError:
            return Misconfigured("there is no file smtp_ca_file")
        except (OSError, EOFError) as error:
            return Later(f"the mail server can't be reached ({_why(error)})", server=True)
        return None

    def send(self, letter: Letter) -> Outcome:
        """Hand one mail over."""
        problem = self.connect()
        if problem:
            return problem
        assert self._smtp is not None
        try:
            outcome = _handed_over(self._smtp, self._account.sender.addr_spec, letter)
        except smtplib.SMTPResponseException as error:
            outcome = _judged(error.smtp_code, error.smtp_error, letter.recipient, _later_or_refused)
        except (smtplib.SMTPException, OSError, EOFError) as error:
            # Perhaps it has the mail and only its reply was lost: then it gets the same Message-ID again.
            outcome = Later(f"the mail server broke off ({_why(error)})", server=True)
        if not isinstance(outcome, Sent):
            self._start_anew()
        return outcome

    def _start_anew(self) -> None:
        """After anything but success: forget this mail, or, if the connection is no good, all of it."""
        assert self._smtp is not None
        try:
            if self._smtp.rset()[0] >= 400:
                self._close()
        except (smtplib.SMTPException, OSError):
            self._close()

    def _close(self) -> None:
        if self._smtp is None:
            return
        try:
            self._smtp.quit()
        except (smtplib.SMTPException, OSError):
            self._smtp.close()
        self._smtp = None


def _connected(account: MailAccount, seconds: float) -> smtplib.SMTP:
    # Our own name in the greeting would be this machine's; the domain of the sender says enough.
    name = account.domain
    context = ssl.create_default_context(cafile=account.ca_file)
    smtp: smtplib.SMTP
    if account.security == "tls":
        smtp = smtplib.SMTP_SSL(account.host, account.port, name, timeout=seconds, context=context)
    else:
        smtp = smtplib.SMTP(account.host, account.port, name, timeout=seconds)
    try:
        if account.security == "starttls":
            smtp.starttls(context=context)
        smtp.ehlo_or_helo_if_needed()
        if account.password is not None:
            smtp.login(account.user, account.password.value.decode())
    except BaseException:
        smtp.close()
        raise
    return smtp


def _handed_over(smtp: smtplib.SMTP, sender: str, letter: Letter) -> Outcome:
    if not letter.recipient.isascii():
        return Refused("an address with letters that SMTP doesn't know")
    code, said = smtp.mail(sender)
    if code != 250:
        return _judged(code, said, letter.recipient, _later_or_misconfigured)
    code, said = smtp.rcpt(letter.recipient)
    if code not in (250, 251):
        return _judged(code, said, letter.recipient, _later_or_refused)
    code, said = smtp.data(letter.content)
    if code != 250:
        return _judged(code, said, letter.recipient, _later_or_refused)
    return Sent()


def _judged(code: int, said: bytes | str, recipient: str, judge: Callable[[int, str], Outcome]) -> Outcome:
    words = _said(code, without_addresses(said, recipient))
    # "Relaying denied": it would say so of every recipient, and means that we may not send here.
    if code in _ABOUT_US or (code >= 500 and _NO_RELAY.search(words)):
        return Misconfigured(f"the mail server said {words}")
    return judge(code, words)


def _later_or_refused(code: int, words: str) -> Outcome:
    return Refused(words) if code >= 500 else Later(words, server=code == _CLOSING)


def _later_or_misconfigured(code: int, words: str) -> Outcome:
    if code >= 500:
        return Misconfigured(f"the mail server does not take mail_from: {words}")
    return Later(words, server=code == _CLOSING)


def _about_login(error: smtplib.SMTPAuthenticationError) -> Later | Misconfigured:
    words = _said(error.smtp_code, error.smtp_error)
    if error.smtp_code >= 500:
        return Misconfigured(f"the mail server does not accept smtp_user and its password: {words}")
    return Later(f"the mail server could not check the password: {words}", server=True)


def _said(code: int, said: bytes | str) -> str:
    return f"{code} {without_addresses(said)}".strip()


def _why(error: BaseException) -> str:
    """The system's short words; never a text that could hold what was sent."""
    if isinstance(error, TimeoutError):
        return "no answer in time"
    if isinstance(error, socket.gaierror):
        return "its name is not known"
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return type(error).__name__
