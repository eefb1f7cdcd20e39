"""Raw counts go in, noisy atoms come out, and nothing raw comes with them."""

from __future__ import annotations

import gc
import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from hashlib import sha256

import pytest

from feedback_service.disclosure.noise import ReleaseSecret, Subject, draw, record_digest
from feedback_service.disclosure.protect import ProtectedTable, protect, record_set_digest
from feedback_service.disclosure.protected import ProtectedAtom, atom_digest
from feedback_service.disclosure.sound import UnsoundCount
from feedback_service.disclosure.thresholds import TooManyCategories, shipped
from feedback_service.regions.directory import Directory
from feedback_service.tally.table import CountedQuestion, CountTable

MakeTable = Callable[..., CountTable]


def by_id(table: ProtectedTable, publish_class: str = "local") -> dict[str, ProtectedAtom]:
    return {atom.id: atom for atom in table.atoms if atom.publish_class == publish_class}


def answered_again(table: CountTable, region: str) -> CountTable:
    """One person in `region` answers one question otherwise: sealed anew, so under a new record key."""
    count = table.regions[region]
    trust = list(count.counts["trust"])
    trust[0], trust[1] = trust[0] - 1, trust[1] + 1
    keys = (*count.record_keys[1:], "f" * 32)
    changed = replace(count, record_keys=keys, counts={**count.counts, "trust": tuple(trust)})
    return replace(table, regions={**table.regions, region: changed})


def test_the_same_count_gives_the_same_table(
    make_table: MakeTable, directory: Directory, secret: ReleaseSecret, many_sizes: Mapping[str, int]
) -> None:
    one, two = (protect(make_table(many_sizes), directory, secret) for _ in range(2))
    assert one == two


def test_neither_the_order_of_regions_nor_of_records_matters(
    make_table: MakeTable, directory: Directory, secret: ReleaseSecret, many_sizes: Mapping[str, int]
) -> None:
    table = make_table(many_sizes)
    turned = {
        region: replace(count, record_keys=count.record_keys[::-1])
        for region, count in reversed(list(table.regions.items()))
    }
    assert protect(replace(table, regions=turned), directory, secret) == protect(table, directory, secret)


def test_an_atom_holds_the_questions_of_its_own_class_only(
    make_protected: Callable[..., ProtectedTable], many_sizes: Mapping[str, int]
) -> None:
    expected = {"local": ["trust", "helped_by"], "wide": ["housing"], "state": ["employer"]}
    for atom in make_protected(many_sizes).atoms:
        assert list(atom.noisy) == expected[atom.publish_class]


def test_single_choice_sums_to_n_in_every_atom(
    make_protected: Callable[..., ProtectedTable], many_sizes: Mapping[str, int]
) -> None:
    table = make_protected(many_sizes)
    single = [question.name for question in table.questions if question.kind == "select_one"]
    sums = [(atom.n, sum(atom.noisy[name])) for atom in table.atoms for name in single if name in atom.noisy]
    assert len(sums) > 15
    assert all(n == total for n, total in sums)


def test_the_noise_is_added_to_the_raw_sum_of_all_members(
    make_table: MakeTable, directory: Directory, secret: ReleaseSecret
) -> None:
    """The same records with other answers have the same noise, so the difference is the raw one."""
    sizes = {"08115": 15, "08115042": 10}
    one, two = make_table(sizes, seed=1), make_table(sizes, seed=2)
    raw = [
        [sum(cell) for cell in zip(*(count.counts["trust"] for count in table.regions.values()), strict=True)]
        for table in (one, two)
    ]
    noisy = [by_id(protect(table, directory, secret))["08115"].noisy["trust"] for table in (one, two)]
    assert [a - b for a, b in zip(*raw, strict=True)] == [a - b for a, b in zip(*noisy, strict=True)]
    assert raw[0] != list(noisy[0])


def test_an_atom_holds_the_raw_count_plus_the_noise_of_its_own_records(
    make_table: MakeTable, directory: Directory, secret: ReleaseSecret
) -> None:
    table = make_table({"08115": 25})
    count = table.regions["08115"]
    records = record_digest(count.record_keys)
    subject = Subject("clients", "2026-Q4", "clients", "08115", 1, "trust", 25, records)
    noise = draw(secret, subject, "select_one", 6, shipped())
    expected = tuple(x + e for x, e in zip(count.counts["trust"], noise, strict=True))
    assert by_id(protect(table, directory, secret))["08115"].noisy["trust"] == expected


