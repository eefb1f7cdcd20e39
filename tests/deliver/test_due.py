"""What is due: the newest round for each active recipient, entered once, on its day."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import update

from feedback_service.deliver.due import due_digests, enqueue_due, planned
from feedback_service.storage.deliveries import DeliveryKey, claim, fail, finish, waiting
from feedback_service.storage.mail_keys import read_mail_key
from feedback_service.storage.recipients import all_recipients
from feedback_service.storage.schema import recipient, round_
from feedback_service.storage.session import Store

TODAY = date(2027, 1, 20)
DOMAIN = "sender.example"


def entered(store: Store, days_after: int = 0, today: date = TODAY) -> int:
    return enqueue_due(store, read_mail_key(store.mail_folder), DOMAIN, today, days_after)


def keys(store: Store) -> set[tuple[str, str, str]]:
    with store.read() as connection:
        return {(one.key.recipient_id, one.key.kind, one.key.about) for one in waiting(connection)}


def test_each_active_recipient_gets_the_newest_round_and_a_link_beside_it(
    released: Store, add_recipient: Any
) -> None:
    one = add_recipient(released, "one@stadt.example")
    add_recipient(released, "asked@stadt.example", state="unconfirmed")
    add_recipient(released, "gone@stadt.example", state="suspended")
    assert entered(released) == 2
    assert keys(released) == {(one, "digest", "2026-Q4"), (one, "reply-link", "2026-Q4")}


def test_entering_again_changes_nothing_and_ids_stay(released: Store, add_recipient: Any) -> None:
    add_recipient(released, "one@stadt.example")
    entered(released)
    with released.read() as connection:
        before = waiting(connection)
    assert entered(released, today=date(2027, 3, 1)) == 0
    with released.read() as connection:
        assert waiting(connection) == before


def test_who_comes_after_a_round_was_sent_gets_it_as_well(released: Store, add_recipient: Any) -> None:
    add_recipient(released, "one@stadt.example")
    entered(released)
    late = add_recipient(released, "late@stadt.example")
    assert entered(released) == 2
    assert (late, "digest", "2026-Q4") in keys(released)


def test_a_round_with_a_survey_that_is_not_released_is_not_due(released: Store, add_recipient: Any) -> None:
    add_recipient(released, "one@stadt.example")
    with released.begin() as connection:
        connection.execute(
            update(round_)
            .where(round_.c.survey == "counsellors", round_.c.round == "2026-Q4")
            .values(state="counted")
        )
    entered(released)
    assert {about for _, _, about in keys(released)} == {"2026-Q3"}


def test_with_a_day_of_digests_nothing_is_due_before_it(released: Store, add_recipient: Any) -> None:
    add_recipient(released, "one@stadt.example")
    assert entered(released, days_after=25, today=date(2027, 1, 24)) == 0
    assert entered(released, days_after=25, today=date(2027, 1, 25)) == 2


def test_what_failed_is_entered_again_once_its_recipient_is_active_again(
    released: Store, add_recipient: Any
) -> None:
    one = add_recipient(released, "one@stadt.example")
    entered(released)
    key = DeliveryKey(one, "digest", "2026-Q4")
    with released.begin() as connection:
        claim(connection, key)
        fail(connection, key, "550 no", TODAY)
        connection.execute(update(recipient).values(state="suspended"))
    assert entered(released) == 0
    with released.begin() as connection:
        connection.execute(update(recipient).values(state="active"))
    assert entered(released) == 1
    with released.read() as connection:
        assert key in {found.key for found in waiting(connection)}


def test_what_was_sent_is_never_due_again(released: Store, add_recipient: Any) -> None:
    one = add_recipient(released, "one@stadt.example")
    entered(released)
    with released.begin() as connection:
        for kind in ("digest", "reply-link"):
            key = DeliveryKey(one, kind, "2026-Q4")
            assert claim(connection, key) and finish(connection, key, TODAY)
        due = due_digests(connection, TODAY)
        assert due and due.keys == ()
    assert entered(released) == 0


def test_what_is_planned_is_what_is_entered_and_nothing_is_written(
    released: Store, add_recipient: Any
) -> None:
    add_recipient(released, "one@stadt.example")
    round_id, new = planned(released, read_mail_key(released.mail_folder), DOMAIN, TODAY)
    assert round_id == "2026-Q4" and keys(released) == set()
    entered(released)
    with released.read() as connection:
        assert sorted(new, key=lambda one: one.key) == waiting(connection)
        assert len(all_recipients(connection)) == 1
