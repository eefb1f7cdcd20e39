"""The account: encrypted unless the server is on this machine, with one sender, its password from a file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from feedback_service.deliver.account import (
    MailNotSetUp,
    MailPasswordUnreadable,
    PlainMailRefused,
    SenderUnusable,
    address_of,
    mail_account,
)
from feedback_service.errors import FeedbackError
from feedback_service.settings import Settings


def settings(**changed: Any) -> Settings:
    return Settings(
        **{"smtp_host": "mail.example", "mail_from": "Feedback <feedback@sender.example>", **changed}
    )


@pytest.mark.parametrize(("security", "port"), [("none", 25), ("starttls", 587), ("tls", 465)])
def test_the_port_follows_from_the_security_unless_one_is_set(security: str, port: int) -> None:
    account = mail_account(settings(smtp_host="localhost", smtp_security=security))
    assert account.port == port
    assert mail_account(settings(smtp_host="localhost", smtp_port=2525)).port == 2525


def test_mail_is_encrypted_if_nothing_is_said() -> None:
    assert mail_account(settings()).security == "starttls"


@pytest.mark.parametrize(
    "host", ["mail.example", "10.0.0.1", "192.168.1.1", "2001:db8::1", "localhost.example"]
)
def test_plain_mail_over_a_network_is_refused(host: str) -> None:
    with pytest.raises(PlainMailRefused, match="this machine"):
        mail_account(settings(smtp_host=host, smtp_security="none"))


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "::1", "LOCALHOST"])
def test_plain_mail_to_this_machine_is_fine(host: str) -> None:
    assert mail_account(settings(smtp_host=host, smtp_security="none")).security == "none"


@pytest.mark.parametrize("missing", ["smtp_host", "mail_from"])
def test_what_is_missing_is_named(missing: str) -> None:
    with pytest.raises(MailNotSetUp, match=missing):
        mail_account(settings(**{missing: ""}))


def test_the_sender_s_domain_is_what_message_ids_end_with() -> None:
    account = mail_account(settings())
    assert account.domain == "sender.example"
    assert str(account.sender) == "Feedback <feedback@sender.example>"


@pytest.mark.parametrize(
    "text", ["nobody", "a@b@c", "büro@sender.example", "<>", "x y@z", "@sender.example", "a@"]
)
def test_what_is_no_address_is_refused_and_not_repeated(text: str) -> None:
    with pytest.raises(SenderUnusable) as refused:
        address_of(text)
    assert text not in str(refused.value)


def test_a_domain_that_no_message_id_has_room_for_is_refused() -> None:
    assert address_of(f"a@{'b' * 72}.example").domain
    with pytest.raises(SenderUnusable):
        address_of(f"a@{'b' * 73}.example")


def test_a_line_break_in_a_sender_s_name_is_gone() -> None:
    assert "\n" not in str(address_of('"A\nBcc: x" <a@b.example>'))


def test_the_password_is_read_from_its_file_and_doesn_t_print(tmp_path: Path) -> None:
    file = tmp_path / "password"
    file.write_text("geheim\n")
    account = mail_account(settings(smtp_user="feedback", smtp_password_file=file))
    assert account.password and account.password.value == b"geheim"
    assert "geheim" not in repr(account)


def test_a_user_without_a_password_is_said(tmp_path: Path) -> None:
    with pytest.raises(MailNotSetUp, match="smtp_password_file"):
        mail_account(settings(smtp_user="feedback"))
    (tmp_path / "empty").touch()
    for name in ("missing", "empty"):
        with pytest.raises(MailPasswordUnreadable, match=name):
            mail_account(settings(smtp_user="feedback", smtp_password_file=tmp_path / name))


def test_without_a_user_no_password_is_wanted(tmp_path: Path) -> None:
    account = mail_account(settings(smtp_password_file=tmp_path / "missing"))
    assert account.password is None


def test_all_errors_are_sentences_of_ours() -> None:
    for error in (MailNotSetUp, PlainMailRefused, SenderUnusable, MailPasswordUnreadable):
        assert issubclass(error, FeedbackError) and error.message[0].isupper()
