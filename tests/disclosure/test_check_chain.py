"""Whoever has the ledger's public key finds out what the private side did not sign."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace

import pytest

from feedback_service.disclosure.check import problems
from feedback_service.disclosure.ledger import (
    GENESIS,
    LedgerEntry,
    UnsignedEntry,
    append,
    read_table,
    verify_chain,
)
from feedback_service.disclosure.ledger_file import (
    InvalidLedgerFile,
    is_ledger,
    ledger_document,
    read_ledger,
)
from feedback_service.disclosure.protect import ProtectedTable
from feedback_service.disclosure.release import Chain, Document, build_release
from feedback_service.regions.directory import Directory
from feedback_service.sealing.signing import LedgerKey

MakeProtected = Callable[..., ProtectedTable]
SIZES = {"08115": 37, "08116": 20, "08212": 500}


@pytest.fixture(scope="module")
def key() -> LedgerKey:
    return LedgerKey.from_bytes(bytes(range(32)))


@pytest.fixture(scope="module")
def ledger(make_protected: MakeProtected, key: LedgerKey) -> list[LedgerEntry]:
    """Two rounds, signed."""
    first = append(GENESIS, make_protected(SIZES, round="2026-Q3"), 1, key.sign)
    second = append(first[-1].this, make_protected(SIZES), len(first) + 1, key.sign)
    return [*first, *second]


@pytest.fixture(scope="module")
def release(ledger: list[LedgerEntry], directory: Directory) -> Document:
    return _release(ledger, directory)


def _release(ledger: list[LedgerEntry], directory: Directory) -> Document:
    mine = [entry for entry in ledger if entry.round == "2026-Q4"]
    table = read_table(mine)
    return build_release(table, directory, issue=1, issued="2027-01-04", chain=Chain.of(mine))


def test_a_signed_release_holds_with_and_without_its_ledger(
    release: Document, ledger: list[LedgerEntry], key: LedgerKey
) -> None:
    assert problems(release, ledger_key=key.public) == []
    assert problems(release, ledger_key=key.public, ledger=ledger) == []
    assert problems(release, ledger=ledger) == []


def test_every_entry_is_signed_and_the_release_shows_the_last_ones(
    release: Document, ledger: list[LedgerEntry], key: LedgerKey
) -> None:
    verify_chain(ledger, key.public)
    assert all(key.public.signed(entry.this, entry.signature) for entry in ledger)
    assert release["chain"]["signature"] == ledger[-1].signature


def test_signing_again_gives_the_same_entries(
    make_protected: MakeProtected, ledger: list[LedgerEntry], key: LedgerKey
) -> None:
    assert list(append(GENESIS, make_protected(SIZES, round="2026-Q3"), 1, key.sign)) == [
        entry for entry in ledger if entry.round == "2026-Q3"
    ]


@pytest.mark.parametrize("signature", [None, "", "A" * 86])
def test_a_release_without_the_keys_signature_is_found_out(
    release: Document, key: LedgerKey, signature: str | None
) -> None:
    changed = deepcopy(release)
    changed["chain"]["signature"] = signature
    assert problems(changed, ledger_key=key.public) == ["the chain is not signed with the ledger's key"]
    assert problems(release, ledger_key=LedgerKey.generate().public)


def test_a_ledger_signed_by_another_key_names_its_first_entry(ledger: list[LedgerEntry]) -> None:
    with pytest.raises(UnsignedEntry, match="Entry 1 "):
        verify_chain(ledger, LedgerKey.generate().public)


def test_one_entry_without_its_signature_is_named(ledger: list[LedgerEntry], key: LedgerKey) -> None:
    entries = list(ledger)
    entries[4] = replace(ledger[4], signature=ledger[3].signature)
    verify_chain(entries)
    with pytest.raises(UnsignedEntry, match="Entry 5 "):
        verify_chain(entries, key.public)


def test_invented_figures_under_a_true_signature_show_against_the_ledger(
    release: Document,
    ledger: list[LedgerEntry],
    key: LedgerKey,
    make_protected: MakeProtected,
    directory: Directory,
) -> None:
    invented = build_release(
        make_protected(SIZES, seed=5),
        directory,
        issue=1,
        issued="2027-01-04",
        chain=Chain(**release["chain"]),
    )
    assert problems(invented, ledger_key=key.public) == []
    assert problems(invented, ledger_key=key.public, ledger=ledger) == ["the figures are not the ledger's"]


def test_an_invented_number_of_invalid_answers_shows_against_the_ledger(
    release: Document, ledger: list[LedgerEntry]
) -> None:
    assert problems({**release, "invalid": 4}, ledger=ledger) == ["the figures are not the ledger's"]


def test_a_release_that_no_ledger_holds_is_told(
    release: Document, ledger: list[LedgerEntry], key: LedgerKey
) -> None:
    [told] = problems({**release, "round": "2027-Q1", "rows": [], "atoms": []}, ledger=ledger)[-1:]
    assert "the ledger doesn't hold it" in told
    earlier = [entry for entry in ledger if entry.round == "2026-Q3"]
    assert "the ledger doesn't hold it" in problems(release, ledger_key=key.public, ledger=earlier)[0]


def test_another_heads_chain_is_not_the_ledgers(release: Document, ledger: list[LedgerEntry]) -> None:
    moved = {**release, "chain": {**release["chain"], "previous": GENESIS}}
    assert problems(moved, ledger=ledger) == ["the chain is not the ledger's"]


def test_the_ledger_as_a_file_comes_back(ledger: list[LedgerEntry]) -> None:
    document = ledger_document(ledger)
    assert is_ledger(document) and read_ledger(document) == ledger


@pytest.mark.parametrize(
    "document",
    [None, [], {}, {"format": "feedback-ledger/1"}, {"format": "feedback-ledger/2", "entries": []}, "ledger"],
)
def test_something_else_is_no_ledger(document: object) -> None:
    with pytest.raises(InvalidLedgerFile):
        read_ledger(document)


def test_an_entry_with_a_further_field_is_no_entry(ledger: list[LedgerEntry]) -> None:
    document = ledger_document(ledger)
    document["entries"][2]["raw"] = 7
    with pytest.raises(InvalidLedgerFile, match="raw"):
        read_ledger(document)
