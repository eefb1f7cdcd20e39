"""The pages behind links in mails: opening changes nothing, the button does, and no row is written."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest

from feedback_service.sealing.links import Link
from feedback_service.sealing.mail_key import MailKey
from feedback_service.storage import inbox as inbox_module
from feedback_service.storage.inbox import Inbox
from feedback_service.storage.mail_keys import read_mail_key
from feedback_service.storage.session import DATABASE

OFFICE = "a" * 32
ONE_CLICK = "List-Unsubscribe=One-Click"
FORM = {"content-type": "application/x-www-form-urlencoded"}


def _address(site: Any, purpose: Any, language: str = "de", key: MailKey | None = None) -> str:
    key = key or read_mail_key(site.store.mail_folder)
    return f"/{language}/digests/{purpose}/{key.token(Link(purpose, OFFICE))}"


def _waiting(site: Any) -> list[dict[str, str]]:
    inbox = Inbox(site.store.inbox_folder)
    return [content for kind in ("confirm", "leave") for _, content in inbox.waiting(kind)]


def _database(site: Any) -> str:
    return hashlib.sha256((site.store.folder / DATABASE).read_bytes()).hexdigest()


@pytest.mark.parametrize(
    ("purpose", "asked", "done"),
    [
        ("confirm", "Ja, bitte schicken", "Den nächsten Bericht bekommen Sie per Mail."),
        ("leave", "Nichts mehr schicken", "Sie bekommen keine Berichte mehr."),
    ],
)
def test_opening_a_link_changes_nothing_and_the_button_does(
    site: Any, purpose: str, asked: str, done: str
) -> None:
    address, before = _address(site, purpose), _database(site)
    shown = site.http.get(address)
    assert shown.status_code == 200 and asked in shown.text and _waiting(site) == []
    pressed = site.http.post(address, headers=FORM)
    assert pressed.status_code == 200 and done in pressed.text
    assert _waiting(site) == [{"kind": purpose, "token": address.rpartition("/")[2]}]
    assert _database(site) == before


def test_a_mail_program_ends_it_with_one_click(site: Any) -> None:
    """RFC 8058: a post without a browser's headers, from wherever the mail is read."""
    assert site.http.post(_address(site, "leave"), content=ONE_CLICK, headers=FORM).status_code == 200
    assert len(_waiting(site)) == 1


def test_another_website_cannot_press_the_button(site: Any) -> None:
    for headers in ({"sec-fetch-site": "cross-site"}, {"origin": "https://elsewhere.example"}):
        assert site.http.post(_address(site, "leave"), headers=FORM | headers).status_code == 403
    assert _waiting(site) == []


def test_a_link_from_elsewhere_cut_or_for_something_else_is_explained(site: Any) -> None:
    whole = _address(site, "leave")
    wrong = [whole[:-5], _address(site, "leave", key=MailKey.generate()), whole.replace("leave/", "confirm/")]
    for address in wrong:
        for reply in (site.http.get(address), site.http.post(address, headers=FORM)):
            assert reply.status_code == 404 and "Dieser Link ist nicht vollständig." in reply.text
    assert _waiting(site) == []


def test_a_full_inbox_is_said_and_the_button_stays(site: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inbox_module, "MOST_FILES", 0)
    refused = site.http.post(_address(site, "leave", "ar"), headers=FORM)
    assert refused.status_code == 503 and 'role="alert"' in refused.text and "<button>" in refused.text
    assert 'dir="rtl"' in refused.text


def test_the_token_is_in_no_page(site: Any) -> None:
    address = _address(site, "leave")
    for reply in (site.http.get(address), site.http.post(address, headers=FORM)):
        assert address.rpartition("/")[2] not in reply.text
        assert (
            reply.headers["referrer-policy"] == "no-referrer" and reply.headers["cache-control"] == "no-store"
        )
