"""Approved quotes and themes: what of them a region's report shows, and in which language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice, zip_longest
from typing import Any

from ..regions.directory import Directory
from ..surveys.categories import NO_ANSWER
from ..surveys.questionnaire import Questionnaire
from ..surveys.themes import theme_labels
from .model import ChoiceFigure, Quoted, ThemeFigures

MOST_SHOWN = 3
# What every quote can be read in.
_GERMAN = "de"


@dataclass(frozen=True, slots=True)
class Quote:
    """One redacted and approved comment.

    `texts` by language, German always among them. None says which language it was written in: in a small
    region that can be somebody's name.
    """

    id: str
    survey: str
    round: str
    region: str
    texts: Mapping[str, str]


def shown_quotes(
    quotes: Iterable[Quote],
    surveys: Sequence[Questionnaire],
    around: Sequence[str],
    directory: Directory,
    language: str,
    most: int = MOST_SHOWN,
) -> tuple[Quoted, ...]:
    """At most `most` for a reader, the surveys in turn, from the narrowest of the regions `around` outwards.

    The state's own report takes them from everywhere in it; no other report shows another region's.
    """
    known = list(quotes)
    queues = [
        [_quoted(one, each, directory, language) for one in _ranked(known, each.name, around)]
        for each in surveys
    ]
    in_turn = (found for turn in zip_longest(*queues) for found in turn if found is not None)
    return tuple(islice(in_turn, most))


def theme_figures(document: Mapping[str, Any], questionnaire: Questionnaire, language: str) -> ThemeFigures:
    """A published file of themes, for a reader."""
    labels = theme_labels(questionnaire, language)
    percents = document["pct"] or [None] * len(document["themes"])
    figures = (
        ChoiceFigure(label=labels.get(name, name), count=count, percent=percent, arrow=None, name=name)
        for name, count, percent in zip(document["themes"], document["count"], percents, strict=True)
        if name != NO_ANSWER and count > 0
    )
    return ThemeFigures(document["n"], tuple(sorted(figures, key=lambda one: -one.count)))


def _ranked(quotes: Sequence[Quote], survey: str, around: Sequence[str]) -> list[Quote]:
    ranked = [(_rank(one.region, around), one.id, one) for one in quotes if one.survey == survey]
    kept = [(rank, name, one) for rank, name, one in ranked if rank is not None]
    return [one for _, _, one in sorted(kept, key=lambda each: each[:2])]


def _rank(region: str, around: Sequence[str]) -> int | None:
    if region in around:
        return around.index(region)
    state_alone = len(around) == 1 and region.startswith(around[0])
    return len(around) if state_alone else None


def _quoted(one: Quote, questionnaire: Questionnaire, directory: Directory, language: str) -> Quoted:
    spoken = language if language in one.texts else _GERMAN
    return Quoted(
        text=one.texts[spoken],
        language=spoken,
        audience=questionnaire.audience,
        title=questionnaire.title[questionnaire.language_or_source(language)],
        region_name=directory[one.region].name if one.region in directory else "",
    )
