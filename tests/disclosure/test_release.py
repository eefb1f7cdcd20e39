"""The release file has exactly the promised fields, says what it withholds, and never varies."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, ClassVar

import pytest

from feedback_service.disclosure.check import problems
from feedback_service.disclosure.ledger import GENESIS, append, read_table
from feedback_service.disclosure.protect import ProtectedTable
from feedback_service.disclosure.release import Chain, Document, as_bytes, build_release
from feedback_service.regions.directory import Directory
from feedback_service.regions.keys import Level
from feedback_service.tally.table import CountedQuestion

MakeProtected = Callable[..., ProtectedTable]
ReleaseOf = Callable[..., Document]

QUESTION_KEYS = ["kind", "choices", "noisy", "count", "pct", "mean", "rank", "trend"]


def row_of(document: Document, level: str, region: str, publish_class: str = "local") -> dict[str, Any]:
    place = (level, region, publish_class)
    return next(row for row in document["rows"] if (row["level"], row["region"], row["class"]) == place)


@pytest.fixture
def document(make_protected: MakeProtected, release_of: ReleaseOf, many_sizes: Mapping[str, int]) -> Document:
    return release_of(make_protected(many_sizes))


def test_every_object_has_its_keys_in_the_order_of_the_sample(document: Document) -> None:
    assert list(document) == [
        *("format", "survey", "round", "issue", "issued", "parameters"),
        *("atoms", "rows", "withheld", "invalid", "chain"),
    ]
    assert list(document["chain"]) == ["previous", "this", "signature"]
    for atom in document["atoms"]:
        assert list(atom) == ["id", "class", "audience", "regions", "n", "digest", "questions"]
        assert all(list(question) == ["noisy"] for question in atom["questions"].values())
    for row in document["rows"]:
        keys = ["region", "level", "class", "audience", "window", "n", "atoms", "questions"]
        assert list(row) == keys
        assert all(list(question) == QUESTION_KEYS for question in row["questions"].values())
    for entry in document["withheld"]:
        assert list(entry) == ["region", "class", "audience", "reason", "pooled_into"]


def test_the_heading_says_survey_round_issue_and_chain(
    make_protected: MakeProtected, release_of: ReleaseOf
) -> None:
    table = make_protected({"08115": 40})
    entries = append(GENESIS, table, 1)
    document = release_of(table)
    told = [document[key] for key in ("format", "survey", "round", "issue", "issued", "invalid")]
    assert told == ["feedback-release/1", "clients", "2026-Q4", 1, "2027-01-04", 3]
    assert document["chain"] == {"previous": GENESIS, "this": entries[-1].this, "signature": None}


def test_a_row_shows_what_the_display_rules_give(document: Document) -> None:
    row = row_of(document, "kreis", "08115")
    assert (row["n"], row["window"], row["atoms"]) == (37, ["2026-Q4"], ["08115"])
    trust, helped = row["questions"]["trust"], row["questions"]["helped_by"]
    assert sum(trust["noisy"]) == sum(trust["count"]) == 37
    assert isinstance(trust["mean"], float) and trust["rank"] is None and trust["trend"] is None
    assert helped["mean"] is None and sorted(helped["rank"][:-1]) and helped["rank"][-1] is None
    assert trust["pct"] == [(200 * c + 37) // 74 for c in trust["count"]]


def test_a_row_below_20_shows_counts_alone(document: Document) -> None:
    trust = row_of(document, "kreis", "08215")["questions"]["trust"]
    assert sum(trust["count"]) == 10
    assert [trust[key] for key in ("pct", "mean", "rank", "trend")] == [None] * 4


def test_each_kreis_without_a_row_says_where_its_answers_went(
    document: Document, directory: Directory
) -> None:
    local = {entry["region"]: entry for entry in document["withheld"] if entry["class"] == "local"}
    shown = {row["region"] for row in document["rows"] if row["level"] == "kreis" and row["class"] == "local"}
    kreise = {kreis.ags for kreis in directory.at(Level.KREIS)}
    assert set(local) == (kreise - shown) | {"08-unknown"}
    assert {entry["reason"] for entry in local.values()} == {"fewer-than-k"}
    assert local["08311"]["pooled_into"] == "083-rest"
    assert local["08415"]["pooled_into"] == local["08-unknown"]["pooled_into"] == "08-rest"


def test_not_wanting_to_say_is_not_withheld_where_it_is_an_atom(
    make_protected: MakeProtected, release_of: ReleaseOf
) -> None:
    document = release_of(make_protected({"08": 10}))
    told = [entry["class"] for entry in document["withheld"] if entry["region"] == "08-unknown"]
    assert told == ["wide"]


def test_a_municipality_is_never_withheld_and_a_remainder_has_no_row(document: Document) -> None:
    assert all(len(entry["region"]) != 8 for entry in document["withheld"])
    assert "08111-rest" in {atom["id"] for atom in document["atoms"]}
    assert "08111-rest" not in {row["region"] for row in document["rows"]}


def test_withheld_is_sorted_and_the_state_is_told_where_its_class_has_no_atom(
    make_protected: MakeProtected, release_of: ReleaseOf, document: Document
) -> None:
    withheld = document["withheld"]
    assert withheld == sorted(withheld, key=lambda entry: (entry["region"], entry["class"]))
    assert not [entry for entry in withheld if entry["class"] == "state"]
    few = release_of(make_protected({"08115": 19}))["withheld"]
    assert [entry for entry in few if entry["class"] == "state"] == [
        {"region": "08", "class": "state", "audience": "clients"}
        | {"reason": "fewer-than-k", "pooled_into": None}
    ]


def test_an_empty_count_shows_no_row_and_withholds_all(
    make_protected: MakeProtected, release_of: ReleaseOf
) -> None:
    document = release_of(make_protected({}))
    assert document["rows"] == document["atoms"] == []
    assert len(document["withheld"]) == 2 * (44 + 1) + 1
    assert {entry["pooled_into"] for entry in document["withheld"]} == {None}
    assert problems(document) == []


def test_a_class_that_is_not_asked_is_not_withheld(
    make_protected: MakeProtected, release_of: ReleaseOf
) -> None:
    question = CountedQuestion("q", "select_one", ("a", "_none"), "wide")
    document = release_of(make_protected({}, questions=[question]))
    assert {entry["class"] for entry in document["withheld"]} == {"wide"}


def test_the_same_input_gives_the_same_bytes(
    make_protected: MakeProtected, directory: Directory, many_sizes: Mapping[str, int]
) -> None:
    files = []
    for _ in range(2):
        table = read_table(append(GENESIS, make_protected(many_sizes), 1))
        chain = Chain(GENESIS, GENESIS)
        files.append(as_bytes(build_release(table, directory, issue=1, issued="2027-01-04", chain=chain)))
    assert files[0] == files[1]
    assert files[0].startswith(b'{\n "format": "feedback-release/1",\n') and files[0].endswith(b"}\n")


def test_texts_outside_ascii_are_written_as_themselves() -> None:
    assert as_bytes({"a": "Böblingen"}) == '{\n "a": "Böblingen"\n}\n'.encode()


def test_a_release_can_be_issued_again_without_a_new_draw(
    make_protected: MakeProtected, directory: Directory
) -> None:
    table = make_protected({"08115": 40})
    first, second = (
        build_release(table, directory, issue=issue, issued="2027-01-04", chain=Chain(GENESIS, GENESIS))
        for issue in (1, 2)
    )
    assert second == first | {"issue": 2}


def test_presence_in_the_file_depends_on_n_alone(
    make_protected: MakeProtected, release_of: ReleaseOf, many_sizes: Mapping[str, int]
) -> None:
    def bare(document: Document) -> list[object]:
        rows = [{**row, "questions": sorted(row["questions"])} for row in document["rows"]]
        return [rows, document["withheld"], [(atom["id"], atom["n"]) for atom in document["atoms"]]]

    one, two = (release_of(make_protected(many_sizes, seed=seed)) for seed in (1, 2))
    assert bare(one) == bare(two)
    assert one != two


class TestTrends:
    """Arrows against the round before."""

    SIZES: ClassVar[dict[str, int]] = {"08115": 150, "08311": 9, "08315": 9, "08316": 9, "08215": 15}

    def test_arrows_are_listed_by_choice_with_none_at_no_answer(
        self, make_protected: MakeProtected, release_of: ReleaseOf
    ) -> None:
        before = make_protected(self.SIZES, round="2026-Q3")
        now = make_protected(self.SIZES, seed=5)
        document = release_of(now, before)
        arrows = row_of(document, "kreis", "08115")["questions"]["trust"]["trend"]
        assert len(arrows) == 6 and arrows[-1] is None and set(arrows) <= {"up", "down", None}
        assert row_of(document, "kreis", "08215")["questions"]["trust"]["trend"] is None
        assert problems(document, release_of(before)) == []

    def test_a_great_change_gives_an_arrow_each_way(
        self, make_protected: MakeProtected, release_of: ReleaseOf
    ) -> None:
        before = make_protected({"08115": 150}, round="2026-Q3")
        now = make_protected({"08115": 150})
        noisy = {"trust": (0, 0, 0, 0, 150, 0), "helped_by": now.atoms[0].noisy["helped_by"]}
        table = replace(now, atoms=(replace(now.atoms[0], noisy=noisy), *now.atoms[1:]))
        trust = row_of(release_of(table, before), "kreis", "08115")["questions"]["trust"]
        assert trust["trend"][0] == "down" and trust["trend"][4] == "up"

    def test_there_is_no_trend_without_the_row_the_question_or_the_same_choices(
        self, make_protected: MakeProtected, release_of: ReleaseOf
    ) -> None:
        now = make_protected(self.SIZES)
        trust = now.questions[0]
        earlier_rounds = [
            make_protected({"08116": 150}, round="2026-Q3"),
            make_protected(self.SIZES, round="2026-Q3", questions=now.questions[1:]),
            make_protected(
                self.SIZES,
                round="2026-Q3",
                questions=[replace(trust, choices=(*trust.choices[::-1][1:], "_none"), scale=False)],
            ),
            make_protected(
                self.SIZES,
                round="2026-Q3",
                questions=[replace(trust, kind="select_multiple", scale=False)],
            ),
        ]
        for before in earlier_rounds:
            document = release_of(now, before)
            assert row_of(document, "kreis", "08115")["questions"]["trust"]["trend"] is None
            assert problems(document, release_of(before)) == []

    def test_a_question_that_changed_its_class_has_no_trend(
        self, make_protected: MakeProtected, release_of: ReleaseOf
    ) -> None:
        now = make_protected(self.SIZES)
        wider = [replace(now.questions[0], publish="wide"), *now.questions[1:]]
        before = make_protected(self.SIZES, round="2026-Q3", questions=wider)
        row = row_of(release_of(now, before), "kreis", "08115")
        assert row["questions"]["trust"]["trend"] is None
        assert row["questions"]["helped_by"]["trend"] is not None

    def test_a_pool_of_other_kreise_is_another_pool(
        self, make_protected: MakeProtected, release_of: ReleaseOf
    ) -> None:
        now = make_protected(self.SIZES)
        same = make_protected(self.SIZES, round="2026-Q3")
        other = make_protected({**self.SIZES, "08317": 40}, round="2026-Q3")
        pools = [
            row_of(release_of(now, before), "pool", "083-rest")["questions"]["trust"]["trend"]
            for before in (same, other)
        ]
        assert pools[0] is not None
        assert pools[1] is None

    def test_another_survey_is_no_round_before(
        self, make_protected: MakeProtected, release_of: ReleaseOf
    ) -> None:
        now = make_protected(self.SIZES)
        with pytest.raises(ValueError, match="another survey"):
            release_of(now, replace(now, survey="counsellors"))


def test_the_file_holds_no_float_but_means(document: Document) -> None:
    floats: list[str] = []
    json.loads(as_bytes(document), parse_float=lambda text: floats.append(text))
    means = [
        question["mean"]
        for row in document["rows"]
        for question in row["questions"].values()
        if question["mean"] is not None
    ]
    assert floats == [str(mean) for mean in means]
