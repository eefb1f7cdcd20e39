"""Replies as pages show them: read with the figures that they answer to, and the words around them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from ..i18n import Interface
from ..regions.directory import Directory
from ..render.words import REPLY_SIGNS, REPLY_STATES, share
from ..reports.model import Answered, ChoiceFigure
from ..reports.replies import Reply, named_topics, shown
from ..reports.source import Source
from ..storage.published import sources_of_round
from ..storage.replies import all_replies, released_about, sources_answered
from ..storage.session import Store
from ..surveys.themes import theme_labels


@dataclass(frozen=True, slots=True)
class TopicAnswers:
    """One problem that a round named, and who answered to it, the first one first."""

    label: str
    given: tuple[Answered, ...]


@dataclass(frozen=True, slots=True)
class RoundAnswers:
    """What was answered to one survey's round: about one region, and of the state's problems anywhere.

    `named` counts the problems that people in the whole state named.
    """

    own: tuple[Answered, ...]
    topics: tuple[TopicAnswers, ...]
    named: int


def all_shown(store: Store, directory: Directory, language: str) -> list[Answered]:
    """Everything that was released, the newest first."""
    with store.read() as connection:
        found = all_replies(connection, "released")
        return shown(found, sources_answered(connection, found), directory, language)


def shown_about(
    store: Store, source: Source, directory: Directory, language: str, region: str
) -> RoundAnswers:
    """What belongs on the results' page of a region. All regions' answers are told on the state's alone."""
    survey, round_id = source.questionnaire.name, source.release["round"]
    with store.read() as connection:
        found = released_about(connection, round_id)
        sources = sources_of_round(connection, round_id) if found else []
    answers = [one for one in _to(found, survey) if region in (one.region, directory.state.ags)]
    every = shown(answers, sources, directory, language)
    own = tuple(one for one in every if one.region == region)
    if region != directory.state.ags:
        return RoundAnswers(own, (), 0)
    named = named_topics(source, region)
    return RoundAnswers(own, _by_topic(every, source, named, language), len(named))


def _to(replies: Iterable[Reply], survey: str) -> Iterable[Reply]:
    """Those to a survey's figures, and those to the whole report."""
    return (one for one in replies if one.survey in (survey, ""))


def _by_topic(
    answers: Sequence[Answered], source: Source, named: dict[str, ChoiceFigure], language: str
) -> tuple[TopicAnswers, ...]:
    """The problems that somebody answered to, the most often named first."""
    labels = theme_labels(source.questionnaire, language)
    topics = []
    for name in sorted(named, key=lambda one: -named[one].count):
        given = sorted((one for one in answers if one.topic == name), key=lambda one: (one.days, one.id))
        if given:
            topics.append(TopicAnswers(labels[name], tuple(given)))
    return tuple(topics)


def words_of(interface: Interface) -> dict[str, Any]:
    """What the template `reply.html` needs besides the replies."""

    def share_of(figure: ChoiceFigure) -> str:
        return share(figure, interface.plain, interface.plain_counted)

    return {"states": REPLY_STATES, "signs": REPLY_SIGNS, "share_of": share_of}
