"""One sitting, one passphrase, one derivation."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from feedback_service.rounds import sitting
from feedback_service.rounds.key_folder import make_ledger_key
from feedback_service.rounds.sitting import OtherPassphrase, begin_sitting
from feedback_service.sealing.wrapping import Derivation, WrappingKey
from feedback_service.secret import Secret

SMALL = Derivation(8 * 1024, 1, 1)


def test_the_first_sitting_of_a_folder_draws_a_salt(tmp_path: Path, passphrase: Secret) -> None:
    one, two = (begin_sitting(tmp_path, passphrase, SMALL) for _ in range(2))
    assert one.derivation == SMALL and one.salt != two.salt


def test_a_later_sitting_shares_the_ledgers_derivation(
    tmp_path: Path, passphrase: Secret, wrapping: Callable[[], WrappingKey]
) -> None:
    first = wrapping()
    make_ledger_key(tmp_path, first)
    assert begin_sitting(tmp_path, passphrase, SMALL) == first


def test_another_cost_is_derived_anew(
    tmp_path: Path, passphrase: Secret, wrapping: Callable[[], WrappingKey]
) -> None:
    first = wrapping()
    make_ledger_key(tmp_path, first)
    dearer = begin_sitting(tmp_path, passphrase, Derivation(16 * 1024, 1, 1))
    assert dearer.derivation.memory_kib == 16 * 1024 and dearer.salt != first.salt


def test_another_passphrase_than_the_folders_makes_nothing(
    tmp_path: Path, wrapping: Callable[[], WrappingKey], monkeypatch: pytest.MonkeyPatch
) -> None:
    make_ledger_key(tmp_path, wrapping())
    monkeypatch.setattr(sitting, "derive", lambda *_: pytest.fail("nothing may be derived for new keys"))
    with pytest.raises(OtherPassphrase, match=r"ledger\.key"):
        begin_sitting(tmp_path, Secret(b"another horse"), Derivation(16 * 1024, 1, 1))
