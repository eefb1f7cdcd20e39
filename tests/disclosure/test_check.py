"""The auditor finds nothing in a true release, and something in every release that was changed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedback_service.disclosure.check import problems
from feedback_service.disclosure.protect import ProtectedTable
from feedback_service.disclosure.protected import atom_digest
from feedback_service.disclosure.release import Document

MakeProtected = Callable[..., ProtectedTable]
ReleaseOf = Callable[..., Document]
Change = Callable[[Document], object]


@pytest.fixture(scope="module")
def true_release(
    make_protected: MakeProtected, release_of: ReleaseOf, many_sizes: Mapping[str, int]
) -> Document:
    return release_of(make_protected(many_sizes))


def atom_of(document: Document, name: str) -> dict[str, Any]:
    return next(atom for atom in document["atoms"] if atom["id"] == name)


def row_of(document: Document, level: str, region: str) -> dict[str, Any]:
    return next(row for row in document["rows"] if (row["level"], row["region"]) == (level, region))


def redigested(document: Document) -> None:
    for atom in document["atoms"]:
        noisy = {name: tuple(question["noisy"]) for name, question in atom["questions"].items()}
        atom["digest"] = atom_digest(atom["n"], noisy)


def test_a_true_release_has_no_problems(true_release: Document) -> None:
    assert problems(true_release) == []


@settings(max_examples=25, deadline=None)
@given(
    sizes=st.dictionaries(
        st.sampled_from(["08", "08111", "08111042", "08111043", "08115", "08311", "08315", "08415", "08437"]),
        st.one_of(st.integers(0, 30), st.integers(150, 260)),
    ),
    seed=st.integers(0, 1000),
)
def test_no_release_that_this_program_makes_has_problems(
    make_protected: MakeProtected, release_of: ReleaseOf, sizes: dict[str, int], seed: int
) -> None:
    before = make_protected(sizes, seed=seed + 1, round="2026-Q3")
    document = release_of(make_protected(sizes, seed=seed), before)
    assert problems(document) == []
    assert problems(document, release_of(before)) == []


def test_a_further_field_is_found_before_anything_else(true_release: Document) -> None:
    changed = deepcopy(true_release)
    changed["rows"][0]["raw"] = [1]
    assert problems(changed) == ["release.rows[0] has a further field raw"]


def test_something_that_is_no_release_is_told_so() -> None:
    assert problems({}) != []
    assert problems([]) == ["release is no object"]  # type: ignore[arg-type]


HEADING: dict[str, Change] = {
    "the format": lambda d: d.update(format="feedback-release/2"),
    "the parameters": lambda d: d["parameters"].update(V=1),
    "the issue": lambda d: d.update(issue=0),
    "invalid records": lambda d: d.update(invalid=-1),
    "are of other audiences": lambda d: d["withheld"][0].update(audience="others"),
}
ATOMS: dict[str, Change] = {
    "there is no such class": lambda d: atom_of(d, "08115").update({"class": "other"}),
    "n is below 10": lambda d: atom_of(d, "08215").update(n=9),
    "the digest is of other numbers": lambda d: atom_of(d, "08215").update(digest="0" * 64),
    "atom local 08115: its id": lambda d: atom_of(d, "08115").update(regions=["08115", "08116"]),
    "atom local 08-rest: its id": lambda d: atom_of(d, "08-rest").update(regions=["08415"]),
    "atom local 08111042: its id": lambda d: atom_of(d, "08111042").update(n=29),
    "atom state 08: its id": lambda d: atom_of(d, "08").update(regions=["08115"]),
    "083-rest is in two atoms": lambda d: d["atoms"].append(deepcopy(atom_of(d, "083-rest"))),
    "08311 is in two atoms": lambda d: atom_of(d, "08-rest")["regions"].append("08311"),
    "the atoms hold different questions": lambda d: atom_of(d, "08115")["questions"].pop("trust"),
    "08111 is not cut": lambda d: atom_of(d, "08111042").update(n=31),
}
ROWS: dict[str, Change] = {
    "not made of exactly the atoms": lambda d: row_of(d, "bezirk", "082")["atoms"].pop(),
    "row local kreis 082: it is not made": lambda d: row_of(d, "bezirk", "082").update(level="kreis"),
    "its window is another round": lambda d: row_of(d, "kreis", "08115").update(window=["2026-Q3"]),
    "n is not the sum": lambda d: row_of(d, "kreis", "08115").update(n=38),
    "other questions than its atoms": lambda d: row_of(d, "kreis", "08115")["questions"].pop("trust"),
    "row local kreis 08115 is missing": lambda d: d["rows"].remove(row_of(d, "kreis", "08115")),
    "row local pool 083-rest is missing": lambda d: d["rows"].remove(row_of(d, "pool", "083-rest")),
    "row local state 08 is missing": lambda d: d["rows"].remove(row_of(d, "state", "08")),
    "municipality 08111042 is missing": lambda d: d["rows"].remove(row_of(d, "municipality", "08111042")),
    "stands twice": lambda d: d["rows"].append(row_of(d, "kreis", "08115")),
}
WITHHELD: dict[str, Change] = {
    "it is shown": lambda d: d["withheld"][1].update(region="08115"),
    "another reason": lambda d: d["withheld"][1].update(reason="because"),
    "it isn't pooled where it says": lambda d: d["withheld"][0].update(pooled_into="083-rest"),
    "though it is pooled": lambda d: d["withheld"].clear(),
}


@pytest.mark.parametrize("sentence", [*HEADING, *ATOMS, *ROWS, *WITHHELD])
def test_a_changed_release_is_found_out(true_release: Document, sentence: str) -> None:
    changed = deepcopy(true_release)
    (HEADING | ATOMS | ROWS | WITHHELD)[sentence](changed)
    found = problems(changed)
    assert any(sentence in problem for problem in found), found


def test_a_noisy_number_moved_in_a_row_is_not_the_sum_of_its_atoms(true_release: Document) -> None:
    changed = deepcopy(true_release)
    noisy = row_of(changed, "bezirk", "082")["questions"]["trust"]["noisy"]
    noisy[0], noisy[1] = noisy[0] + 1, noisy[1] - 1
    assert "row local bezirk 082, trust: the noisy numbers are not the sum of its atoms'" in problems(changed)


def test_single_choice_that_does_not_sum_to_n_is_found_in_atom_and_row(true_release: Document) -> None:
    changed = deepcopy(true_release)
    atom_of(changed, "08115")["questions"]["trust"]["noisy"][0] += 1
    for row in changed["rows"]:
        if "08115" in row["atoms"] and "trust" in row["questions"]:
            row["questions"]["trust"]["noisy"][0] += 1
    redigested(changed)
    found = problems(changed)
    assert "row local kreis 08115, trust: atom 08115 doesn't sum to its n" in found
    assert "row local kreis 08115, trust: its kind, choices, noisy numbers and n don't fit together" in found


def test_an_atom_with_a_number_too_few_is_found(true_release: Document) -> None:
    changed = deepcopy(true_release)
    atom_of(changed, "08115")["questions"]["trust"]["noisy"].pop()
    assert "row local kreis 08115, trust: an atom has not one number a choice" in problems(changed)


@settings(max_examples=80, deadline=None)
@given(data=st.data())
def test_any_one_number_changed_anywhere_is_found_out(true_release: Document, data: st.DataObject) -> None:
    changed = deepcopy(true_release)
    row = data.draw(st.sampled_from(changed["rows"]))
    question = data.draw(st.sampled_from(list(row["questions"].values())))
    field = data.draw(st.sampled_from(["n", "noisy", "count", "pct", "mean", "rank"]))
    step = data.draw(st.sampled_from([-1, 1]))
    if field == "n":
        row["n"] += step
    elif isinstance(question[field], list):
        index = data.draw(st.integers(0, len(question[field]) - 1))
        question[field][index] = (question[field][index] or 0) + step
    elif question[field] is None:
        question[field] = 3.0 if field == "mean" else [0] * len(question["choices"])
    else:
        question[field] += step / 10
    assert problems(changed) != []
