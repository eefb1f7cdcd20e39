"""The values that every page, mail and sheet is rendered from. No figure is computed after this point.

Texts are in the report's language; counts are released (noisy, displayed) figures in persons; percentages
are whole numbers of the group's n.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from ..surveys.themes import MOST_PRESSING

Arrow = Literal["up", "down"]
# How far an office is with what people named.
ReplyState = Literal["heard", "decided", "done", "impossible"]


@dataclass(frozen=True, slots=True)
class ChoiceFigure:
    """One answer's figures. `percent` is `None` where the group is too small for percentages.

    `name` is the answer's in the questionnaire, the same in all languages.
    """

    label: str
    count: int
    percent: int | None
    arrow: Arrow | None
    no_answer: bool = False
    name: str = ""


@dataclass(frozen=True, slots=True)
class QuestionFigures:
    """One question's figures in one region. `mean` only for scales of groups that are large enough."""

    name: str
    label: str
    multiple: bool
    n: int
    mean: float | None
    choices: tuple[ChoiceFigure, ...]


@dataclass(frozen=True, slots=True)
class Withheld:
    """Why a group of questions has no own figures here.

    `least` is the number of people that figures need here; `None` for a municipality, which has figures only
    where its whole Kreis can be cut. `group` is the key and `group_name` the name of the group that the
    answers are counted in instead. `questions` are the questions' labels, `names` their names.
    """

    questions: tuple[str, ...]
    least: int | None
    group: str | None
    group_name: str | None
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RegionReport:
    """One survey and round in one region."""

    survey: str
    audience: str
    title: str
    round: str
    region: str
    name: str
    n: int | None
    invalid: int
    questions: tuple[QuestionFigures, ...]
    withheld: tuple[Withheld, ...]

    def question(self, name: str) -> QuestionFigures | None:
        """The figures of one question, if they may be shown here."""
        return next((one for one in self.questions if one.name == name), None)

    def most_named(self) -> list[ChoiceFigure]:
        """The problems that were named, most often named first; ties as they stand in the questionnaire."""
        figures = self.question(MOST_PRESSING)
        named = [one for one in figures.choices if not one.no_answer and one.count > 0] if figures else []
        return sorted(named, key=lambda choice: -choice.count)

    def withheld_here(self, name: str) -> Withheld | None:
        """Why one question has no figures here, if it hasn't."""
        return next((one for one in self.withheld if name in one.names), None)


@dataclass(frozen=True, slots=True)
class TrendLine:
    """One answer's percentages, a round each, oldest first; `None` where nothing may be shown."""

    label: str
    percents: tuple[int | None, ...]


@dataclass(frozen=True, slots=True)
class Trend:
    """How often the most pressing problems were named, over the rounds; two at least."""

    region_name: str
    rounds: tuple[str, ...]
    lines: tuple[TrendLine, ...]


@dataclass(frozen=True, slots=True)
class Tile:
    """One Kreis on the tile map. `percent` is `None` where its figure is withheld."""

    region: str
    name: str
    short: str
    column: int
    row: int
    percent: int | None


@dataclass(frozen=True, slots=True)
class TileMap:
    """How often the state's most pressing problem was named, Kreis by Kreis, by key."""

    problem: str
    percent: int | None
    tiles: tuple[Tile, ...]


@dataclass(frozen=True, slots=True)
class Quoted:
    """An approved quote as one reader sees it; `language` is that of the text, `title` the survey's."""

    text: str
    language: str
    audience: str
    title: str
    region_name: str


@dataclass(frozen=True, slots=True)
class ThemeFigures:
    """What people of the whole state wrote about: `n` comments, and how many of them spoke of a theme.

    Counts are released (noisy, displayed) figures, the largest first; themes that nobody wrote about are left
    out, and so are texts without one.
    """

    n: int
    themes: tuple[ChoiceFigure, ...]


@dataclass(frozen=True, slots=True)
class DigestPart:
    """One survey in a digest: the region and all that it lies in, the narrowest first, the state last.

    `trend` is of the narrowest region that has figures; `map` only for the state's own digest, since no other
    region's recipients are told about single Kreise. `themes` are the whole state's in every digest.
    """

    reports: tuple[RegionReport, ...]
    trend: Trend | None = None
    map: TileMap | None = None
    themes: ThemeFigures | None = None

    @property
    def state(self) -> RegionReport:
        """The state as a whole."""
        return self.reports[-1]

    @property
    def own(self) -> RegionReport:
        """The digest's own region, which may be the state."""
        return self.reports[0]

    @property
    def shown(self) -> RegionReport:
        """The narrowest region that has figures; the state where none has."""
        return next((one for one in self.reports if one.n is not None), self.state)


@dataclass(frozen=True, slots=True)
class Answered:
    """What one office answered to one round's report.

    `survey`, `topic` and `topic_label` are empty where the report as a whole is answered. `figure` is what
    was released about the topic in this region, if it may be shown. `language` is the text's own, another
    one than the reader's where it isn't translated. `days` lie between the figures' release and the answer,
    which was itself `released` later.
    """

    id: str
    region: str
    region_name: str
    round: str
    survey: str
    topic: str
    topic_label: str
    figure: ChoiceFigure | None
    state: ReplyState
    office: str
    text: str
    language: str
    answered: date
    days: int
    released: date


@dataclass(frozen=True, slots=True)
class AnsweredTopics:
    """How many of the problems that a round named in the whole state any office has answered."""

    round: str
    topics: int
    answered: int


@dataclass(frozen=True, slots=True)
class Digest:
    """What one recipient gets about one round: all surveys, their region and what it lies in.

    `issued` is the day of the newest of the releases. `rounds` are those with a release, up to this one.
    `replies` are what was answered to earlier reports about this region, newest first; `answered` counts them
    over all regions, in the state's own digest only. `quotes` are at most three, the nearest first.
    """

    language: str
    round: str
    issued: date
    region: str
    name: str
    demo: bool
    parts: tuple[DigestPart, ...]
    rounds: tuple[str, ...] = ()
    replies: tuple[Answered, ...] = ()
    answered: AnsweredTopics | None = None
    quotes: tuple[Quoted, ...] = ()