def test_one_changed_answer_changes_the_noise_of_the_whole_question_there_and_nowhere_else(
    make_table: MakeTable, directory: Directory, secret: ReleaseSecret
) -> None:
    table = make_table({"08115": 60, "08116": 60})
    before = by_id(protect(table, directory, secret))
    after = by_id(protect(answered_again(table, "08115"), directory, secret))
    moved = [
        new - old
        for new, old in zip(after["08115"].noisy["trust"], before["08115"].noisy["trust"], strict=True)
    ]
    assert moved != [-1, 1, 0, 0, 0, 0]
    assert any(moved[2:])
    assert after["08115"].noisy["helped_by"] != before["08115"].noisy["helped_by"]
    assert after["08116"] == before["08116"]


def test_another_issue_or_secret_changes_the_numbers_but_not_the_atoms(
    make_table: MakeTable, directory: Directory, secret: ReleaseSecret
) -> None:
    table = make_table({"08115": 60})
    tables = [
        protect(table, directory, secret),
        protect(table, directory, secret, issue=2),
        protect(table, directory, ReleaseSecret(bytes(32))),
    ]
    assert len({by_id(each)["08115"].digest for each in tables}) == 3
    assert len({tuple((atom.id, atom.n) for atom in each.atoms) for each in tables}) == 1


def test_the_digest_is_over_n_and_noisy_numbers_alone(
    make_protected: Callable[..., ProtectedTable],
) -> None:
    atom = by_id(make_protected({"08115": 12}))["08115"]
    body = {"n": 12, "z": {name: list(atom.noisy[name]) for name in sorted(atom.noisy)}}
    assert atom.digest == sha256(json.dumps(body, separators=(",", ":")).encode()).hexdigest()
    assert atom.digest == atom_digest(atom.n, atom.noisy)


def test_nothing_raw_can_be_reached_from_a_protected_table(
    make_table: MakeTable, directory: Directory, secret: ReleaseSecret, many_sizes: Mapping[str, int]
) -> None:
    table = make_table(many_sizes)
    raw = {id(table), id(table.regions)}
    for count in table.regions.values():
        raw |= {id(count), id(count.counts), id(count.record_keys), *map(id, count.record_keys)}
        raw |= {id(counts) for counts in count.counts.values()}
    waiting: list[object] = [protect(table, directory, secret)]
    seen: set[int] = set()
    while waiting:
        found = waiting.pop()
        if id(found) in seen or isinstance(found, type):
            continue
        seen.add(id(found))
        assert id(found) not in raw
        waiting += gc.get_referents(found)
    assert len(seen) > 100


def test_the_record_set_digest_is_over_all_keys_sorted(make_table: MakeTable) -> None:
    table = make_table({"08116": 3, "08": 2})
    keys = sorted(key for count in table.regions.values() for key in count.record_keys)
    assert record_set_digest(table) == sha256("\n".join(keys).encode()).hexdigest()
    assert record_set_digest(table) == record_set_digest(make_table({"08": 2, "08116": 3}, seed=9))
    assert record_set_digest(table) != record_set_digest(make_table({"08116": 2, "08": 2}))


def test_a_count_without_records_gives_a_table_without_atoms(
    make_protected: Callable[..., ProtectedTable],
) -> None:
    table = make_protected({}, invalid=7)
    assert (table.atoms, table.invalid) == ((), 7)


def test_an_unsound_count_and_a_question_too_long_are_refused(
    make_table: MakeTable, directory: Directory, secret: ReleaseSecret
) -> None:
    table = make_table({"08115": 12})
    short = replace(table.regions["08115"], counts={})
    with pytest.raises(UnsoundCount):
        protect(replace(table, regions={"08115": short}), directory, secret)
    long = CountedQuestion("q", "select_one", (*map(str, range(40)), "_none"), "local")
    with pytest.raises(TooManyCategories):
        protect(make_table({"08115": 12}, questions=[long]), directory, secret)
