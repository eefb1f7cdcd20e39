"""The mail key: addresses that only it opens, links that only it signs, names that are always the same."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_service.sealing.links import InvalidLink, Link, read_token
from feedback_service.sealing.mail_key import LONGEST_ADDRESS, AddressUnreadable, MailKey

KEY, OTHER = MailKey.generate(), MailKey.generate()
LINK = Link("reply", "a" * 32, "08416", "2026-Q4")


@given(st.text(min_size=1, max_size=60))
def test_an_address_comes_back_and_all_are_of_one_length(address: str) -> None:
    sealed = KEY.seal_address("a" * 32, address)
    assert len(sealed) == 284
    assert KEY.open_address("a" * 32, sealed) == address


def test_an_address_opens_with_its_key_and_for_its_recipient_only() -> None:
    sealed = KEY.seal_address("a" * 32, "office@example.org")
    for key, recipient in ((OTHER, "a" * 32), (KEY, "b" * 32)):
        with pytest.raises(AddressUnreadable):
            key.open_address(recipient, sealed)
    with pytest.raises(AddressUnreadable):
        KEY.open_address("a" * 32, sealed[:-1] + bytes([sealed[-1] ^ 1]))


def test_the_same_address_is_never_sealed_twice_alike_but_has_one_mark() -> None:
    address = "office@example.org"
    assert KEY.seal_address("a" * 32, address) != KEY.seal_address("a" * 32, address)
    assert KEY.mac_of(address) == KEY.mac_of("Office@Example.org") != OTHER.mac_of(address)


def test_an_address_that_is_too_long_is_refused() -> None:
    KEY.seal_address("a" * 32, "x" * LONGEST_ADDRESS)
    with pytest.raises(ValueError, match="254"):
        KEY.seal_address("a" * 32, "x" * (LONGEST_ADDRESS + 1))


def test_a_mail_has_one_name_for_ever() -> None:
    named = KEY.message_id("a" * 32, "digest", "2026-Q4", "example.org")
    assert named == KEY.message_id("a" * 32, "digest", "2026-Q4", "example.org")
    assert named.startswith("<") and named.endswith("@example.org>")
    others = {
        KEY.message_id("b" * 32, "digest", "2026-Q4", "example.org"),
        KEY.message_id("a" * 32, "confirm", "2026-Q4", "example.org"),
        KEY.message_id("a" * 32, "digest", "2027-Q1", "example.org"),
        OTHER.message_id("a" * 32, "digest", "2026-Q4", "example.org"),
    }
    assert len(others) == 4 and named not in others


def test_a_link_is_read_with_the_public_half() -> None:
    assert read_token(KEY.token(LINK), KEY.links_public) == LINK
    assert read_token(KEY.token(Link("leave", "a" * 32)), KEY.links_public) == Link("leave", "a" * 32, "", "")


def test_another_installations_link_is_none_here() -> None:
    with pytest.raises(InvalidLink):
        read_token(OTHER.token(LINK), KEY.links_public)


@given(st.data())
def test_a_link_with_any_other_sign_is_refused(data: st.DataObject) -> None:
    token = KEY.token(LINK)
    at = data.draw(st.integers(0, len(token) - 1))
    sign = data.draw(st.sampled_from("aZ09-_.|%é"))
    if token[at] != sign:
        with pytest.raises(InvalidLink):
            read_token(token[:at] + sign + token[at + 1 :], KEY.links_public)


@pytest.mark.parametrize("token", ["", ".", "a.b", "..", "x" * 10_000, "a" * 20 + "." + "b" * 86])
def test_what_is_no_token_is_refused(token: str) -> None:
    with pytest.raises(InvalidLink):
        read_token(token, KEY.links_public)


@given(st.integers(1, 200))
def test_a_link_that_was_cut_on_its_way_is_refused(missing: int) -> None:
    with pytest.raises(InvalidLink):
        read_token(KEY.token(LINK)[:-missing], KEY.links_public)
