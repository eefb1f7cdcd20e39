"""Builds reports from release files: picks a region's rows and gives every figure its words.

Pure, and blind to everything unreleased: its input is the published document and the questionnaire.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from ..regions.directory import Directory
from ..regions.keys import parent_of
from ..surveys.categories import NO_ANSWER
from ..surveys.questionnaire import Question
from .across import pressing_map, pressing_trend
from .beside import NOTHING, Beside
from .model import ChoiceFigure, Digest, DigestPart, QuestionFigures, RegionReport, ThemeFigures, Withheld
from .quotes import shown_quotes, theme_figures
from .replies import answered_topics, digest_replies
from .source import Source, rows_by_class

Say = Callable[..., str]


def region_report(source: Source, directory: Directory, language: str, region: str, say: Say) -> RegionReport:
    """The report of one region. `say` translates the interface's texts into `language`.

    A region without own figures is told why, and which group its answers are counted in.
    """
    questionnaire, release = source.questionnaire, source.release
    rows = rows_by_class(release, region)
    withheld = [
        _withheld(source, entry, directory, language, say) for entry in _withheld_here(release, region)
    ]
    figures = []
    for question in questionnaire.questions:
        row = rows.get(question.publish or "")
        if row is not None and question.name in row["questions"]:
            figures.append(_figures(question, row, questionnaire.language_or_source(language), say))
    return RegionReport(
        survey=questionnaire.name,
        audience=questionnaire.audience,
        title=questionnaire.title[questionnaire.language_or_source(language)],
        round=release["round"],
        region=region,
        name=region_name(directory, region, say),
        n=max((row["n"] for row in rows.values()), default=None),
        invalid=release["invalid"],
        questions=tuple(figures),
        withheld=tuple(withheld),
    )


def digest(
    sources: Sequence[Source],
    directory: Directory,
    language: str,
    region: str,
    say: Say,
    *,
    demo: bool,
    beside: Beside = NOTHING,
) -> Digest:
    """The digest of one region over the surveys of one round, with what was published beside them.

    Of replies and quotes those about this region, and what it lies in, are shown.
    """
    around = _and_what_it_lies_in(directory, region)
    parts = []
    for source in sources:
        reports = tuple(region_report(source, directory, language, one, say) for one in around)
        part = DigestPart(reports)
        history = [one for one in beside.earlier if one.release["survey"] == source.release["survey"]]
        parts.append(
            replace(
                part,
                trend=pressing_trend(part.shown, [*history, source]),
                map=pressing_map(part.own, source, directory),
                themes=_themes(source, beside, language),
            )
        )
    return Digest(
        language=language,
        round=sources[0].release["round"],
        issued=max(date.fromisoformat(source.release["issued"]) for source in sources),
        region=region,
        name=region_name(directory, region, say),
        demo=demo,
        parts=tuple(parts),
        rounds=tuple(sorted({one.release["round"] for one in (*beside.earlier, *sources)})),
        replies=digest_replies(beside.replies, beside.earlier, directory, language, region),
        # No other region's recipients are told about single Kreise.
        answered=(
            answered_topics(beside.replies, beside.earlier, directory)
            if region == directory.state.ags
            else None
        ),
        quotes=shown_quotes(
            beside.quotes, [source.questionnaire for source in sources], around, directory, language
        ),
    )


def _themes(source: Source, beside: Beside, language: str) -> ThemeFigures | None:
    document = beside.themes.get(source.questionnaire.name)
    return theme_figures(document, source.questionnaire, language) if document else None


def regions_with_rows(release: Mapping[str, Any]) -> list[str]:
    """The regions and pools that a release has figures for, in its order, each once."""
    return list(dict.fromkeys(row["region"] for row in release["rows"]))


def region_name(directory: Directory, region: str, say: Say) -> str:
    """A region's name; a pool's is made from the region that it belongs to."""
    if region.endswith("-rest"):
        return say("Other districts: %(name)s", name=directory[region.removesuffix("-rest")].name)
    return directory[region].name


def _and_what_it_lies_in(directory: Directory, region: str) -> tuple[str, ...]:
    """The region, the next larger one, and the state; a pool lies where the first part of its key says."""
    state, place = directory.state.ags, region.removesuffix("-rest")
    larger = place if place != region else parent_of(place)
    return tuple(dict.fromkeys(one for one in (region, larger, state) if one))


def _withheld_here(release: Mapping[str, Any], region: str) -> list[Any]:
    found = [entry for entry in release["withheld"] if entry["region"] == region]
    if found or len(region) <= len("08416"):
        return found
    return _withheld_municipality(release, region)


def _withheld_municipality(release: Mapping[str, Any], region: str) -> list[Any]:
    """The file names Kreise only: where a municipality has no row, its answers are in its Kreis's figures."""
    own, kreis = rows_by_class(release, region), region[: len("08416")]
    found = [entry for entry in release["withheld"] if entry["region"] == kreis and entry["class"] not in own]
    for name in rows_by_class(release, kreis).keys() - own.keys():
        found.append({"region": region, "class": name, "pooled_into": kreis})
    return sorted(found, key=lambda entry: str(entry["class"]))


def _withheld(
    source: Source, entry: Mapping[str, Any], directory: Directory, language: str, say: Say
) -> Withheld:
    language = source.questionnaire.language_or_source(language)
    asked = [one for one in source.questionnaire.questions if one.publish == entry["class"]]
    pool = entry["pooled_into"]
    return Withheld(
        questions=tuple(question.label[language] for question in asked),
        least=source.release["parameters"]["k"][entry["class"]] if "reason" in entry else None,
        group=pool,
        group_name=region_name(directory, pool, say) if pool else None,
        names=tuple(question.name for question in asked),
    )


def _figures(question: Question, row: Mapping[str, Any], language: str, say: Say) -> QuestionFigures:
    released = row["questions"][question.name]
    labels = {choice.name: choice.label[language] for choice in question.choices}
    percentages = released["pct"] or [None] * len(released["choices"])
    arrows = released["trend"] or [None] * len(released["choices"])
    choices = tuple(
        ChoiceFigure(
            label=say("No answer") if name == NO_ANSWER else labels.get(name, name),
            count=count,
            percent=percent,
            arrow=arrow,
            no_answer=name == NO_ANSWER,
            name=name,
        )
        for name, count, percent, arrow in zip(
            released["choices"], released["count"], percentages, arrows, strict=True
        )
    )
    return QuestionFigures(
        name=question.name,
        label=question.label[language],
        multiple=released["kind"] == "select_multiple",
        n=row["n"],
        mean=released["mean"],
        choices=choices,
    )
