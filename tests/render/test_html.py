"""Pages and mails: every figure as released, every foreign text harmless, nothing remote."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from feedback_service.i18n import Interface
from feedback_service.render.html import digest_document, report_fragment
from feedback_service.render.mail import digest_mail_html
from feedback_service.render.plain_text import digest_text
from feedback_service.reports.model import Answered, Digest, RegionReport, TileMap, Trend

Cells = Callable[[str], list[list[str]]]
MakeDigest = Callable[..., Digest]


def test_every_figure_of_a_report_stands_in_its_table(
    large: RegionReport, english: Interface, cells: Cells
) -> None:
    assert cells(report_fragment(large, english)) == [
        ["Work", "12,222", "over 95 %", "▲ rose"],
        ["Housing", "6,000", "49 %", ""],
        ["Papers", "400", "under 5 %", "▼ fell"],
        ["Nobody said this", "0", "under 5 %", ""],
        ["No answer", "100", "under 5 %", ""],
        ["Never", "7,000", "57 %", ""],
        ["Always", "5,000", "41 %", ""],
        ["No answer", "340", "under 5 %", ""],
    ]


def test_a_small_group_has_counts_and_a_dash_for_the_share(
    small: RegionReport, english: Interface, cells: Cells
) -> None:
    assert cells(report_fragment(small, english)) == [
        ["Work", "9", "–", ""],
        ["Housing", "3", "–", ""],
        ["No answer", "2", "–", ""],
    ]


def test_each_table_says_how_many_answered_and_its_mean(large: RegionReport, english: Interface) -> None:
    captions = re.findall(r"<caption>(.*?)</caption>", report_fragment(large, english))
    assert captions == [
        "Answers of 12,345 people, several answers possible",
        "Answers of 12,340 people · mean <bdi>3.4</bdi> of 5",
    ]


def test_numbers_are_written_as_the_language_writes_them(
    large: RegionReport, interface: Callable[[str], Interface], cells: Cells
) -> None:
    html = report_fragment(large, interface("de"))
    assert cells(html)[0][1] == "12.222"
    assert "mean <bdi>3,4</bdi> of 5" in html


def test_what_is_withheld_is_said_with_the_questions_and_the_group(
    small: RegionReport, english: Interface
) -> None:
    html = report_fragment(small, english)
    assert "Fewer than 20 people answered here" in html
    assert "These answers are counted in: Other districts: Karlsruhe." in html
    assert "<li>Question trust</li><li>Question other</li>" in html


def test_a_page_leads_to_the_group_that_answers_are_counted_in(
    small: RegionReport, empty: RegionReport, hostile: RegionReport, english: Interface
) -> None:
    def address_of(region: str) -> str:
        return f"/results/{region}"

    link = '<a href="/results/082-rest">See these figures</a>'
    assert link in report_fragment(small, english, address_of)
    assert "<a " not in report_fragment(small, english)
    assert "<a " not in report_fragment(empty, english, address_of)
    assert 'href="/results/&lt;script&gt;alert(&#34;1' in report_fragment(hostile, english, address_of)


def test_a_region_without_figures_has_its_reason_and_no_table(
    empty: RegionReport, english: Interface, cells: Cells
) -> None:
    html = report_fragment(empty, english)
    assert "Fewer than 10 people answered here" in html
    assert "counted in" not in html
    assert cells(html) == []
    assert "<svg" not in html
    assert "answered." not in html


def test_charts_and_the_document_run_from_right_to_left_in_arabic(
    large: RegionReport, interface: Callable[[str], Interface], digest: MakeDigest
) -> None:
    arabic, english = (report_fragment(large, interface(code)) for code in ("ar", "en"))
    assert 'text-anchor="end"' in arabic and 'text-anchor="start"' not in arabic
    assert 'text-anchor="end"' not in english
    assert '<html lang="ar" dir="rtl">' in digest_document(digest(large), interface("ar"))
    assert '<html lang="en" dir="ltr">' in digest_document(digest(large), interface("en"))


def test_dari_has_its_own_language_tag(
    large: RegionReport, interface: Callable[[str], Interface], digest: MakeDigest
) -> None:
    assert '<html lang="fa-AF" dir="rtl">' in digest_document(digest(large), interface("prs"))


@pytest.mark.parametrize("code", ["en", "ar"])
def test_hostile_texts_stay_text(
    hostile: RegionReport, interface: Callable[[str], Interface], digest: MakeDigest, code: str
) -> None:
    for html in (
        report_fragment(hostile, interface(code)),
        digest_document(digest(hostile, hostile), interface(code)),
    ):
        assert "<script" not in html
        assert "&lt;script&gt;alert(&#34;1&#34;)&lt;/script&gt; &amp; &#39;x&#39; {{ 7*7 }} %(n)s %" in html
        assert "49" not in re.sub(r"<style>.*?</style>", "", html, flags=re.DOTALL)
        assert "&amp;lt;" not in html
        # Each quotation mark inside an attribute is escaped: no attribute is added.
        assert not re.search(r"<[a-z]+[^>]*\salert", html)


def test_a_digest_begins_with_three_figures(
    small: RegionReport, large: RegionReport, english: Interface, digest: MakeDigest
) -> None:
    html = digest_document(digest(large, small), english)
    assert re.findall(r"<li><strong>(.*?)</strong> (.*?)</li>", html) == [
        ("14", "people answered (Refugees 14)"),
        ("9 people", "Refugees: named most often is “Work” (Baden-Württemberg: over 95 %)"),
        ("3 people", "Refugees: named most often is “Housing” (Baden-Württemberg: 49 %)"),
    ]
    assert "<h1>Feedback 2026-Q4: Freudenstadt</h1>" in html
    assert html.index("14</strong>") < html.index("<h2>")


def test_a_question_stands_beside_the_state_or_says_why_it_does_not(
    small: RegionReport, large: RegionReport, english: Interface, digest: MakeDigest, cells: Cells
) -> None:
    html = digest_document(digest(large, small), english)
    assert cells(html) == [
        ["Work", "9", "–", "", "over 95 %", ""],
        ["Housing", "3", "–", "", "49 %", ""],
        ["No answer", "2", "–", "", "under 5 %", ""],
        # Withheld here: the state's.
        ["Never", "7,000", "57 %", "", ""],
        ["Always", "5,000", "41 %", "", ""],
        ["No answer", "340", "under 5 %", "", ""],
    ]
    heading = html.index("<h3>Question trust</h3>")
    assert html.index("Fewer than 20 people answered here", heading) < html.index("7,000", heading)


def test_a_district_without_figures_gets_the_states(
    empty: RegionReport, large: RegionReport, english: Interface, digest: MakeDigest, cells: Cells
) -> None:
    html = digest_document(digest(large, empty), english)
    assert cells(html) == cells(digest_document(digest(large), english))
    assert "put up posters" in html and "Fewer than 20" not in html
    # On page one and above the survey, not at each question.
    assert html.count("Fewer than 10 people") == 2


def test_the_states_digest_has_the_state_alone(
    large: RegionReport, english: Interface, digest: MakeDigest
) -> None:
    html = digest_document(digest(large), english)
    assert "For comparison" not in html
    assert "<title>Feedback 2026-Q4: Baden-Württemberg</title>" in html


def test_drawings_have_their_tables(
    large: RegionReport, english: Interface, digest: MakeDigest, trend: Trend, tiles: TileMap, cells: Cells
) -> None:
    html = digest_document(digest(large, trend=trend, tiles=tiles), english)
    assert html.count('aria-hidden="true"') == 2
    rows = cells(html)
    assert [row for row in rows if row[0].startswith("Kreis ")] == [
        ["Kreis 2", "over 95 %"], ["Kreis 1", "55 %"], ["Kreis 0", "under 5 %"], ["Kreis 3", "–"],
    ]  # fmt: skip
    assert ["2026-Q2", "–", "–", "21 %"] in rows
    assert "–: nothing may be shown for that quarter." in html
    assert "<script" not in html


def test_what_was_answered_stands_behind_page_one(
    large: RegionReport,
    small: RegionReport,
    english: Interface,
    digest: MakeDigest,
    replies: tuple[Answered, ...],
) -> None:
    made = digest(large, small, replies=replies)
    html = digest_document(made, english)
    for document in (html, digest_mail_html(made, english, "https://example.org")):
        assert "You said, we did" in document and "Problems that were answered: 5 of 12" in document
        assert "Work · 2026-Q3" in document and "◐ Decided: we will do something" in document
        assert "👍 漢 መልሲ" in document and "answered after 12 days" in document
        assert "The report as a whole · 2026-Q3" in document and 'lang="de"' in document
        assert "<script" not in document
    assert html.index("You said") < html.index("Question pressing")
    text = digest_text(made, english)
    assert "Work · 2026-Q3: ◐ Decided: we will do something\nWe rent twelve flats." in text
    assert "answered after 1 day" in text
    assert "You said" not in digest_document(digest(large, small), english)


@pytest.mark.parametrize("demo", [True, False])
def test_a_demonstration_says_so_first(
    large: RegionReport, english: Interface, digest: MakeDigest, demo: bool
) -> None:
    html = digest_document(digest(large, demo=demo), english)
    said = "Demonstration: the answers shown here are invented."
    assert (said in html) is demo
    if demo:
        assert html.index(said) < html.index("<h1>")


def test_a_digest_says_how_figures_are_protected_and_how_to_read_them(
    large: RegionReport, english: Interface, digest: MakeDigest
) -> None:
    html = digest_document(digest(large), english)
    assert "in 96 % of cases" in html
    assert "this is no random sample" in html


def test_a_digest_has_nothing_remote_and_no_script(
    large: RegionReport, small: RegionReport, english: Interface, digest: MakeDigest
) -> None:
    html = digest_document(digest(large, small), english)
    assert not re.search(r"https?:|src=|href=|url\(|@import|<script|<link|\son\w+=", html)


def test_a_person_is_counted_in_the_singular(
    interface: Callable[[str], Interface], figures: Callable[..., object]
) -> None:
    one = RegionReport("s", "clients", "T", "2026-Q4", "08", "N", 1, 0, (), ())
    assert "1 person answered." in report_fragment(one, interface("en"))
