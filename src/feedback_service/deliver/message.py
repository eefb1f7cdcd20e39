"""Builds mails: pure functions of who, what and in which language.

The same mail is the same bytes each time but for its Date: a second copy, where one can't be avoided, is
recognised by mail programs by its Message-ID. Nothing in a mail is fetched from anywhere.
"""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime
from hashlib import sha256
from html import escape

from ..i18n import Interface

_WIDTH = 72
_MEDIA_TYPES = {
    "pdf": ("application", "pdf"),
    "xlsx": ("application", "vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "csv": ("text", "csv"),
}


class _Wire(EmailPolicy):
    """Headers that machines read stay in one line: folded, a long link would be encoded as a text."""

    def fold(self, name: str, value: str) -> str:
        """One header, as it goes over the wire."""
        return _unfolded(name, value) if name.lower() in _FOR_MACHINES else super().fold(name, value)

    def fold_binary(self, name: str, value: str) -> bytes:
        """The same, as bytes."""
        if name.lower() in _FOR_MACHINES:
            return _unfolded(name, value).encode("ascii")
        return super().fold_binary(name, value)


def _unfolded(name: str, value: str) -> str:
    return f"{name}: {value}\r\n"


# Lines are at most 998 characters long (RFC 5322), and none of these is longer than some 500.
_FOR_MACHINES = {"list-unsubscribe", "message-id", "to"}
WIRE = _Wire(linesep="\r\n")


@dataclass(frozen=True, slots=True)
class Envelope:
    """What every mail needs: from whom, to which address, under which Message-ID, when."""

    sender: Address
    to: str
    message_id: str
    date: datetime


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file in a mail; `ending` is pdf, xlsx or csv."""

    name: str
    ending: str
    content: bytes


@dataclass(frozen=True, slots=True)
class DigestContent:
    """A digest in the shapes that its mail needs; `files` have all wanted ones, `links` their addresses."""

    title: str
    demo: bool
    text: str
    html: str
    files: tuple[Attachment, ...]
    links: tuple[str, ...]


def digest_message(
    envelope: Envelope, content: DigestContent, interface: Interface, leave: str
) -> EmailMessage:
    """A digest: as text and as HTML, its files attached and linked, with one click to get no more."""
    message = _message(envelope, digest_subject(content, interface))
    # RFC 8058: the mail program's own button, which posts to the address and opens no page.
    message["List-Unsubscribe"] = f"<{leave}>"
    message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(content.text + _text_foot(content.links, interface, leave), cte="quoted-printable")
    message.add_alternative(
        _with_foot(content.html, _html_foot(interface, leave)),
        subtype="html", cte="quoted-printable",
    )  # fmt: skip
    for file in content.files:
        maintype, subtype = _MEDIA_TYPES[file.ending]
        message.add_attachment(file.content, maintype=maintype, subtype=subtype, filename=file.name)
    return _fixed(message)


def digest_subject(content: DigestContent, interface: Interface) -> str:
    """What it is; that of a demonstration says so."""
    title, say = _one_line(content.title), interface.plain
    return say("[Demonstration] %(subject)s", subject=title) if content.demo else title


def confirm_message(envelope: Envelope, region_name: str, interface: Interface, link: str) -> EmailMessage:
    """Asks an office whether it wants digests; without an answer it never gets one."""
    say = interface.plain
    asked = say(
        "Somebody entered this address for reports about %(name)s: what refugees and their counsellors"
        " answered, once a quarter.",
        name=region_name,
    )
    wanted = say("If you want these reports, please open this link:")
    otherwise = say("If you did not ask for them, do nothing. Then no report comes.")
    return _short(envelope, say("Please confirm: feedback reports by mail"), (asked, wanted, link, otherwise))


def reply_message(
    envelope: Envelope, region_name: str, round_id: str, interface: Interface, link: str
) -> EmailMessage:
    """The link by which an office answers: apart from the digest, which is made to be passed on."""
    say = interface.plain
    subject = say("Your link for an answer to %(title)s", title=reply_title(interface, region_name, round_id))
    what = say("What will be done about what people said? With this link your office can answer:")
    published = say("The answer is published after it was checked.")
    alone = say("Please do not forward this mail: whoever has the link can answer in your name.")
    return _short(envelope, subject, (what, link, published, alone))


def reply_title(interface: Interface, region_name: str, round_id: str) -> str:
    """What is answered: the digest's own title."""
    return interface.plain("Feedback %(round)s: %(name)s", round=round_id, name=region_name)


def reminder_message(envelope: Envelope, subject: str, paragraphs: Sequence[str]) -> EmailMessage:
    """Tells the operator, in English, what a person has to do."""
    return _short(envelope, subject, paragraphs)


def _message(envelope: Envelope, subject: str) -> EmailMessage:
    message = EmailMessage(WIRE)
    message["Message-ID"] = envelope.message_id
    message["Date"] = format_datetime(envelope.date)
    message["From"] = envelope.sender
    message["To"] = Address(addr_spec=envelope.to)
    message["Subject"] = _one_line(subject)
    # RFC 3834: no holiday notice is sent back.
    message["Auto-Submitted"] = "auto-generated"
    return message


def _short(envelope: Envelope, subject: str, paragraphs: Sequence[str]) -> EmailMessage:
    message = _message(envelope, subject)
    message.set_content("\n".join(map(_wrapped, paragraphs)), cte="quoted-printable")
    return _fixed(message)


def _fixed(message: EmailMessage) -> EmailMessage:
    """Boundaries follow from the Message-ID: drawn by chance they would differ from copy to copy."""
    for place, part in enumerate(one for one in message.walk() if one.is_multipart()):
        drawn = sha256(f"{message['Message-ID']}|{place}".encode()).hexdigest()
        part.set_boundary(f"=_{drawn[:32]}")
    return message


def _one_line(text: str) -> str:
    """No line break ever comes into a header, whatever a region or a survey is called."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())


def _wrapped(paragraph: str) -> str:
    # A link is never broken: mail programs would cut it.
    lines = textwrap.wrap(paragraph, _WIDTH, break_long_words=False, break_on_hyphens=False)
    return "\n".join(lines) + "\n"


def _text_foot(links: Sequence[str], interface: Interface, leave: str) -> str:
    say = interface.plain
    files = [_wrapped(say("These figures as pages and files:")), *(f"{one}\n" for one in links)]
    gone = [_wrapped(say("If you want no more of these reports, open this link:")), f"{leave}\n"]
    return "\n" + "".join([*(files if links else ()), "\n", *gone])


def _html_foot(interface: Interface, leave: str) -> str:
    """The recipient's own line, in the looks of the document above it."""
    gone = escape(interface.plain("If you want no more of these reports, open this link:"))
    link = f'<a href="{escape(leave)}" style="color: #0b4f5c;">{escape(leave)}</a>'
    looks = (
        "max-width: 640px; margin: 0 auto; padding: 0 16px 16px; font-size: 14px; overflow-wrap: anywhere;"
    )
    return f'<p style="{looks}">{gone}<br>{link}</p>'


def _with_foot(document: str, foot: str) -> str:
    head, end, tail = document.rpartition("</body>")
    return f"{head}{foot}{end}{tail}" if end else document + foot
