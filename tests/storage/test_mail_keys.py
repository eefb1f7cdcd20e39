"""The mail key's files: made once, for their process only, and missed when they are gone."""

from __future__ import annotations

from pathlib import Path

import pytest

from feedback_service.storage.mail_keys import (
    MailKeyMissing,
    make_missing_mail_key,
    read_links_public,
    read_mail_key,
)


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
