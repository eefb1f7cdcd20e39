"""What offices answered, beside the release that they answer to: which problem, how far, after how long.

Pure: its input is what was released, figures and replies alike.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from ..regions.directory import Directory
from ..surveys.categories import NO_ANSWER
from ..surveys.themes import MOST_PRESSING, theme_labels
from .model import Answered, AnsweredTopics, ChoiceFigure, ReplyState
from .source import Source, rows_by_class

ReplyStep = Literal["waiting", "released", "refused"]
# As many as a reader of a digest looks at.
_MOST_IN_DIGEST = 5


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer of one office. `survey` and `topic` are empty where the report as a whole is answered.

    `texts` has the answer by language, the one that it was written in first. `answered` is the day it came,
    `released` that of its publication.
    """

    id: str
    region: str
    round: str
    survey: str
    topic: str
    office: str
    state: ReplyState
    texts: Mapping[str, str]
    step: ReplyStep
    answered: date
    released: date | None = None


def shown(
    replies: Iterable[Reply], sources: Sequence[Source], directory: Directory, language: str
) -> list[Answered]:
    """Released replies for a reader, the newest first. `sources` are the releases of their rounds.

    One to a report that isn't among them is left out, as nothing could be told about it.
    """
    found = (_answered(one, sources, directory, language) for one in replies if one.step == "released")
    return sorted(filter(None, found), key=lambda one: (-one.answered.toordinal(), one.round, one.id))


def digest_replies(
    replies: Sequence[Reply], earlier: Sequence[Source], directory: Directory, language: str, region: str
) -> tuple[Answered, ...]:
    """What was answered about one region to earlier reports; the newest five."""
    own = [one for one in replies if one.region == region]
    return tuple(shown(own, earlier, directory, language)[:_MOST_IN_DIGEST])


def answered_topics(
    replies: Sequence[Reply], earlier: Sequence[Source], directory: Directory
) -> AnsweredTopics | None:
    """How much of the newest of the earlier rounds was answered anywhere; `None` where there was none."""
    if not earlier:
        return None
    newest = max(str(source.release["round"]) for source in earlier)
    sources = [source for source in earlier if source.release["round"] == newest]
    named = {
        (source.questionnaire.name, topic)
        for source in sources
        for topic in named_topics(source, directory.state.ags)
    }
    given = {(one.survey, one.topic) for one in replies if one.round == newest and one.step == "released"}
    return AnsweredTopics(newest, len(named), len(named & given))


def named_topics(source: Source, region: str) -> dict[str, ChoiceFigure]:
    """The problems that people named in a region, by name, as far as it may be shown; without labels."""
    question = source.questionnaire.question(MOST_PRESSING)
    row = rows_by_class(source.release, region).get(question.publish or "") if question else None
    released = row["questions"].get(MOST_PRESSING) if row else None
    if released is None:
        return {}
    percents = released["pct"] or [None] * len(released["choices"])
    return {
        name: ChoiceFigure(label="", count=count, percent=percent, arrow=None, name=name)
        for name, count, percent in zip(released["choices"], released["count"], percents, strict=True)
        if name != NO_ANSWER and count > 0
    }


def _answered(one: Reply, sources: Sequence[Source], directory: Directory, language: str) -> Answered | None:
    of_round = [source for source in sources if source.release["round"] == one.round]
    asked = next((source for source in of_round if source.questionnaire.name == one.survey), None)
    if not of_round or not one.texts or one.region not in directory:
        return None
    label = theme_labels(asked.questionnaire, language).get(one.topic, "") if asked else ""
    spoken = language if language in one.texts else next(iter(one.texts))
    released = [asked] if asked else of_round
    issued = max(date.fromisoformat(source.release["issued"]) for source in released)
    return Answered(
        id=one.id,
        region=one.region,
        region_name=directory[one.region].name,
        round=one.round,
        survey=one.survey if label else "",
        topic=one.topic if label else "",
        topic_label=label,
        figure=named_topics(asked, one.region).get(one.topic) if asked and label else None,
        state=one.state,
        office=one.office,
        text=one.texts[spoken],
        language=spoken,
        answered=one.answered,
        days=max((one.answered - issued).days, 0),
        released=one.released or one.answered,
    )
