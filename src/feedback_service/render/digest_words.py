"""A digest in words, laid out for every document alike: what HTML, PDF, text and workbook print.

The order is a reader's: page one, what changed and where, then each question, then how to read it. A question
that may not be shown here says why in its own place, with the next larger region's figures.
"""

from __future__ import annotations

from dataclasses import dataclass

from ..i18n import LANGUAGES, Interface
from ..reports.model import (
    Answered,
    ChoiceFigure,
    Digest,
    DigestPart,
    QuestionFigures,
    RegionReport,
    TileMap,
    Trend,
)
from .first_page import FirstPage, first_page
from .own_words import QuotesWords, ThemesWords, quotes_words, themes_words
from .words import (
    REPLY_SIGNS,
    REPLY_STATES,
    audience,
    change,
    percent_or_dash,
    protection,
    reasons,
    share,
    why_withheld,
)

# Heads of columns are narrow; the caption above each table has the whole name.
_LONG_NAME, _SHORT_NAME = "Regierungsbezirk", "RB"


@dataclass(frozen=True, slots=True)
class Row:
    """One answer: people and share, the length of its bar in percent, other regions' shares, what changed.

    `figure` and `others` are what that was made from, for documents that one calculates with.
    """

    label: str
    count: str
    share: str
    bar: int
    beside: tuple[str, ...]
    change: str
    figure: ChoiceFigure
    others: tuple[ChoiceFigure | None, ...]


@dataclass(frozen=True, slots=True)
class QuestionWords:
    """One question: `reason` where it has no figures here; then the table is another region's.

    `beside` names the other regions, as many as each row has shares for; `n` is how many were asked.
    """

    label: str
    reason: str
    caption: str
    beside: tuple[str, ...]
    rows: tuple[Row, ...]
    n: int


@dataclass(frozen=True, slots=True)
class TrendWords:
    """A trend with a heading and the same as a table: a row a round, a share a line; `gaps` explains them."""

    heading: str
    trend: Trend
    gaps: str
    table: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class MapWords:
    """A map with a heading and the same as a table: name and share, the largest first."""

    heading: str
    map: TileMap
    table: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class PartWords:
    """One survey. `note` says why the region has no figures in it at all; else each question says it."""

    title: str
    region: str
    note: str
    trend: TrendWords | None
    map: MapWords | None
    questions: tuple[QuestionWords, ...]
    themes: ThemesWords | None


@dataclass(frozen=True, slots=True)
class ReplyWords:
    """What one office answered. `language` is the text's own tag (BCP 47)."""

    title: str
    state: str
    text: str
    language: str
    after: str


@dataclass(frozen=True, slots=True)
class RepliesWords:
    """What was answered to earlier reports; `counted` says how much of it, in the state's digest."""

    heading: str
    counted: str
    replies: tuple[ReplyWords, ...]


@dataclass(frozen=True, slots=True)
class DigestWords:
    """The whole digest. `demo` is empty where answers are real, `quotes` and `replies` none without any."""

    title: str
    demo: str
    first: FirstPage
    quotes: QuotesWords | None
    replies: RepliesWords | None
    parts: tuple[PartWords, ...]
    how: tuple[str, ...]


def digest_words(digest: Digest, interface: Interface) -> DigestWords:
    """The digest in the interface's language."""
    say = interface.plain
    written = _Written(interface)
    return DigestWords(
        title=say("Feedback %(round)s: %(name)s", round=digest.round, name=digest.name),
        demo=say("Demonstration: the answers shown here are invented.") if digest.demo else "",
        first=first_page(digest, interface),
        quotes=quotes_words(digest.quotes, say),
        replies=written.replies(digest),
        parts=tuple(written.part(part) for part in digest.parts),
        how=(
            protection(say),
            say(
                "Whoever wanted to could answer: this is no random sample. In small groups that answer alike,"
                " an answer can be guessed."
            ),
        ),
    )


