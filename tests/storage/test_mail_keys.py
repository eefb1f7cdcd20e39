"""The mail key's files: made once, for their process only, and missed when they are gone."""

from __future__ import annotations

from pathlib import Path

import pytest

from feedback_service.sealing.links import InvalidLink, Link
from feedback_service.storage.links_public import read_link, read_links_public
from feedback_service.storage.mail_keys import (
    MailKeyLost,
    MailKeyMissing,
    make_missing_mail_key,
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
    assert read_links_public(tmp_path) is None
    (tmp_path / "mail.key").write_bytes(bytes(31))
    with pytest.raises(MailKeyMissing):
        read_mail_key(tmp_path)


def test_no_new_key_takes_the_place_of_one_that_addresses_are_sealed_under(tmp_path: Path) -> None:
    mail, spool = tmp_path / "mail", tmp_path / "spool"
    with pytest.raises(MailKeyLost, match="3 recipients"):
        make_missing_mail_key(mail, spool, 3)
    assert not (mail / "mail.key").exists() and not (spool / "links.pub").exists()
    key = make_missing_mail_key(mail, spool)
    assert make_missing_mail_key(mail, spool, 3) == key


def test_without_the_public_half_no_link_is_any(tmp_path: Path) -> None:
    key = make_missing_mail_key(tmp_path / "mail", tmp_path / "spool")
    link = Link("leave", "a" * 32)
    assert read_link(key.token(link), tmp_path / "spool") == link
    (tmp_path / "spool" / "links.pub").unlink()
    with pytest.raises(InvalidLink):
        read_link(key.token(link), tmp_path / "spool")
