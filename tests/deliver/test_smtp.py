"""Handing mails over to a real server: what its replies mean, encrypted, signed in, in time."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from feedback_service.deliver.outcome import Later, Misconfigured, Outcome, Refused, Sent
from feedback_service.deliver.smtp import Letter, Mailer
from feedback_service.secret import Secret

OFFICE = "sozialamt@stadt.example"
LETTER = Letter(OFFICE, b"Message-ID: <1@sender.example>\r\nSubject: x\r\n\r\n.a line with a dot\r\n")


def one_sent(account: Any, seconds: float = 10) -> Outcome:
    with Mailer(account, seconds) as mailer:
        return mailer.send(LETTER)


def test_several_mails_go_over_one_connection_and_arrive_as_they_were(sink: Any, account_at: Any) -> None:
    with Mailer(account_at(sink.port)) as mailer:
        assert mailer.connect() is None
        assert [mailer.send(LETTER), mailer.send(LETTER)] == [Sent(), Sent()]
    assert [to for to, _ in sink.got()] == [OFFICE, OFFICE]
    assert sink.mails()[0].get_payload() == ".a line with a dot\r\n"


@pytest.mark.parametrize("reply", ["550 5.1.1 no such user", "553 mailbox name not allowed", "556 no mail"])
def test_a_recipient_that_is_refused_for_good_is_told_without_its_address(
    sink: Any, account_at: Any, reply: str
) -> None:
    sink.behave(rcpt={OFFICE: f"{reply} <{OFFICE}>"})
    outcome = one_sent(account_at(sink.port))
    assert isinstance(outcome, Refused)
    assert outcome.reason == f"{reply} …"


def test_a_mail_that_is_refused_for_good_is_its_recipient_s(sink: Any, account_at: Any) -> None:
    sink.behave(data={"*": "554 5.6.0 not this"})
    assert one_sent(account_at(sink.port)) == Refused("554 5.6.0 not this")


@pytest.mark.parametrize("step", ["rcpt", "data"])
def test_four_hundreds_mean_later_for_this_mail_alone(sink: Any, account_at: Any, step: str) -> None:
    sink.behave(**{step: {"*": "450 4.2.1 try again"}})
    assert one_sent(account_at(sink.port)) == Later("450 4.2.1 try again")


def test_after_a_refusal_the_next_mail_goes_over_the_same_connection(sink: Any, account_at: Any) -> None:
    sink.behave(rcpt={OFFICE: "550 no"})
    with Mailer(account_at(sink.port)) as mailer:
        assert isinstance(mailer.send(LETTER), Refused)
        assert mailer.send(Letter("other@stadt.example", LETTER.content)) == Sent()


def test_421_means_that_nothing_at_all_goes_now(sink: Any, account_at: Any) -> None:
    sink.behave(rcpt={"*": "421 4.3.2 closing"})
    assert one_sent(account_at(sink.port)) == Later("421 4.3.2 closing", server=True)


@pytest.mark.parametrize(
    "reply", ["554 5.7.1 Relay access denied", "550 relaying denied", "530 5.7.0 sign in", "503 order"]
)
def test_what_a_server_would_say_of_everybody_suspends_nobody(sink: Any, account_at: Any, reply: str) -> None:
    sink.behave(rcpt={"*": reply})
    outcome = one_sent(account_at(sink.port))
    assert isinstance(outcome, Misconfigured) and reply in outcome.reason


def test_unknown_in_a_relay_table_is_about_the_recipient(sink: Any, account_at: Any) -> None:
    sink.behave(rcpt={"*": "550 5.1.1 User unknown in relay recipient table"})
    assert isinstance(one_sent(account_at(sink.port)), Refused)


def test_a_sender_that_is_refused_is_a_matter_of_settings(sink: Any, account_at: Any) -> None:
    sink.behave(mail="550 5.7.1 who are you")
    outcome = one_sent(account_at(sink.port))
    assert isinstance(outcome, Misconfigured) and "mail_from" in outcome.reason


def test_a_greeting_decides_between_later_and_settings(sink: Any, account_at: Any) -> None:
    sink.behave(greeting="554 no service for you")
    assert isinstance(one_sent(account_at(sink.port)), Misconfigured)
    sink.behave(greeting="421 busy")
    assert one_sent(account_at(sink.port)) == Later("the mail server said 421 busy", server=True)


def test_a_server_that_is_down_or_unknown_means_later(account_at: Any, unused_tcp_port: int) -> None:
    down = one_sent(account_at(unused_tcp_port))
    assert isinstance(down, Later) and down.server and "can't be reached" in down.reason
    unknown = one_sent(account_at(25, host="nowhere.invalid"))
    assert isinstance(unknown, Later) and unknown.server


def test_an_address_that_smtp_does_not_know_is_refused_here(sink: Any, account_at: Any) -> None:
    with Mailer(account_at(sink.port)) as mailer:
        outcome = mailer.send(Letter("bürgeramt@stadt.example", LETTER.content))
    assert isinstance(outcome, Refused) and "stadt" not in outcome.reason
    assert sink.got() == []


@contextmanager
def talking(*said: bytes) -> Iterator[int]:
    """A server that says one thing after each line, and then nothing more, or hangs up."""
    listener = socket.create_server(("127.0.0.1", 0))
    held: list[socket.socket] = []

    def talk() -> None:
        one, _ = listener.accept()
        held.append(one)
        for line in said:
            if line == b"HANG UP":
                one.shutdown(socket.SHUT_RDWR)
                one.close()
                return
            one.sendall(line)
            one.recv(4096)

    thread = threading.Thread(target=talk)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        thread.join(10)
        for one in held:
            one.close()
        listener.close()


def test_silence_ends_by_itself(account_at: Any) -> None:
    with talking(b"220 hello\r\n", b"250 hello\r\n") as port:
        outcome = one_sent(account_at(port), seconds=0.2)
    assert isinstance(outcome, Later) and outcome.server


def test_a_lost_reply_to_the_mail_itself_means_later(account_at: Any) -> None:
    said = [b"220 hi\r\n", b"250 hi\r\n", b"250 ok\r\n", b"250 ok\r\n", b"354 go\r\n", b"HANG UP"]
    with talking(*said) as port:
        outcome = one_sent(account_at(port), seconds=5)
    assert isinstance(outcome, Later) and outcome.server and "broke off" in outcome.reason


@dataclass(frozen=True, slots=True)
class Made:
    """A CA, and a server's key and certificate in one file."""

    ca: Path
    server: Path


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    folder = tmp_path_factory.mktemp("ca")
    ca_key, server_key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    ca_name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "CA of the tests")])
    start = datetime.now(UTC) - timedelta(days=1)

    def builder(name: x509.Name, key: ec.EllipticCurvePrivateKey) -> x509.CertificateBuilder:
        return (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(ca_name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(start)
            .not_valid_after(start + timedelta(days=30))
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(ca_key.public_key()), critical=False
            )
        )

    usage = x509.KeyUsage(
        digital_signature=True, key_cert_sign=True, crl_sign=True, content_commitment=False,
        key_encipherment=False, data_encipherment=False, key_agreement=False, encipher_only=False,
        decipher_only=False,
    )  # fmt: skip
    ca = (
        builder(ca_name, ca_key)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .sign(ca_key, SHA256())
    )
    names = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
    server = (
        builder(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "sink")]), server_key)
        .add_extension(names, critical=False)
        .sign(ca_key, SHA256())
    )
    private = server_key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    files = Made(folder / "ca.pem", folder / "server.pem")
    files.ca.write_bytes(ca.public_bytes(Encoding.PEM))
    files.server.write_bytes(private + server.public_bytes(Encoding.PEM))
    return files


