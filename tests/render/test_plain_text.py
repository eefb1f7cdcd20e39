"""The digest as a mail's text: the same figures, short lines."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from feedback_service.i18n import Interface
from feedback_service.render.plain_text import digest_text
from feedback_service.reports.model import Digest, RegionReport, Withheld

MakeDigest = Callable[..., Digest]


def _flat(text: str) -> str:
    return " ".join(text.split())


def test_every_figure_of_the_details_stands_in_the_text(
    large: RegionReport, english: Interface, digest: MakeDigest
) -> None:
    text = digest_text(digest(large), english)
    for line in (
        "- Work: 12,222 (over 95 %)",
        "- Housing: 6,000 (49 %)",
        "- Papers: 400 (under 5 %)",
        "- Nobody said this: 0 (under 5 %)",
        "- No answer: 100 (under 5 %)",
        "- Never: 7,000 (57 %)",
        "- Always: 5,000 (41 %)",
        "- No answer: 340 (under 5 %)",
    ):
        assert f"\n{line}\n" in text


def test_the_summary_has_the_three_most_pressing_and_what_moved(
    large: RegionReport, english: Interface, digest: MakeDigest
) -> None:
    text = digest_text(digest(large), english)
    assert (
        "Baden-Württemberg\n12,345 people answered.\n"
        "1. Work: over 95 %\n2. Housing: 49 %\n3. Papers: under 5 %\n"
        "More than by chance since the last quarter:\nWork: rose\nPapers: fell\n"
    ) in text


def test_a_small_group_is_counted_in_people(
    small: RegionReport, large: RegionReport, english: Interface, digest: MakeDigest
) -> None:
    text = digest_text(digest(large, small), english)
    assert "14 people answered." in text
    assert "1. Work: 9 people\n2. Housing: 3 people\n" in text
    assert "\n- Work: 9 (" in text
    assert "%" not in text.split("How is it going?: Freudenstadt")[1].split("How to read this")[0]


def test_questions_that_are_withheld_in_a_region_with_figures_are_explained(
    small: RegionReport, large: RegionReport, english: Interface, digest: MakeDigest
) -> None:
    text = _flat(digest_text(digest(large, small), english))
    assert "Fewer than 20 people answered here, so there are no figures of its own." in text
    assert "These answers are counted in: Other districts: Karlsruhe." in text


def test_a_region_without_figures_is_told_why_where_its_answers_are_and_what_to_do(
    large: RegionReport, english: Interface, digest: MakeDigest
) -> None:
    withheld = (Withheld(("Q",), 10, "082-rest", "Other districts: Karlsruhe"),)
    local = RegionReport("s", "clients", "T", "2026-Q4", "08235", "Calw", None, 0, (), withheld)
    text = _flat(digest_text(digest(large, local), english))
    assert "Fewer than 10 people answered here, so there are no figures of its own." in text
    assert "These answers are counted in: Other districts: Karlsruhe." in text
    assert "put up posters with the address of the form" in text


def test_a_region_without_figures_gets_the_states_details(
    empty: RegionReport, large: RegionReport, english: Interface, digest: MakeDigest
) -> None:
    text = digest_text(digest(large, empty), english)
    assert "Fewer than 10 people" in text
    assert "How is it going?: Baden-Württemberg" in text
    assert "- Work: 12,222 (over 95 %)" in text


def test_the_title_is_underlined_and_a_demonstration_says_so(
    large: RegionReport, english: Interface, digest: MakeDigest
) -> None:
    lines = digest_text(digest(large, demo=True), english).split("\n")
    assert lines[:4] == [
        "Feedback 2026-Q4: Baden-Württemberg",
        "=" * 35,
        "",
        "Demonstration: the answers shown here are invented.",
    ]
    assert "Demonstration" not in digest_text(digest(large), english)


def test_lines_are_short_also_with_long_labels(
    hostile: RegionReport, small: RegionReport, large: RegionReport, english: Interface, digest: MakeDigest
) -> None:
    for one in (digest(large, small), digest(hostile, hostile), digest(large)):
        assert max(map(len, digest_text(one, english).split("\n"))) <= 72


def test_a_text_is_not_escaped_and_its_percent_signs_stay(
    hostile: RegionReport, english: Interface, digest: MakeDigest
) -> None:
    text = _flat(digest_text(digest(hostile, hostile), english))
    assert "<script>alert(\"1\")</script> & 'x' {{ 7*7 }} %(n)s %: 20 (67 %)" in text
    assert "in 96 % of cases" in text
    assert "%%" not in text


@pytest.mark.parametrize(("code", "number"), [("de", "12.222"), ("en", "12,222"), ("uk", "12 222")])
def test_numbers_are_written_as_the_language_writes_them(
    large: RegionReport, interface: Callable[[str], Interface], digest: MakeDigest, code: str, number: str
) -> None:
    assert f"- Work: {number} (" in digest_text(digest(large), interface(code)).replace("\u00a0", " ")


def test_a_person_is_counted_in_the_singular(english: Interface, digest: MakeDigest) -> None:
    one = RegionReport("s", "clients", "T", "2026-Q4", "08", "N", 1, 0, (), ())
    assert "1 person answered." in digest_text(digest(one), english)
