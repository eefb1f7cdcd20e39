"""Replies in the database: entered once, released, taken back without their text."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from feedback_service.storage.replies import (
    Reply,
    add,
    add_once,
    all_replies,
    cleaned,
    put_text,
    refuse,
    release,
    released_about,
    released_before,
    with_prefix,
)
from feedback_service.storage.session import Store

DAY = date(2027, 1, 20)
ONE = Reply("a" * 32, "08416", "2026-Q4", "clients", "housing", "Amt", "done", {"de": "Ja"}, "waiting", DAY)


def test_a_reply_waits_is_released_and_is_refused_without_its_text(store: Store) -> None:
    with store.begin() as connection:
        add(connection, ONE)
        assert not add_once(connection, ONE)
        assert all_replies(connection, "waiting") == [ONE] and all_replies(connection, "released") == []
        release(connection, ONE.id, DAY)
    with store.read() as connection:
        assert all_replies(connection) == [replace(ONE, step="released", released=DAY)]
        assert [one.id for one in released_about(connection, "2026-Q4")] == [ONE.id]
        assert released_before(connection, "2026-Q4") == []
        assert [one.id for one in released_before(connection, "2027-Q1")] == [ONE.id]
    with store.begin() as connection:
        refuse(connection, ONE.id)
        assert all_replies(connection) == [replace(ONE, step="refused", texts={})]
        assert released_about(connection, "2026-Q4") == []


def test_translations_come_after_the_text_that_was_written(store: Store) -> None:
    one = replace(ONE, texts={"en": "Yes"})
    with store.begin() as connection:
        add(connection, one)
        put_text(connection, one, "de", "Ja")
        (found,) = all_replies(connection)
        assert list(found.texts.items()) == [("en", "Yes"), ("de", "Ja")]
        put_text(connection, found, "en", "Yes!")
        assert list(all_replies(connection)[0].texts.items()) == [("en", "Yes!"), ("de", "Ja")]


def test_a_prefix_finds_those_that_begin_so(store: Store) -> None:
    with store.begin() as connection:
        for letter in "ab":
            add(connection, replace(ONE, id=letter * 32))
        assert [one.id for one in with_prefix(connection, "b")] == ["b" * 32]
        assert with_prefix(connection, "") == [] and with_prefix(connection, "%") == []


def test_a_text_is_kept_without_what_nobody_sees() -> None:
    assert cleaned(" a\r\nb\rc\x00d\x85\te \n") == "a\nb\nc d  e"
    assert cleaned("سلام\u200cها") == "سلام\u200cها", "a joiner belongs to the word"
