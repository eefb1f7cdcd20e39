"""What an office can answer to: the problems that a round asked about, most often named first."""

from __future__ import annotations

from dataclasses import dataclass

from ..i18n import Interface
from ..regions.directory import Directory
from ..render.words import share
from ..reports.replies import named_topics
from ..reports.source import Source
from ..sealing.links import Link
from ..storage.published import sources_of_round
from ..storage.session import Store
from ..surveys.categories import NO_ANSWER
from ..surveys.themes import theme_labels

_SEPARATOR = "/"


@dataclass(frozen=True, slots=True)
class Topic:
    """One problem; `value` is what the form sends. `share` is empty where no figure may be shown."""

    value: str
    label: str
    share: str


@dataclass(frozen=True, slots=True)
class TopicGroup:
    """The problems of one survey, under its title."""

    title: str
    topics: tuple[Topic, ...]


def topics_of(store: Store, directory: Directory, interface: Interface, link: Link) -> list[TopicGroup]:
    """A group for each survey of the link's round."""
    with store.read() as connection:
        sources = sources_of_round(connection, link.round)
    state = directory.state.ags
    groups = (_group(source, link.region, state, interface) for source in sources)
    return [group for group in groups if group.topics]


def split(value: str) -> tuple[str, str]:
    """Survey and problem of what the form sent; both empty for the report as a whole."""
    survey, _, topic = value.partition(_SEPARATOR)
    return survey, topic


def _group(source: Source, region: str, state: str, interface: Interface) -> TopicGroup:
    """Every problem that was asked about, the most often named first, with its figure where there is one."""
    code, survey = interface.language.code, source.questionnaire
    here = named_topics(source, region)
    named = here or named_topics(source, state)
    labels = theme_labels(survey, code)
    named_first = sorted(labels, key=lambda name: -named[name].count if name in named else 0)
    return TopicGroup(
        title=survey.title[survey.language_or_source(code)],
        topics=tuple(
            Topic(
                value=f"{survey.name}{_SEPARATOR}{name}",
                label=labels[name],
                share=share(here[name], interface.plain, interface.plain_counted) if name in here else "",
            )
            for name in named_first
            if named and name != NO_ANSWER
        ),
    )
