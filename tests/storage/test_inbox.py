"""The inbox and the mail key's files: whole or not there, bounded, for their process only."""

from __future__ import annotations

from pathlib import Path

import pytest

from feedback_service.storage import inbox as inbox_module
from feedback_service.storage.inbox import Inbox, InboxFull
from feedback_service.storage.mail_keys import (
    MailKeyMissing,
    make_missing_mail_key,
    read_links_public,
    read_mail_key,
)  # fmt: skip


def test_what_is_put_waits_by_its_kind_until_it_is_done(tmp_path: Path) -> None:
    inbox = Inbox(tmp_path / "inbox")
    assert list(inbox.waiting("leave")) == []
    inbox.put("leave", {"token": "ጽሑፍ"})
    inbox.put("reply", {"text": "x"})
    ((path, content),) = inbox.waiting("leave")
    assert content == {"kind": "leave", "token": "ጽሑፍ"}
    assert path.stat().st_mode & 0o077 == 0
    inbox.done(path)
    inbox.done(path)
    assert list(inbox.waiting("leave")) == [] and len(list(inbox.waiting("reply"))) == 1


def test_a_full_inbox_takes_nothing_more(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inbox_module, "MOST_FILES", 2)
    inbox = Inbox(tmp_path)
    for _ in range(2):
        inbox.put("leave", {})
    with pytest.raises(InboxFull):
        inbox.put("leave", {})


def test_a_mail_key_is_made_once_and_its_public_half_put_back(tmp_path: Path) -> None:
    mail, spool = tmp_path / "mail", tmp_path / "spool"
    key = make_missing_mail_key(mail, spool)
    assert read_mail_key(mail) == make_missing_mail_key(mail, spool) == key
    assert (mail / "mail.key").stat().st_mode & 0o077 == 0
    (spool / "links.pub").write_bytes(bytes(32))
    make_missing_mail_key(mail, spool)
    assert read_links_public(spool) == key.links_public


def test_a_key_that_is_gone_or_cut_is_said(tmp_path: Path) -> None:
    with pytest.raises(MailKeyMissing):
        read_links_public(tmp_path)
    (tmp_path / "mail.key").write_bytes(bytes(31))
    with pytest.raises(MailKeyMissing):
        read_mail_key(tmp_path)
