"""Mails: deterministic but for their Date, nothing remote in them, no line break in a header."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import default
from typing import Any

import pytest

from feedback_service.deliver.message import (
    Attachment,
    DigestContent,
    Envelope,
    confirm_message,
    digest_message,
    reminder_message,
    reply_message,
)

LEAVE = "https://feedback.example/de/digests/leave/" + "x" * 120
ENVELOPE = Envelope(
    Address("Feedback", "feedback", "sender.example"), "amt@stadt.example", "<1@sender.example>",
    datetime(2027, 1, 20, 10, tzinfo=UTC),
)  # fmt: skip
CONTENT = DigestContent(
    "Feedback 2026-Q4: Landkreis Tübingen", False, "Zahlen\n", "<html><body><p>Zahlen</p></body></html>",
    (
        Attachment("a.pdf", "pdf", b"%PDF"), Attachment("a.csv", "csv", b"a,b\r\n"),
        Attachment("a.xlsx", "xlsx", b"PK"),
    ),
    ("https://feedback.example/de/results/clients/2026-Q4/08416.xlsx",),
)  # fmt: skip


def read(message: EmailMessage) -> Any:
    """As a mail program reads it, from the wire."""
    return message_from_bytes(message.as_bytes(), policy=default)


@pytest.fixture
def made(interfaces: Any) -> Any:
    return digest_message(ENVELOPE, CONTENT, interfaces["de"], LEAVE)


def test_a_digest_has_text_and_html_and_its_files(made: Any) -> None:
    mail = read(made)
    assert mail["Subject"] == CONTENT.title
    assert mail["From"] == "Feedback <feedback@sender.example>" and mail["To"] == "amt@stadt.example"
    assert mail["Message-ID"] == "<1@sender.example>"
    text, html = mail.get_body(("plain",)).get_content(), mail.get_body(("html",)).get_content()
    assert "Zahlen" in text and LEAVE in text and CONTENT.links[0] in text
    assert "<p>Zahlen</p>" in html and LEAVE in html and html.rstrip().endswith("</body></html>")
    files = {one.get_filename(): one for one in mail.iter_attachments()}
    assert list(files) == ["a.pdf", "a.csv", "a.xlsx"]
    assert files["a.pdf"].get_payload(decode=True) == b"%PDF"
    assert files["a.csv"].get_payload(decode=True) == b"a,b\r\n"


def test_one_click_of_the_mail_program_ends_it(made: Any) -> None:
    mail = read(made)
    assert mail["List-Unsubscribe"].replace("\n", "").replace(" ", "") == f"<{LEAVE}>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Precedence"] is None


def test_a_long_link_and_a_long_address_stay_as_they_are_on_the_wire(interfaces: Any) -> None:
    """Folded, Python would write them as encoded texts, and no mail program would find its button."""
    long = f"{'amt' * 20}@{'.'.join(['stadt' * 6] * 5)}.example"
    envelope = replace(ENVELOPE, to=long)
    wire = digest_message(envelope, CONTENT, interfaces["ti"], LEAVE).as_bytes()
    headers = wire.partition(b"\r\n\r\n")[0].split(b"\r\n")
    assert f"List-Unsubscribe: <{LEAVE}>".encode() in headers
    assert f"To: {long}".encode() in headers
    assert b"Message-ID: <1@sender.example>" in headers


def test_the_same_mail_is_the_same_bytes_but_for_its_date(interfaces: Any) -> None:
    later = replace(ENVELOPE, date=ENVELOPE.date + timedelta(hours=7))
    one, other = (
        digest_message(envelope, CONTENT, interfaces["de"], LEAVE).as_bytes()
        for envelope in (ENVELOPE, later)
    )
    assert one != other
    dated = re.compile(rb"^Date: .*\r\n", re.MULTILINE)
    assert dated.sub(b"", one) == dated.sub(b"", other)


def test_two_mails_don_t_share_their_boundaries(interfaces: Any) -> None:
    other = replace(ENVELOPE, message_id="<2@sender.example>")
    one, two = (
        set(
            re.findall(rb'boundary="([^"]+)"', digest_message(e, CONTENT, interfaces["de"], LEAVE).as_bytes())
        )
        for e in (ENVELOPE, other)
    )
    assert len(one) == len(two) == 2 and not one & two


def test_a_demonstration_says_so_where_the_list_of_mails_shows_it(interfaces: Any) -> None:
    demo = digest_message(ENVELOPE, replace(CONTENT, demo=True), interfaces["en"], LEAVE)
    assert read(demo)["Subject"] == f"[Demonstration] {CONTENT.title}"


@pytest.mark.parametrize("name", ["a\nBcc: x@evil.example", "a\r\n\r\nbody", "a\x85b\u2028c\x0bd"])
def test_no_line_break_comes_into_a_header(interfaces: Any, name: str) -> None:
    messages = [
        digest_message(ENVELOPE, replace(CONTENT, title=name), interfaces["de"], LEAVE),
        reply_message(ENVELOPE, name, "2026-Q4", interfaces["de"], LEAVE),
        reminder_message(ENVELOPE, name, ["x"]),
    ]
    for message in messages:
        mail = read(message)
        assert mail["Bcc"] is None
        assert not set("\r\n\x85\u2028\x0b") & set(mail["Subject"])
        assert mail.get_content_type() in ("multipart/mixed", "text/plain")


def test_an_address_that_is_none_is_refused_before_it_is_a_header(interfaces: Any) -> None:
    with pytest.raises(ValueError):
        reminder_message(replace(ENVELOPE, to="a@b.example\r\nBcc: c@d.example"), "x", ["y"])


def test_a_confirmation_has_one_link_and_asks_for_nothing_else(interfaces: Any) -> None:
    link = "https://feedback.example/en/mail/confirm/abc"
    mail = read(confirm_message(ENVELOPE, "Landkreis Tübingen", interfaces["en"], link))
    text = mail.get_content()
    assert re.findall(r"https?://\S+", text) == [link]
    assert "Landkreis Tübingen" in text and "do nothing" in text
    assert mail["List-Unsubscribe"] is None


def test_a_reply_link_says_that_it_is_not_to_be_passed_on(interfaces: Any) -> None:
    link = "https://feedback.example/en/reply/abc"
    mail = read(reply_message(ENVELOPE, "Landkreis Tübingen", "2026-Q4", interfaces["en"], link))
    assert mail["Subject"] == "Your link for an answer to Feedback 2026-Q4: Landkreis Tübingen"
    assert re.findall(r"https?://\S+", mail.get_content()) == [link]
    assert "do not forward" in mail.get_content()


@pytest.mark.parametrize("language", ["de", "en", "ar", "ti"])
def test_a_line_on_the_wire_is_short_and_ascii_whatever_the_language(interfaces: Any, language: str) -> None:
    content = replace(CONTENT, text="ä" * 3000, html=f"<body>{'ب' * 3000}</body>")
    wire = digest_message(ENVELOPE, content, interfaces[language], LEAVE).as_bytes()
    assert wire.isascii()
    assert max(map(len, wire.split(b"\r\n"))) <= 998
    assert b"\n" not in wire.replace(b"\r\n", b"")
