"""What doctor says about private keys and passphrases, from plain values."""

from __future__ import annotations

from feedback_service.doctor.finding import Level
from feedback_service.doctor.keys import (
    KeyFile,
    check_passphrase_file,
    check_readable,
    check_unattended,
    check_wrapped,
)

GOOD = KeyFile("clients-2026-Q4.key", wrapped=True, mode=0o600)


def test_wrapped_keys_that_only_their_owner_reads_are_fine() -> None:
    assert check_wrapped([GOOD]).level is check_readable([GOOD]).level is Level.FINE


def test_a_bare_key_and_one_that_others_read_are_named() -> None:
    bare, loose = KeyFile("bare.key", False, 0o600), KeyFile("loose.cards", True, 0o640)
    assert check_wrapped([GOOD, bare]).level is check_readable([GOOD, loose]).level is Level.NOW
    assert "bare.key" in check_wrapped([GOOD, bare]).found
    assert "loose.cards" in check_readable([GOOD, loose]).found


def test_a_passphrase_must_not_lie_beside_what_it_opens() -> None:
    assert check_passphrase_file(None, inside=False, mode=None).level is Level.FINE
    assert check_passphrase_file("/etc/p", inside=False, mode=0o600).level is Level.FINE
    assert check_passphrase_file("/etc/p", inside=False, mode=0o644).level is Level.ADVICE
    inside = check_passphrase_file("/data/p", inside=True, mode=0o600)
    assert inside.level is Level.NOW and "FEEDBACK_PASSPHRASE_FILE" in inside.todo


def test_counting_without_a_person_is_worth_knowing() -> None:
    assert check_unattended(None).level is check_unattended("").level is Level.FINE
    assert check_unattended("/run/key").level is Level.ADVICE
