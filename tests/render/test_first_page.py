"""Page one: three figures, at most 150 words, and what a region without figures is told."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedback_service.i18n import Interface, load_interfaces
from feedback_service.regions.directory import baden_wuerttemberg
from feedback_service.regions.keys import Level
from feedback_service.render.first_page import MOST_WORDS, first_page
from feedback_service.reports.model import (
    ChoiceFigure,
    Digest,
    DigestPart,
    QuestionFigures,
    RegionReport,
    Trend,
    Withheld,
)  # fmt: skip
from feedback_service.surveys.themes import MOST_PRESSING
from feedback_service.surveys.yaml_form import STANDING, standing_survey

MakeDigest = Callable[..., Digest]
SURVEYS = [standing_survey(name) for name in STANDING]
INTERFACES = {code: one for code, one in load_interfaces().items() if code in ("de", "en")}
TREE = baden_wuerttemberg()
KREISE = [kreis.ags for kreis in TREE.at(Level.KREIS)]


def test_there_are_three_figures_how_many_and_what_is_named_most(
    large: RegionReport, small: RegionReport, english: Interface, digest: MakeDigest
) -> None:
    found = first_page(digest(large, small), english)
    assert [key.value for key in found.figures] == ["14", "9 people", "3 people"]
    state = first_page(digest(large), english)
    assert [key.value for key in state.figures] == ["12,345", "over 95 %", "49 %"]
    assert found.warnings == state.warnings == ()


def test_a_district_without_figures_is_told_why_once_and_then_what_the_state_says(
    large: RegionReport, empty: RegionReport, english: Interface, digest: MakeDigest
) -> None:
    found = first_page(digest(large, empty), english)
    assert found.warnings == (
        "Refugees: Fewer than 10 people answered here, so there are no figures of its own.",
        "More answers make figures of its own possible: put up posters with the address of the form.",
    )
    assert found.figures[0].label == "people answered (Refugees (Baden-Württemberg) 12,345)"
    assert found.figures[1].label == "Refugees (Baden-Württemberg): named most often is “Work”"


def test_what_changed_is_said_where_there_was_a_round_before(
    large: RegionReport, english: Interface, digest: MakeDigest, trend: Trend
) -> None:
    assert not any("last quarter" in one for one in first_page(digest(large), english).sentences)
    said = first_page(digest(large, trend=trend), english).sentences
    assert "Refugees: More than by chance since the last quarter: Work (▲ rose), Papers (▼ fell)." in said


@st.composite
def _reports(draw: st.DrawFn, survey_at: int, code: str, region: str) -> RegionReport:
    """Invented figures for a real question, or none at all."""
    survey, language = SURVEYS[survey_at], code
    question = survey.question(MOST_PRESSING)
    assert question is not None
    n = draw(st.none() | st.integers(10, 99_999)) if region != "08" else draw(st.integers(1000, 99_999))
    name = TREE[region].name
    if n is None:
        withheld = (
            Withheld(("Q",), 10, "082-rest", "Übrige Kreise: Regierungsbezirk Karlsruhe", (MOST_PRESSING,)),
        )
        return RegionReport(
            survey.name,
            survey.audience,
            survey.title[language],
            "2026-Q4",
            region,
            name,
            None,
            0,
            (),
            withheld,
        )
    choices = tuple(
        ChoiceFigure(
            one.label[language],
            draw(st.integers(1, n)),
            draw(st.integers(0, 100)) if n >= 20 else None,
            draw(st.sampled_from([None, None, None, "up", "down"])),
            name=one.name,
        )
        for one in question.choices
    )
    figures = (QuestionFigures(MOST_PRESSING, question.label[language], True, n, None, choices),)
    return RegionReport(
        survey.name, survey.audience, survey.title[language], "2026-Q4", region, name, n, 0, figures, ()
    )


@st.composite
def _digests(draw: st.DrawFn) -> Digest:
    code, kreis = draw(st.sampled_from(["de", "en"])), draw(st.sampled_from(KREISE))
    parts = tuple(
        DigestPart(tuple(draw(_reports(at, code, one)) for one in (kreis, kreis[:3], "08")))
        for at in range(len(SURVEYS))
    )
    name = TREE[kreis].name
    return Digest(code, "2026-Q4", date(2027, 1, 4), kreis, name, True, parts, ("2026-Q3", "2026-Q4"))


@settings(max_examples=300, deadline=None)
@given(_digests())
def test_page_one_has_at_most_150_words(digest: Digest) -> None:
    found = first_page(digest, INTERFACES[digest.language])
    said = [*found.warnings, *found.sentences, *(f"{key.value} {key.label}" for key in found.figures)]
    assert len(found.figures) == 3
    assert len(" ".join(said).split()) <= MOST_WORDS, said


@pytest.mark.parametrize("code", ["de", "en"])
def test_a_survey_of_the_operators_own_is_called_by_its_title(large: RegionReport, code: str) -> None:
    own = RegionReport("x", "staff", "A title", "2026-Q4", "08", "N", 30, 0, large.questions, ())
    made = Digest(code, "2026-Q4", date(2027, 1, 4), "08", "N", False, (DigestPart((own,)),))
    assert "A title" in first_page(made, INTERFACES[code]).figures[1].label
