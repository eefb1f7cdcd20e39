"""What came through an office's link is checked again before it is entered, away from the internet."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from feedback_service.deliver.replies import Taken, take_replies
from feedback_service.demo import setting_up
from feedback_service.demo.setting_up import set_up
from feedback_service.intake.spool import Spool
from feedback_service.sealing.links import Link
from feedback_service.sealing.mail_key import MailKey
from feedback_service.secret import Secret
from feedback_service.storage.inbox import Inbox
from feedback_service.storage.mail_keys import read_mail_key
from feedback_service.storage.replies import all_replies
from feedback_service.storage.session import Store

TODAY = date(2027, 1, 20)
# Signed with a key of somebody else.
FORGED = MailKey(Secret(bytes(32))).token(Link("reply", "a" * 32, "08416", "2026-Q4"))
Said = Callable[..., dict[str, str]]


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Store:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(setting_up, "Spool", lambda where: Spool(where, 64))
        return set_up(tmp_path_factory.mktemp("replies") / "data", TODAY, 40)


@pytest.fixture
def said(installed: Store) -> Said:
    """What the web process puts into the inbox."""
    key = read_mail_key(installed.mail_folder)

    def make(region: str = "08416", round_id: str = "2026-Q4", **changed: str) -> dict[str, str]:
        token = key.token(Link("reply", "a" * 32, region, round_id))
        return {
            "token": token, "survey": "clients", "topic": "housing", "state": "done", "text": "Ja",
            "office": "Amt", "language": "de",
        } | changed  # fmt: skip

    return make


def _taken(store: Store, content: dict[str, str]) -> Taken:
    Inbox(store.inbox_folder).put("reply", content)
    taken = take_replies(store, read_mail_key(store.mail_folder), TODAY)
    assert not list(Path(store.inbox_folder).glob("*.json"))
    return taken


def test_a_lawful_one_waits_and_nothing_of_its_link_is_kept(installed: Store, said: Said) -> None:
    assert _taken(installed, said(text=" Ja\r\nund\x00nein ")) == Taken(1, 0)
    with installed.read() as connection:
        (found,) = all_replies(connection, "waiting")
    assert (found.region, found.round, found.survey, found.topic) == (
        "08416", "2026-Q4", "clients", "housing",
    )  # fmt: skip
    assert (found.answered, dict(found.texts)) == (TODAY, {"de": "Ja\nund nein"})
    assert "a" * 32 not in repr(found)


@pytest.mark.parametrize(
    "changed",
    [
        {"token": "x"}, {"token": ""}, {"state": "soon"}, {"language": "xx"}, {"text": " "}, {"office": ""},
        {"text": "x" * 2001}, {"office": "x" * 201}, {"topic": "weather"}, {"survey": "others"},
        {"survey": ""}, {"topic": ""},
        {"token": FORGED},
    ],
)  # fmt: skip
def test_what_can_be_none_is_removed_and_counted(
    installed: Store, said: Said, changed: dict[str, str]
) -> None:
    assert _taken(installed, said(**changed)) == Taken(0, 1)


def test_a_link_of_another_kind_an_unknown_region_and_a_round_without_release_answer_nothing(
    installed: Store, said: Said
) -> None:
    key = read_mail_key(installed.mail_folder)
    assert _taken(installed, said(token=key.token(Link("leave", "a" * 32)))) == Taken(0, 1)
    assert _taken(installed, said(region="08999")) == Taken(0, 1)
    assert _taken(installed, said(round_id="2031-Q1")) == Taken(0, 1)
    assert _taken(installed, said(survey="", topic="")) == Taken(1, 0)
