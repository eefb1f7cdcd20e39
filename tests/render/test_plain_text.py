"""The digest as a mail's text: the same figures, short lines."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from feedback_service.i18n import Interface
from feedback_service.render.plain_text import digest_text
from feedback_service.reports.model import Digest, RegionReport, Trend, Withheld

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
        assert f"\n{line}" in text


def test_it_begins_with_page_one(
    large: RegionReport, english: Interface, digest: MakeDigest, trend: Trend
) -> None:
    text = digest_text(digest(large, trend=trend), english)
    assert (
        "* 12,345 – people answered (Refugees 12,345)\n"
        "* over 95 % – Refugees: named most often is “Work”\n"
        "* 49 % – Refugees: named most often is “Housing”\n"
    ) in text
    assert "rose), Papers (▼ fell)" in " ".join(text.split())


def test_a_trend_is_a_line_a_quarter(
    large: RegionReport, english: Interface, digest: MakeDigest, trend: Trend
) -> None:
    text = _flat(digest_text(digest(large, trend=trend), english))
    assert (
        "- 2026-Q2: Work –, Housing –, <script>" in text and "- 2026-Q3: Work 40 %, Housing under 5 %" in text
    )


def test_a_small_group_is_counted_in_people(
    small: RegionReport, large: RegionReport, english: Interface, digest: MakeDigest
) -> None:
    text = digest_text(digest(large, small), english)
    assert "* 14 – people answered" in text and "* 9 people – " in text
    assert "\n- Work: 9 (–; Baden-Württemberg over 95 %)\n" in text


def test_questions_that_are_withheld_in_a_region_with_figures_are_explained(
    small: RegionReport, large: RegionReport, english: Interface, digest: MakeDigest
) -> None:
    text = _flat(digest_text(digest(large, small), english))
    assert "Fewer than 20 people answered here, so there are no figures of its own." in text
    assert "These answers are counted in: Other districts: Karlsruhe." in text


def test_a_region_without_figures_is_told_why_where_its_answers_are_and_what_to_do(
    large: RegionReport, english: Interface, digest: MakeDigest
) -> None:
    withheld = (Withheld(("Q",), 10, "082-rest", "Other districts: Karlsruhe", ("pressing", "trust")),)
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
    assert "- Work: 12,222 (over 95 %)" in text
    assert "(Baden-Württemberg: Answers of 12,345 people" in text


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
    assert "<script>alert(\"1\")</script> & 'x' {{ 7*7 }} %(n)s %: 20 (67 %; <script>" in text
    assert "in 96 % of cases" in text
    assert "%%" not in text


@pytest.mark.parametrize(("code", "number"), [("de", "12.222"), ("en", "12,222"), ("uk", "12 222")])
def test_numbers_are_written_as_the_language_writes_them(
    large: RegionReport, interface: Callable[[str], Interface], digest: MakeDigest, code: str, number: str
) -> None:
    assert f"- Work: {number} (" in digest_text(digest(large), interface(code)).replace("\u00a0", " ")


def test_a_person_is_counted_in_the_singular(english: Interface, digest: MakeDigest) -> None:
    one = RegionReport("s", "clients", "T", "2026-Q4", "08", "N", 1, 0, (), ())
    assert "* 1 – people answered (Refugees 1)" in digest_text(digest(one), english)
