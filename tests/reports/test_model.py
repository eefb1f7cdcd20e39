"""The report's values."""

from __future__ import annotations

from feedback_service.reports.model import QuestionFigures, RegionReport


def test_a_question_is_found_in_a_report_only_where_it_may_be_shown() -> None:
    trust = QuestionFigures("trust", "Trust", False, 12, None, ())
    report = RegionReport("s", "clients", "T", "2026-Q4", "08115", "Böblingen", 12, 0, (trust,), ())
    assert report.question("trust") is trust
    assert report.question("employer") is None
