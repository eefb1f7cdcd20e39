"""What a district's recipients get depends on no other district but through lawful sums."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedback_service.disclosure.ledger import GENESIS, append
from feedback_service.disclosure.noise import ReleaseSecret
from feedback_service.disclosure.protect import protect
from feedback_service.disclosure.release import Chain, as_bytes, build_release
from feedback_service.i18n import Interface, load_interfaces
from feedback_service.regions.directory import Directory, Region, baden_wuerttemberg
from feedback_service.regions.keys import Level
from feedback_service.render.documents import DOCUMENTS
from feedback_service.render.mail import digest_mail_html
from feedback_service.render.plain_text import digest_text
from feedback_service.reports.beside import Beside
from feedback_service.reports.build import digest
from feedback_service.reports.model import Digest
from feedback_service.reports.source import Source
from feedback_service.surveys.questionnaire import Questionnaire, counted_questions
from feedback_service.tally.table import CountTable, RegionCount

OURS = "08416"
# The same Bezirk's, another Bezirk's, and some that are pooled.
SIZES = {
    "08": 7,
    "08416": 44,
    "08415": 61,
    "08417": 25,
    "08436": 6,
    "08437": 5,
    "08111": 90,
    "08116": 33,
    "08117": 4,
}
MARK = "ANOTHERDISTRICT"
ENGLISH = load_interfaces()["en"]
Counts = Mapping[str, Mapping[str, tuple[int, ...]]]


@pytest.fixture(scope="module")
def marked() -> Directory:
    """Every other Kreis goes by a name that must not be seen."""
    tree = baden_wuerttemberg()
    others = [kreis for kreis in tree.at(Level.KREIS) if kreis.ags != OURS]
    return tree.merged_with([Region(one.ags, f"{MARK} {one.ags}") for one in others])


def _counts(questionnaire: Questionnaire, shifts: Mapping[str, int]) -> Counts:
    """For each region and question how often each choice; a shift says which choice is named most."""
    found = {}
    for region, n in SIZES.items():
        shift = shifts.get(region, 0)
        by_question = {}
        for question in counted_questions(questionnaire):
            spread = [n // (2 * len(question.choices))] * len(question.choices)
            spread[shift % len(spread)] += n - sum(spread)
            by_question[question.name] = tuple(spread)
        found[region] = by_question
    return found


def _released(questionnaire: Questionnaire, tree: Directory, counts: Counts, round_id: str) -> Source:
    regions = {
        region: RegionCount(region, tuple(f"{region}{one:024x}"[-32:] for one in range(n)), counts[region])
        for region, n in SIZES.items()
    }
    table = CountTable("small", round_id, "clients", counted_questions(questionnaire), regions, 0)
    protected = protect(table, tree, ReleaseSecret(bytes(32)))
    chain = Chain.of(append(GENESIS, protected, 1))
    document = build_release(protected, tree, issue=1, issued="2027-01-04", chain=chain)
    return Source(json.loads(as_bytes(document)), questionnaire)


def _digest(tree: Directory, *sources: Source) -> Digest:
    *earlier, newest = sources
    return digest([newest], tree, "en", OURS, ENGLISH.plain, demo=False, beside=Beside(earlier))


def _documents(made: Digest, interface: Interface = ENGLISH) -> dict[str, bytes]:
    written = {name: maker(made, interface, "") for name, maker in DOCUMENTS.items()}
    written["text"] = digest_text(made, interface).encode()
    written["mail"] = digest_mail_html(made, interface, "https://example.org").encode()
    return written


@settings(max_examples=40, deadline=None)
@given(st.dictionaries(st.sampled_from([one for one in SIZES if one != OURS]), st.integers(1, 5), min_size=1))
def test_other_districts_answers_change_nothing_but_the_sums(
    questionnaire: Questionnaire, marked: Directory, shifts: dict[str, int]
) -> None:
    before = _released(questionnaire, marked, _counts(questionnaire, {}), "2026-Q3")
    plain = _released(questionnaire, marked, _counts(questionnaire, {}), "2026-Q4")
    changed = _released(questionnaire, marked, _counts(questionnaire, shifts), "2026-Q4")
    ours, theirs = _digest(marked, before, plain), _digest(marked, before, changed)
    assert ours.parts[0].own == theirs.parts[0].own
    assert ours.parts[0].trend == theirs.parts[0].trend and ours.parts[0].trend is not None
    assert ours.parts[0].map is None
    # The state's figures are a sum, and the sum did change: the test can see something.
    assert ours.parts[0].state != theirs.parts[0].state


def _without_a_trace(release: dict[str, Any], change: Callable[[dict[str, Any]], None]) -> dict[str, Any]:
    """The release with other figures in every row but ours and those of Bezirk and state."""
    altered = copy.deepcopy(release)
    touched = [row for row in altered["rows"] if row["region"] not in (OURS, OURS[:3], "08")]
    assert len(touched) >= 6
    for row in touched:
        change(row)
    return altered


def _other_figures(row: dict[str, Any]) -> None:
    row["n"] += 1000
    for released in row["questions"].values():
        released["count"] = [one + 777 for one in released["count"]]
        released["pct"] = [77 for _ in released["count"]]
        released["mean"], released["trend"] = 1.1, ["up"] * len(released["count"])


def test_a_districts_documents_are_the_same_bytes_whatever_other_rows_say(
    questionnaire: Questionnaire, marked: Directory
) -> None:
    counts = _counts(questionnaire, {"08111": 2})
    rounds = [_released(questionnaire, marked, counts, name) for name in ("2026-Q3", "2026-Q4")]
    altered = [Source(_without_a_trace(dict(one.release), _other_figures), questionnaire) for one in rounds]
    assert _documents(_digest(marked, *rounds)) == _documents(_digest(marked, *altered))
    # Ours would be seen.
    ours = copy.deepcopy(dict(rounds[1].release))
    _other_figures(next(row for row in ours["rows"] if row["region"] == OURS))
    changed = _documents(_digest(marked, rounds[0], Source(ours, questionnaire)))
    assert all(changed[name] != content for name, content in _documents(_digest(marked, *rounds)).items())


def test_no_other_district_is_named_to_a_district(questionnaire: Questionnaire, marked: Directory) -> None:
    source = _released(questionnaire, marked, _counts(questionnaire, {}), "2026-Q4")
    for name, content in _documents(_digest(marked, source)).items():
        if name not in ("pdf", "xlsx"):
            assert MARK.encode() not in content, name
    # PDF and workbook are made of the same words, which this looks through.
    assert MARK not in repr(_digest(marked, source))
    state = digest([source], marked, "en", "08", ENGLISH.plain, demo=False)
    assert state.parts[0].map is None or MARK in repr(state), "the state's may name them"
