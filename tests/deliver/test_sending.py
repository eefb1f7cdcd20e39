"""Sending: each mail once; refusals suspend, what can't go now waits, our own mistakes suspend nobody."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import delete, update

from feedback_service.deliver.backoff import Backoff
from feedback_service.deliver.due import enqueue_due
from feedback_service.deliver.post import Post, Run
from feedback_service.deliver.reminders import enqueue_reminders
from feedback_service.deliver.sending import send_waiting, settle_interrupted
from feedback_service.deliver.taken import open_taken
from feedback_service.reports.build import digest
from feedback_service.storage.deliveries import (
    Delivery,
    DeliveryKey,
    claim,
    deliveries_of,
    enqueue,
    interrupted,
    waiting,
)
from feedback_service.storage.recipients import all_recipients
from feedback_service.storage.schema import delivery, recipient
from feedback_service.storage.session import Store

DOMAIN = "sender.example"
MakePost = Callable[..., Post]


def sent(post: Post, backoff: Backoff | None = None) -> Run:
    """Enter what is due and send."""
    with post.store.one_sender():
        enqueue_due(post.store, post.key, DOMAIN, post.now().date())
        return send_waiting(post, backoff or Backoff())


def states(store: Store, recipient_id: str) -> dict[str, str]:
    with store.read() as connection:
        return {one.key.kind: one.state for one in deliveries_of(connection, recipient_id)}


def test_each_recipient_gets_the_digest_and_then_its_link_each_once(
    released: Store, add_recipient: Any, make_post: MakePost, sink: Any
) -> None:
    ids = [
        add_recipient(released, "a@stadt.example"),
        add_recipient(released, "b@stadt.example", "08", "en"),
    ]
    post = make_post(sink.port)
    assert sent(post).sent == 4
    assert sent(post).sent == 0
    expected = {
        (address, post.key.message_id(id_, kind, "2026-Q4", DOMAIN))
        for id_, address in zip(ids, ("a@stadt.example", "b@stadt.example"), strict=True)
        for kind in ("digest", "reply-link")
    }
    assert set(sink.got()) == expected and len(sink.got()) == 4
    subjects = [mail["Subject"] for mail in sink.mails()]
    assert subjects[0] == "[Demonstration] Feedback 2026-Q4: Baden-Württemberg"
    assert all("2026-Q4" in one for one in subjects)
    assert [bool(mail["List-Unsubscribe"]) for mail in sink.mails()] == [True, True, False, False]


def test_wanted_files_are_attached_and_linked_and_nothing_remote_is_in_it(
    released: Store, add_recipient: Any, make_post: MakePost, sink: Any
) -> None:
    add_recipient(released, "a@stadt.example", formats="pdf,xlsx,csv")
    sent(make_post(sink.port))
    mail = sink.mails()[0]
    files = {one.get_filename(): one.get_payload(decode=True) for one in mail.iter_attachments()}
    assert list(files) == [f"feedback-2026-Q4-08416-de.{ending}" for ending in ("pdf", "xlsx", "csv")]
    assert [content[:4] for content in files.values()] == [b"%PDF", b"PK\x03\x04", b"\xef\xbb\xbfs"]
    text, html = (mail.get_body((kind,)).get_content() for kind in ("plain", "html"))
    for ending in ("", ".xlsx", ".csv"):
        address = f"https://feedback.example/de/results/clients/2026-Q4/08416{ending}"
        assert address in text and f'href="{address}"' in html
    assert not re.search(r'(?:src|url|@import|background)\s*[=(]\s*["\']?(?:https?:)?//', html)


def test_the_leave_link_is_the_recipient_s_own(
    released: Store, add_recipient: Any, make_post: MakePost, sink: Any
) -> None:
    for name in ("a", "b"):
        add_recipient(released, f"{name}@stadt.example")
    sent(make_post(sink.port))
    digests = [mail for mail in sink.mails() if mail["List-Unsubscribe"]]
    links = [re.sub(r"\s", "", mail["List-Unsubscribe"]).strip("<>") for mail in digests]
    assert len(set(links)) == 2
    for mail, link in zip(digests, links, strict=True):
        assert link in mail.get_body(("plain",)).get_content()


def test_a_digest_is_made_once_for_all_of_a_region_and_language(
    released: Store, add_recipient: Any, make_post: MakePost, sink: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[tuple[str, str]] = []

    def counting(sources: Any, directory: Any, language: str, region: str, *rest: Any, **more: Any) -> Any:
        made.append((region, language))
        return digest(sources, directory, language, region, *rest, **more)

    monkeypatch.setattr("feedback_service.deliver.making.digest", counting)
    for place in range(12):
        region, language = ("08416", "08")[place % 2], ("de", "en")[place % 3 % 2]
        add_recipient(released, f"office{place}@stadt.example", region, language)
    assert sent(make_post(sink.port)).sent == 24
    assert len(made) == len(set(made)) == 4


def test_who_is_refused_for_good_is_suspended_with_the_reason_and_without_the_address(
    released: Store, add_recipient: Any, make_post: MakePost, sink: Any
) -> None:
    gone, there = (
        add_recipient(released, "gone@stadt.example"),
        add_recipient(released, "there@stadt.example"),
    )
    sink.behave(rcpt={"gone@stadt.example": "550 5.1.1 <gone@stadt.example> unknown"})
    post = make_post(sink.port)
    run = sent(post)
    assert (run.sent, run.failed, run.waiting) == (2, 2, 0)
    with released.read() as connection:
        (suspended,) = all_recipients(connection, "suspended")
    assert (suspended.id, suspended.reason) == (gone, "550 5.1.1 … unknown")
    # The link has nobody to go to any more: the server was asked once.
    assert states(released, gone) == {"digest": "failed", "reply-link": "failed"}
    assert states(released, there) == {"digest": "sent", "reply-link": "sent"}
    assert len(sink.events("refused")) == 1


def test_what_can_t_go_now_waits_for_its_pause_and_nobody_is_suspended(
    released: Store, add_recipient: Any, make_post: MakePost, sink: Any
) -> None:
    grey = add_recipient(released, "grey@stadt.example")
    add_recipient(released, "there@stadt.example")
    sink.behave(rcpt={"grey@stadt.example": "450 4.2.0 greylisted"})
    backoff, post = Backoff(), make_post(sink.port)
    run = sent(post, backoff)
    assert (run.sent, run.failed, run.waiting, run.later) == (2, 0, 2, "450 4.2.0 greylisted")
    sink.behave()
    assert sent(post, backoff).sent == 0
    later = make_post(sink.port, now=lambda: post.now() + timedelta(seconds=61))
    assert sent(later, backoff).sent == 2
    with released.read() as connection:
        assert all_recipients(connection, "suspended") == []
        assert [one.tries for one in deliveries_of(connection, grey)] == [2, 2]


def test_a_server_that_is_down_leaves_everything_as_it_was(
    released: Store, add_recipient: Any, make_post: MakePost, unused_tcp_port: int
) -> None:
    one = add_recipient(released, "a@stadt.example")
    run = sent(make_post(unused_tcp_port))
    assert (run.sent, run.failed, run.waiting) == (0, 0, 2) and "can't be reached" in run.later
    with released.read() as connection:
        assert [(found.state, found.tries) for found in deliveries_of(connection, one)] == [
            ("waiting", 0)
        ] * 2


def test_our_own_mistakes_stop_the_run_and_suspend_nobody(
    released: Store, add_recipient: Any, make_post: MakePost, sink: Any
) -> None:
    for place in range(3):
        add_recipient(released, f"office{place}@stadt.example")
    sink.behave(rcpt={"*": "554 5.7.1 Relay access denied"})
    run = sent(make_post(sink.port))
    assert "Relay access denied" in run.problem
    assert (run.sent, run.failed, run.waiting) == (0, 0, 6)
    assert len(sink.events("refused")) == 1
    with released.read() as connection:
        assert all_recipients(connection, "suspended") == []


def test_one_mail_that_breaks_the_connection_does_not_hold_up_the_others(
    released: Store, add_recipient: Any, make_post: MakePost, sink: Any
) -> None:
    add_recipient(released, "a@stadt.example", "08")
    for name in ("b", "c"):
        add_recipient(released, f"{name}@stadt.example")
    sink.behave(rcpt={"a@stadt.example": "421 4.3.2 closing"})
    run = sent(make_post(sink.port))
    assert (run.sent, run.waiting) == (4, 2)


def test_a_server_that_breaks_off_twice_is_left_alone_for_a_while(
    released: Store, add_recipient: Any, make_post: MakePost, sink: Any
) -> None:
    for place in range(5):
        add_recipient(released, f"office{place}@stadt.example")
    sink.behave(rcpt={"*": "421 4.3.2 closing"})
    backoff, post = Backoff(), make_post(sink.port)
    assert sent(post, backoff).waiting == 10
    assert len(sink.events("refused")) == 2
    sink.behave()
    assert sent(post, backoff).sent == 0


def test_what_a_killed_process_left_is_sent_again_under_the_same_id(
    released: Store, add_recipient: Any, make_post: MakePost, sink: Any
) -> None:
    one = add_recipient(released, "a@stadt.example")
    post = make_post(sink.port)
    enqueue_due(released, post.key, DOMAIN, post.now().date())
    key = DeliveryKey(one, "digest", "2026-Q4")
    with released.begin() as connection:
        assert claim(connection, key)
        assert not claim(connection, key)
        (left,) = interrupted(connection)
    assert sent(post).sent == 2
    assert [message_id for _, message_id in sink.got()].count(left.message_id) == 1


def test_what_the_server_took_before_the_kill_is_not_sent_again(
    released: Store, add_recipient: Any, make_post: MakePost, sink: Any
) -> None:
    one = add_recipient(released, "a@stadt.example")
    post = make_post(sink.port)
    enqueue_due(released, post.key, DOMAIN, post.now().date())
    key = DeliveryKey(one, "digest", "2026-Q4")
    with released.begin() as connection:
        claim(connection, key)
        (left,) = interrupted(connection)
    with open_taken(released) as taken:
        taken.note(left.message_id)
        assert settle_interrupted(released, taken, post.now().date()) == 1
        assert settle_interrupted(released, taken, post.now().date()) == 0
    assert states(released, one) == {"digest": "sent", "reply-link": "waiting"}


def test_what_was_taken_long_ago_and_came_back_is_sent_again_though_killed_before_it(
    released: Store, add_recipient: Any, make_post: MakePost, sink: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = add_recipient(released, "a@stadt.example")
    post = make_post(sink.port)
    enqueue_due(released, post.key, DOMAIN, post.now().date())
    key = DeliveryKey(one, "digest", "2026-Q4")
    with released.read() as connection:
        message_id = next(found.message_id for found in waiting(connection) if found.key == key)
    with open_taken(released) as taken:
        taken.note(message_id)

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("feedback_service.deliver.smtp.Mailer.send", killed)
    with pytest.raises(KeyboardInterrupt):
        sent(post)
    monkeypatch.undo()
    assert states(released, one)["digest"] == "sending"
    assert sent(post).sent == 2
    assert [to for to, _ in sink.got()] == ["a@stadt.example"] * 2


def test_mails_to_who_is_no_recipient_any_more_are_forgotten(
    released: Store, add_recipient: Any, make_post: MakePost, sink: Any
) -> None:
    add_recipient(released, "a@stadt.example")
    post = make_post(sink.port)
    enqueue_due(released, post.key, DOMAIN, post.now().date())
    with released.begin() as connection:
        connection.execute(delete(recipient))
    assert sent(post) == Run()
    with released.read() as connection:
        assert connection.execute(delivery.select()).all() == []
    assert sink.got() == []


def test_a_confirmation_goes_to_who_has_not_confirmed_and_to_nobody_else(
    released: Store, add_recipient: Any, make_post: MakePost, sink: Any
) -> None:
    post = make_post(sink.port)
    asked = add_recipient(released, "asked@stadt.example", state="unconfirmed")
    active = add_recipient(released, "there@stadt.example")
    with released.begin() as connection:
        for id_ in (asked, active):
            enqueue(
                connection,
                id_,
                "confirm",
                "",
                post.key.message_id(id_, "confirm", "", DOMAIN),
                date(2027, 1, 1),
            )
    sent(post)
    assert [to for to, _ in sink.got()].count("asked@stadt.example") == 1
    confirm = sink.mails()[0]
    assert confirm["To"] == "asked@stadt.example" and "/de/digests/confirm/" in confirm.get_content()
    assert states(released, asked) == {"confirm": "sent"}
    assert states(released, active) == {"digest": "sent", "reply-link": "sent"}


def test_a_reminder_goes_to_the_operator_in_english(released: Store, make_post: MakePost, sink: Any) -> None:
    post = make_post(sink.port)
    today = post.now().date()
    assert enqueue_reminders(released, ["count clients 2026-Q4"], post.key, DOMAIN, today)
    assert enqueue_reminders(released, ["count clients 2026-Q4"], post.key, DOMAIN, today) == []
    assert sent(post).sent == 1
    (mail,) = sink.mails()
    assert mail["To"] == "operator@sender.example"
    assert "feedback-service rounds count clients --round 2026-Q4" in mail.get_content()


def test_mails_keep_their_distance(
    released: Store, add_recipient: Any, make_post: MakePost, sink: Any, fake_clock: Any
) -> None:
    for place in range(3):
        add_recipient(released, f"office{place}@stadt.example")
    sent(make_post(sink.port, settings={"mail_per_minute": 30}))
    assert len(sink.got()) == 6
    assert fake_clock.paused == 5 * 2


def test_asked_to_stop_it_finishes_one_and_leaves_the_rest_waiting(
    released: Store, add_recipient: Any, make_post: MakePost, sink: Any
) -> None:
    for place in range(3):
        add_recipient(released, f"office{place}@stadt.example")
    run = sent(make_post(sink.port, stopped=lambda: len(sink.got()) >= 2))
    assert (run.sent, run.waiting) == (2, 4)
    with released.read() as connection:
        assert interrupted(connection) == []


def test_one_that_can_t_be_written_waits_and_the_others_go(
    released: Store, add_recipient: Any, make_post: MakePost, sink: Any
) -> None:
    broken = add_recipient(released, "broken@stadt.example")
    add_recipient(released, "there@stadt.example")
    with released.begin() as connection:
        connection.execute(update(recipient).where(recipient.c.id == broken).values(address=bytes(284)))
    run = sent(make_post(sink.port))
    assert (run.sent, run.waiting) == (2, 2)
    assert "mail.key" in run.later and "broken" not in run.later


def test_the_server_may_take_long_and_is_waited_for(
    released: Store, add_recipient: Any, make_post: MakePost, sink: Any
) -> None:
    add_recipient(released, "a@stadt.example")
    sink.behave(wait=0.3)
    assert sent(make_post(sink.port)).sent == 2


def test_days_are_those_of_sending(
    released: Store, add_recipient: Any, make_post: MakePost, sink: Any, unused_tcp_port: int
) -> None:
    one = add_recipient(released, "a@stadt.example")
    post = make_post(unused_tcp_port)
    sent(post)

    def day() -> set[date]:
        with released.read() as connection:
            return {found.day for found in deliveries_of(connection, one)}

    later: datetime = post.now() + timedelta(days=2)
    assert day() == {post.now().date()}
    sent(make_post(unused_tcp_port, now=lambda: later))
    # Since when it has been waiting.
    assert day() == {post.now().date()}
    sent(make_post(sink.port, now=lambda: later))
    assert day() == {later.date()}
    with released.read() as connection:
        found: list[Delivery] = waiting(connection)
    assert found == []
