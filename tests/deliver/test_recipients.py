"""Recipients: who is entered, what the links do, and that no address lies open anywhere."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_service.deliver.addresses import InvalidAddress, checked_address
from feedback_service.deliver.recipient_list import InvalidRecipientFile, read_recipients
from feedback_service.deliver.recipients import (
    Entered,
    UnknownAttachment,
    UnknownDigestLanguage,
    Wanted,
    apply_inbox,
    enter,
    forget_unconfirmed,
    resume,
    wanted,
)  # fmt: skip
from feedback_service.regions.directory import UnknownRegion, baden_wuerttemberg
from feedback_service.sealing.links import Link
from feedback_service.sealing.mail_key import MailKey
from feedback_service.storage.deliveries import DeliveryKey, claim, deliveries_of, fail, finish
from feedback_service.storage.inbox import Inbox
from feedback_service.storage.mail_keys import read_mail_key
from feedback_service.storage.recipients import all_recipients, by_id, suspend
from feedback_service.storage.session import DATABASE, Store

TREE = baden_wuerttemberg()
TODAY = date(2027, 1, 20)


def _enter(store: Store, *addresses: str, vouched: bool = True, region: str = "08416") -> Entered:
    several = [wanted(TREE, address, region, "de", []) for address in addresses]
    with store.begin() as connection:
        key = read_mail_key(store.mail_folder)
        return enter(connection, key, several, "sender.example", TODAY, vouched=vouched)


def _press(store: Store, link: Link, kind: str | None = None, key: MailKey | None = None) -> int:
    own = read_mail_key(store.mail_folder)
    Inbox(store.inbox_folder).put(kind or link.purpose, {"token": (key or own).token(link)})
    return apply_inbox(store, own)


def _state(store: Store, recipient: str) -> str | None:
    with store.read() as connection:
        found = by_id(connection, recipient)
    return found.state if found else None


@pytest.mark.parametrize(
    "address",
    [
        "office@example.org",
        "Amt.Fuer+Integration@kreis-tuebingen.de",
        "x_y@a.b.c.example",
        "amt@müller.example",
    ],
)
def test_an_address_is_taken(address: str) -> None:
    assert checked_address(f" {address} ").count("@") == 1


def test_a_domain_travels_in_ascii() -> None:
    assert checked_address("amt@Müller.example") == "amt@xn--mller-kva.example"
    # As mail servers of today know it, not as strasse.example, which may be somebody else's.
    assert checked_address("amt@Straße.example") == "amt@xn--strae-oqa.example"


@pytest.mark.parametrize(
    "address",
    [
        "", "office", "@example.org", "office@", "office@localhost", "a b@example.org", "a@b@example.org",
        "office@example.org\nBcc: x@example.org", "office\r\n@example.org", "office@exa mple.org",
        ".a@example.org", "a..b@example.org", f"{'a' * 65}@example.org", f"a@{'b' * 260}.org", "a@-x.org",
        "<a@example.org>", "a@example.org,b@example.org", "ä@example.org",
    ],
)  # fmt: skip
def test_an_address_that_nothing_can_be_sent_to_is_refused(address: str) -> None:
    with pytest.raises(InvalidAddress):
        checked_address(address)


@given(st.text(max_size=40), st.text(max_size=40))
def test_whatever_is_taken_fits_one_header_line(local: str, domain: str) -> None:
    try:
        found = checked_address(f"{local}@{domain}.example")
    except InvalidAddress:
        return
    assert found.isascii() and found.isprintable() and " " not in found and len(found) <= 254


def test_regions_languages_and_formats_are_checked() -> None:
    with pytest.raises(UnknownRegion):
        wanted(TREE, "a@b.example", "08199", "de", [])
    with pytest.raises(UnknownDigestLanguage):
        wanted(TREE, "a@b.example", "08", "ar", [])
    with pytest.raises(UnknownAttachment):
        wanted(TREE, "a@b.example", "08", "de", ["exe"])
    assert wanted(TREE, "a@b.example", "08", "en", ["PDF", " xlsx", "pdf"]).formats == ("pdf", "xlsx")
    assert wanted(TREE, "a@b.example", "08", "en", []).formats == ("pdf",)


def test_who_is_vouched_for_is_active_and_who_is_not_has_a_mail_coming(released: Store) -> None:
    (sure,) = _enter(released, "sure@b.example").added
    (asked,) = _enter(released, "asked@b.example", vouched=False).added
    assert (_state(released, sure.id), _state(released, asked.id)) == ("active", "unconfirmed")
    assert (sure.level, sure.formats) == ("kreis", ("pdf",))
    with released.read() as connection:
        assert deliveries_of(connection, sure.id) == []
        (mail,) = deliveries_of(connection, asked.id)
    assert (mail.key.kind, mail.state) == ("confirm", "waiting")


def test_the_same_address_is_entered_once_a_region(released: Store) -> None:
    assert len(_enter(released, "a@b.example", "A@B.example").added) == 1
    again = _enter(released, "a@b.example", vouched=False)
    assert (again.added, again.known) == ((), 1)
    assert len(_enter(released, "a@b.example", region="08").added) == 1
    with released.read() as connection:
        assert [one.state for one in all_recipients(connection)] == ["active", "active"]


def test_an_address_that_nobody_confirms_is_forgotten(released: Store) -> None:
    (sure,) = _enter(released, "sure@b.example").added
    (asked,) = _enter(released, "asked@b.example", vouched=False).added
    assert forget_unconfirmed(released, date(2030, 1, 1)) == 0, "the mail with the link isn't out yet"
    key = DeliveryKey(asked.id, "confirm")
    with released.begin() as connection:
        assert claim(connection, key) and finish(connection, key, TODAY)
    assert forget_unconfirmed(released, TODAY + timedelta(days=60)) == 0
    assert forget_unconfirmed(released, TODAY + timedelta(days=61)) == 1
    with released.read() as connection:
        assert [one.id for one in all_recipients(connection)] == [sure.id]
        assert deliveries_of(connection, asked.id) == []


def test_a_link_confirms_and_another_ends_it_and_both_are_safe_to_repeat(released: Store) -> None:
    (one,) = _enter(released, "a@b.example", vouched=False).added
    assert _press(released, Link("confirm", one.id)) == 1
    assert _state(released, one.id) == "active"
    with released.begin() as connection:
        suspend(connection, one.id, "550 no such mailbox")
    assert _press(released, Link("confirm", one.id)) == 1
    assert _state(released, one.id) == "active"
    assert _press(released, Link("leave", one.id)) == 1
    assert _state(released, one.id) is None
    with released.read() as connection:
        assert deliveries_of(connection, one.id) == []
    assert _press(released, Link("leave", one.id)) == _press(released, Link("confirm", one.id)) == 0
    assert _state(released, one.id) is None and not list(released.inbox_folder.iterdir())


def test_a_link_for_something_else_or_from_elsewhere_changes_nothing(released: Store) -> None:
    (one,) = _enter(released, "a@b.example", vouched=False).added
    assert _press(released, Link("leave", one.id), kind="confirm") == 0
    assert _press(released, Link("reply", one.id, "08416", "2026-Q4"), kind="confirm") == 0
    assert _press(released, Link("confirm", one.id), key=MailKey.generate()) == 0
    assert _state(released, one.id) == "unconfirmed" and not list(released.inbox_folder.iterdir())


def test_a_list_is_taken_as_spreadsheets_write_it() -> None:
    plain = "address,region,language,formats\na@b.example,08416,en,pdf xlsx\nc@d.example,08,,\n"
    found = [
        Wanted("a@b.example", "08416", "en", ("pdf", "xlsx")), Wanted("c@d.example", "08", "de", ("pdf",)),
    ]  # fmt: skip
    assert read_recipients(plain, TREE) == found
    assert read_recipients("\ufeff" + plain.replace(",", ";").replace("\n", "\r\n"), TREE) == found
    assert read_recipients("Region,Address\n08,c@d.example\n", TREE) == found[1:]


def test_every_line_that_cannot_be_used_is_named_and_nothing_is_added() -> None:
    text = (
        "address,region,language\nno address,08,de\na@b.example,08,de\nx@y.example,99,de\nz@y.example,08,tr\n"
    )
    with pytest.raises(InvalidRecipientFile) as refused:
        read_recipients(text, TREE)
    said = str(refused.value)
    assert "Line 2: This is no mail address" in said and "Line 3" not in said
    assert "Line 4:" in said and "Line 5:" in said
    assert said.count("othing was added") == 1


def test_who_stands_twice_with_other_wishes_is_named() -> None:
    text = "address,region,language\na@b.example,08,de\nA@B.example,08,en\na@b.example,084,en\n"
    with pytest.raises(InvalidRecipientFile, match="Line 3: This address stands above") as refused:
        read_recipients(text, TREE)
    assert "Line 4" not in str(refused.value)
    assert len(read_recipients(text.replace(",en", ",de"), TREE)) == 3


def test_who_never_confirmed_is_asked_again_and_not_sent_digests(released: Store) -> None:
    (sure,) = _enter(released, "sure@b.example").added
    (asked,) = _enter(released, "asked@b.example", vouched=False).added
    day = date(2027, 1, 9)
    key = DeliveryKey(asked.id, "confirm")
    with released.begin() as connection:
        fail(connection, key, "550 no such mailbox", day)
        for one in (sure, asked):
            suspend(connection, one.id, "550 no such mailbox")
        assert [resume(connection, one, day) for one in (sure, asked)] == ["active", "unconfirmed"]
    assert (_state(released, sure.id), _state(released, asked.id)) == ("active", "unconfirmed")
    with released.read() as connection:
        assert [(mail.key, mail.state) for mail in deliveries_of(connection, asked.id)] == [(key, "waiting")]
    assert _press(released, Link("confirm", asked.id)) == 1 and _state(released, asked.id) == "active"


@pytest.mark.parametrize(
    "text", ["", "address,region\n", "name,town\nx,y\n", 'address,region\n"a@b.example,08\n']
)
def test_a_file_without_recipients_is_refused(text: str) -> None:
    with pytest.raises(InvalidRecipientFile):
        read_recipients(text, TREE)


@given(st.text(max_size=300))
def test_any_text_is_a_list_or_a_sentence(text: str) -> None:
    try:
        read_recipients(text, TREE)
    except InvalidRecipientFile as error:
        assert str(error)


def test_no_address_lies_open_in_the_database_and_after_leaving_not_even_sealed(released: Store) -> None:
    added = _enter(released, *[f"mark-{number}@canary.example" for number in range(50)]).added
    with released.read() as connection:
        sealed = {one.id: one.address for one in all_recipients(connection)}
    content = (released.folder / DATABASE).read_bytes()
    assert b"canary" not in content and all(one in content for one in sealed.values())
    for one in added:
        _press(released, Link("leave", one.id))
    content = (released.folder / DATABASE).read_bytes()
    assert not any(one in content for one in sealed.values())
