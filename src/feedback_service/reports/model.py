"""The values that every page, mail and sheet is rendered from. No figure is computed after this point.

Texts are in the report's language; counts are released (noisy, displayed) figures in persons; percentages
are whole numbers of the group's n.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

Arrow = Literal["up", "down"]


@dataclass(frozen=True, slots=True)
class ChoiceFigure:
    """One answer's figures. `percent` is `None` where the group is too small for percentages."""

    label: str
    count: int
    percent: int | None
    arrow: Arrow | None
    no_answer: bool = False


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
    answers are counted in instead.
    """

    questions: tuple[str, ...]
    least: int | None
    group: str | None
    group_name: str | None


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


@dataclass(frozen=True, slots=True)
class DigestPart:
    """One survey in a digest: the region beside the state. `region` is `None` for the state's own digest."""

    local: RegionReport | None
    state: RegionReport


@dataclass(frozen=True, slots=True)
class Digest:
    """What one recipient gets about one round: all surveys, their region and the state.

    `issued` is the day of the newest of the releases.
    """

    language: str
    round: str
    issued: date
    region: str
    name: str
    demo: bool
    parts: tuple[DigestPart, ...]
