"""Replies beside the figures that they answer to: the right ones, for the right reader, none that waits."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from feedback_service.regions.directory import Directory
from feedback_service.reports.beside import Beside
from feedback_service.reports.build import digest
from feedback_service.reports.replies import Reply, answered_topics, named_topics, shown
from feedback_service.reports.source import Source
from feedback_service.surveys.questionnaire import Questionnaire

DAY = date(2027, 1, 16)
ONE = Reply(
    "a" * 32, "08115", "2026-Q4", "small", "housing", "Amt", "done",
    {"de": "Erledigt.", "en": "Done."}, "released", DAY, DAY,
)  # fmt: skip


@pytest.fixture
def later(release: dict[str, Any], questionnaire: Questionnaire) -> Source:
    """The release of the next round."""
    rows = [{**row, "window": ["2027-Q1"]} for row in release["rows"]]
    return Source({**release, "round": "2027-Q1", "issued": "2027-04-04", "rows": rows}, questionnaire)


def test_a_reply_is_told_with_the_figure_of_its_region_and_how_long_it_took(
    source: Source, directory: Directory
) -> None:
    (told,) = shown([ONE], [source], directory, "en")
    assert (told.topic_label, told.region_name, told.text, told.language) == (
        "A housing en", "Böblingen", "Done.", "en",
    )  # fmt: skip
    assert told.figure and (told.figure.count, told.figure.percent) == (12, 30)
    assert (told.days, told.answered, told.state) == (12, DAY, "done")
    # An answer can't come before the figures: a correction may be younger than it.
    (early,) = shown([replace(ONE, answered=date(2027, 1, 1))], [source], directory, "en")
    assert early.days == 0


def test_what_is_withheld_has_no_figure_here_either(source: Source, directory: Directory) -> None:
    for region in ("08235", "08327"):
        (told,) = shown([replace(ONE, region=region)], [source], directory, "en")
        assert told.figure is None and told.topic_label == "A housing en"
    assert named_topics(source, "08235") == {}
    assert set(named_topics(source, "08")) == {"work", "housing", "other"}, "not those without an answer"


def test_a_text_that_is_not_translated_is_the_one_that_was_written(
    source: Source, directory: Directory
) -> None:
    (told,) = shown([replace(ONE, texts={"en": "Done.", "ar": "تم"})], [source], directory, "de")
    assert (told.text, told.language) == ("Done.", "en")


def test_what_waits_or_was_refused_or_answers_nothing_released_is_not_told(
    source: Source, directory: Directory
) -> None:
    for hidden in (
        replace(ONE, step="waiting"), replace(ONE, step="refused", texts={}), replace(ONE, texts={}),
        replace(ONE, round="2026-Q3"), replace(ONE, region="08999"),
    ):  # fmt: skip
        assert shown([hidden], [source], directory, "en") == []


def test_a_problem_that_the_survey_does_not_know_is_the_report_as_a_whole(
    source: Source, directory: Directory
) -> None:
    for unknown in (replace(ONE, topic="weather"), replace(ONE, survey="", topic="")):
        (told,) = shown([unknown], [source], directory, "en")
        assert (told.survey, told.topic, told.topic_label, told.figure) == ("", "", "", None)


def test_a_digest_tells_the_newest_five_about_its_own_region_and_earlier_reports(
    source: Source, later: Source, directory: Directory, say: Callable[..., str]
) -> None:
    many = [replace(ONE, id=f"{n:032x}", answered=DAY + timedelta(days=n)) for n in range(7)]
    others = [replace(ONE, region="08235"), replace(ONE, round="2027-Q1"), replace(ONE, step="waiting")]
    made = digest(
        [later], directory, "en", "08115", say, demo=False, beside=Beside([source], [*many, *others])
    )
    assert [one.days for one in made.replies] == [18, 17, 16, 15, 14]
    assert {(one.region, one.round) for one in made.replies} == {("08115", "2026-Q4")}
    assert made.answered is None, "no other region's recipients are told about single Kreise"
    assert (
        digest([source], directory, "en", "08115", say, demo=False, beside=Beside(replies=many)).replies == ()
    )


def test_the_state_s_digest_counts_the_problems_that_anybody_answered(
    source: Source, later: Source, directory: Directory, say: Callable[..., str]
) -> None:
    replies = [
        ONE, replace(ONE, id="b" * 32, region="08235"), replace(ONE, topic="work", step="waiting"),
        replace(ONE, topic="other", round="2026-Q3"),
    ]  # fmt: skip
    made = digest([later], directory, "en", "08", say, demo=False, beside=Beside([source], replies))
    assert made.answered and (made.answered.round, made.answered.topics, made.answered.answered) == (
        "2026-Q4", 3, 1,
    )  # fmt: skip
    assert made.replies == ()
    assert answered_topics(replies, [], directory) is None
