"""The statement on accessibility: whom to tell, who else helps, and the day of the assessment."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from feedback_service.channels.accessibility import ASSESSED
from feedback_service.settings import Settings

ASSESSMENT = Path(__file__).parents[2] / "docs" / "accessibility.md"


def test_it_names_the_operator_the_office_and_the_day(site_with: Callable[..., Any]) -> None:
    site = site_with(Settings(operator="Amt & Co", contact="barriere@example.org", arbitration="Stelle <1>"))
    page = site.http.get("/de/accessibility").text
    assert "<bdi>Amt &amp; Co</bdi><br><bdi>barriere@example.org</bdi>" in page
    assert '<bdi lang="de">Stelle &lt;1&gt;</bdi>' in page
    assert f"<bdi>{ASSESSED:%d.%m.%Y}</bdi>" in page


def test_without_an_office_the_sentence_about_it_is_left_out(site_with: Callable[..., Any]) -> None:
    with_office, without = (
        site_with(settings).http.get("/en/accessibility").text
        for settings in (Settings(), Settings(arbitration=""))
    )
    assert "Landeszentrum Barrierefreiheit" in with_office and "free of charge" in with_office
    assert "free of charge" not in without


def test_every_page_of_a_language_leads_to_it(site: Any) -> None:
    for page in ("/ar/", "/ar/a", "/ar/thanks", "/ar/nowhere/at-all"):
        assert 'href="/ar/accessibility"' in site.http.get(page).text, page
    assert site.http.get("/xx/accessibility").status_code == 404


def test_the_day_is_that_of_the_assessment() -> None:
    assert f"{ASSESSED:%d %B %Y}" in ASSESSMENT.read_text("utf-8")