class _Written:
    def __init__(self, interface: Interface) -> None:
        self._interface = interface
        self._say = interface.plain

    def replies(self, digest: Digest) -> RepliesWords | None:
        say, answered = self._say, digest.answered
        counted = ""
        if answered and answered.topics:
            told = say(
                "Problems that were answered: %(answered)s of %(all)s",
                answered=answered.answered,
                all=answered.topics,
            )
            counted = f"{answered.round} · {told}"
        if not digest.replies and not counted:
            return None
        return RepliesWords(
            say("You said, we did"), counted, tuple(self._reply(one) for one in digest.replies)
        )

    def _reply(self, one: Answered) -> ReplyWords:
        topic = one.topic_label or self._say("The report as a whole")
        after = self._interface.plain_counted(
            "answered after %(n)s day", "answered after %(n)s days", one.days
        )
        return ReplyWords(
            title=f"{topic} · {one.round}",
            state=f"{REPLY_SIGNS[one.state]} {self._say(REPLY_STATES[one.state])}",
            text=one.text,
            language=LANGUAGES[one.language].bcp47,
            after=f"{one.office}, {after}",
        )

    def part(self, part: DigestPart) -> PartWords:
        return PartWords(
            title=f"{audience(part.state, self._say)}: {part.state.title}",
            region=part.own.name,
            note=" ".join(reasons(part.own, self._say)) if part.own.n is None else "",
            trend=self._trend(part.trend) if part.trend else None,
            map=self._map(part.map) if part.map else None,
            questions=tuple(self._question(part, one.name) for one in part.state.questions),
            themes=themes_words(part.themes, self._interface) if part.themes else None,
        )

    def _question(self, part: DigestPart, name: str) -> QuestionWords:
        found = [(report, report.question(name)) for report in part.reports]
        shown = [(report, figures) for report, figures in found if figures]
        (report, figures), others = shown[0], shown[1:]
        withheld = part.own.withheld_here(name)
        return QuestionWords(
            label=figures.label,
            reason=why_withheld(withheld, self._say) if withheld and part.own.n is not None else "",
            caption=self._caption(report, figures, others),
            beside=tuple(other.name.replace(_LONG_NAME, _SHORT_NAME) for other, _ in others),
            rows=tuple(
                self._row(choice, figures.n, [_same(one, choice) for _, one in others])
                for choice in figures.choices
            ),
            n=figures.n,
        )

    def _caption(
        self,
        report: RegionReport,
        figures: QuestionFigures,
        others: list[tuple[RegionReport, QuestionFigures]],
    ) -> str:
        say, number = self._say, self._interface.number
        answers = self._interface.plain_counted(
            "Answers of %(n)s person", "Answers of %(n)s people", figures.n
        )
        caption = f"{report.name}: {answers}"
        if figures.multiple:
            caption += ", " + say("several answers possible")
        if figures.mean is not None:
            caption += " · " + say("mean %(mean)s of 5", mean=number(figures.mean))
        if others:
            groups = ", ".join(
                f"{other.name} {number(one.n)}" + (f" (Ø {number(one.mean)})" if one.mean is not None else "")
                for other, one in others
            )
            caption += " · " + say("For comparison: %(groups)s", groups=groups)
        return caption

    def _row(self, choice: ChoiceFigure, n: int, others: list[ChoiceFigure | None]) -> Row:
        return Row(
            label=choice.label,
            count=self._interface.number(choice.count),
            share=self._share(choice),
            bar=min(100, round(100 * choice.count / n)) if n else 0,
            beside=tuple(self._share(other) for other in others),
            change=change(choice, self._say),
            figure=choice,
            others=tuple(others),
        )

    def _share(self, choice: ChoiceFigure | None) -> str:
        if choice is None or choice.percent is None:
            return "–"
        return share(choice, self._say, self._interface.plain_counted)

    def _trend(self, trend: Trend) -> TrendWords:
        heading = self._say("How often it was named, quarter by quarter: %(name)s", name=trend.region_name)
        rows = [
            (round_id, *(percent_or_dash(line.percents[at], self._say) for line in trend.lines))
            for at, round_id in enumerate(trend.rounds)
        ]
        gaps = any(percent is None for line in trend.lines for percent in line.percents)
        note = self._say("–: nothing may be shown for that quarter.") if gaps else ""
        return TrendWords(heading, trend, note, tuple(rows))

    def _map(self, shown: TileMap) -> MapWords:
        heading = self._say("%(problem)s: how often it was named, by district", problem=shown.problem)
        ordered = sorted(
            shown.tiles, key=lambda tile: -1 if tile.percent is None else tile.percent, reverse=True
        )
        return MapWords(
            heading, shown, tuple((tile.name, percent_or_dash(tile.percent, self._say)) for tile in ordered)
        )


def _same(figures: QuestionFigures, choice: ChoiceFigure) -> ChoiceFigure | None:
    """The same answer in another region."""
    return next((one for one in figures.choices if one.name == choice.name), None)