Start = Callable[..., AbstractContextManager[Any]]


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_mail_goes_encrypted_to_a_server_whose_certificate_is_right(
    start_sink: Start, account_at: Any, made: Made, security: str
) -> None:
    with start_sink(f"--{security}", "--certificate", str(made.server)) as sink:
        assert one_sent(account_at(sink.port, security=security, ca_file=made.ca)) == Sent()
        assert [one["tls"] for one in sink.events("received")] == [True]


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_a_certificate_that_nobody_vouches_for_is_refused(
    start_sink: Start, account_at: Any, made: Made, security: str
) -> None:
    with start_sink(f"--{security}", "--certificate", str(made.server)) as sink:
        outcome = one_sent(account_at(sink.port, security=security))
        assert isinstance(outcome, Misconfigured) and "certificate" in outcome.reason
        wrong_name = one_sent(account_at(sink.port, security=security, ca_file=made.ca, host="localhost"))
        assert isinstance(wrong_name, Misconfigured)
        assert sink.got() == []


def test_a_server_without_starttls_gets_nothing(sink: Any, account_at: Any) -> None:
    outcome = one_sent(account_at(sink.port, security="starttls"))
    assert isinstance(outcome, Misconfigured) and "STARTTLS" in outcome.reason
    assert sink.got() == []


def test_tls_to_a_plain_port_is_a_matter_of_settings(sink: Any, account_at: Any) -> None:
    outcome = one_sent(account_at(sink.port, security="tls"))
    assert isinstance(outcome, Misconfigured) and "port" in outcome.reason


def test_a_missing_file_of_the_ca_is_said(account_at: Any, tmp_path: Path) -> None:
    outcome = one_sent(account_at(9, security="tls", ca_file=tmp_path / "none.pem"))
    assert isinstance(outcome, Misconfigured) and "smtp_ca_file" in outcome.reason


def test_who_signs_in_rightly_sends_and_a_wrong_password_suspends_nobody(
    start_sink: Start, account_at: Any, made: Made
) -> None:
    with start_sink(
        "--starttls", "--certificate", str(made.server), "--user", "feedback", "--password", "geheim"
    ) as sink:
        account = account_at(sink.port, security="starttls", ca_file=made.ca, user="feedback")
        for word, right in ((b"geheim", True), (b"falsch", False)):
            with Mailer(account_at_word(account, word)) as mailer:
                outcome = mailer.send(LETTER)
            assert (outcome == Sent()) is right
        assert isinstance(outcome, Misconfigured)
        assert "535" in outcome.reason and "falsch" not in outcome.reason
        assert len(sink.got()) == 1


def account_at_word(account: Any, word: bytes) -> Any:
    return type(account)(
        account.host, account.port, account.security, account.sender, account.user, Secret(word),
        account.ca_file, account.per_minute,
    )  # fmt: skip
