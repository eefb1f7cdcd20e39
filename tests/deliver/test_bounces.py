"""Mails that come back: for good they suspend, for now they are told, strangers change nothing."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from feedback_service.deliver.bounces import apply_bounce, read_bounces
from feedback_service.deliver.due import enqueue_due
from feedback_service.storage.deliveries import DeliveryKey, claim, deliveries_of, finish
from feedback_service.storage.mail_keys import read_mail_key
from feedback_service.storage.recipients import all_recipients
from feedback_service.storage.session import Store

TODAY = date(2027, 1, 20)
REPORT = """\
From: MAILER-DAEMON@mx.example
To: feedback@sender.example
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="B"

--B
Content-Type: text/plain; charset=us-ascii

I'm sorry.

--B
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example

Final-Recipient: rfc822; amt@stadt.example
Action: failed
Status: {status}
Diagnostic-Code: smtp; 550 5.1.1 <amt@stadt.example>: user unknown

--B
Content-Type: {returned}

Message-ID: {message_id}
Subject: Feedback

{body}
--B--
"""


def report(
    message_id: str, status: str = "5.1.1", returned: str = "text/rfc822-headers", body: str = ""
) -> bytes:
    text = REPORT.format(message_id=message_id, status=status, returned=returned, body=body)
    return text.replace("\n", "\r\n").encode()


@pytest.fixture
def mailed(released: Store, add_recipient: Any) -> tuple[Store, str, str]:
    """A digest that was sent; its recipient and its Message-ID."""
    id_ = add_recipient(released, "amt@stadt.example")
    enqueue_due(released, read_mail_key(released.mail_folder), "sender.example", TODAY)
    key = DeliveryKey(id_, "digest", "2026-Q4")
    with released.begin() as connection:
        claim(connection, key)
        finish(connection, key, TODAY)
        found = next(one for one in deliveries_of(connection, id_) if one.key == key)
    return released, id_, found.message_id


@pytest.mark.parametrize("returned", ["text/rfc822-headers", "message/rfc822"])
def test_a_bounce_names_its_mail_and_why_without_an_address(returned: str) -> None:
    (bounce,) = read_bounces(report("<1@sender.example>", returned=returned, body="the digest"))
    assert (bounce.message_id, bounce.status, bounce.for_good) == ("<1@sender.example>", "5.1.1", True)
    assert bounce.reason == "550 5.1.1 …: user unknown"


def test_one_for_good_suspends_its_recipient(mailed: tuple[Store, str, str]) -> None:
    store, id_, message_id = mailed
    (bounce,) = read_bounces(report(message_id))
    assert apply_bounce(store, bounce, TODAY).judgement == "suspended"
    with store.read() as connection:
        (suspended,) = all_recipients(connection, "suspended")
        states = {one.key.kind: one.state for one in deliveries_of(connection, id_)}
    assert suspended.id == id_ and suspended.reason == "came back: 5.1.1 550 5.1.1 …: user unknown"
    assert states["digest"] == "failed"


def test_one_for_now_changes_nothing(mailed: tuple[Store, str, str]) -> None:
    store, id_, message_id = mailed
    (bounce,) = read_bounces(report(message_id, status="4.4.1"))
    assert apply_bounce(store, bounce, TODAY).judgement == "told"
    with store.read() as connection:
        assert all_recipients(connection, "suspended") == []
        assert {one.state for one in deliveries_of(connection, id_)} == {"sent", "waiting"}


def test_a_mail_that_was_never_ours_changes_nothing(mailed: tuple[Store, str, str]) -> None:
    (bounce,) = read_bounces(report("<made-up@sender.example>"))
    assert apply_bounce(mailed[0], bounce, TODAY).judgement == "unknown"
    with mailed[0].read() as connection:
        assert all_recipients(connection, "suspended") == []


def test_a_mailbox_of_several_is_read_whole() -> None:
    mails = [
        report("<1@sender.example>"),
        b"Subject: hello\r\n\r\nhi\r\n",
        report("<2@sender.example>", "4.2.2"),
    ]
    mbox = b"".join(b"From MAILER-DAEMON Wed Jan 20 10:00:00 2027\r\n" + one + b"\r\n" for one in mails)
    assert [one.message_id for one in read_bounces(mbox)] == ["<1@sender.example>", "<2@sender.example>"]


@pytest.mark.parametrize(
    "content",
    [
        b"", b"\xff\xfe", b"Subject: x\r\n\r\nStatus: 5.1.1\r\nMessage-ID: <1@sender.example>",
        report("", "5.1.1"), report("<1@x>", "delivered"),
        report("<1@x>", "2.0.0").replace(b"/report;", b"/mixed;"),
    ],
)  # fmt: skip
def test_what_is_no_bounce_is_none(content: bytes) -> None:
    assert read_bounces(content) == []
