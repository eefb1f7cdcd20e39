"""Page one of a digest: three figures and at most 150 words, the same in every document.

It says what matters here: how many answered, what they name most often, what changed. Where a region has no
figures of its own it says so first, and then what the next larger region says.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ..i18n import Interface
from ..reports.model import ChoiceFigure, Digest, DigestPart, RegionReport, TileMap
from ..surveys.themes import MOST_PRESSING
from .words import audience, changes, percent_words, reasons, share, what_to_do

MOST_WORDS = 150
_FIGURES = 3
_ALSO_NAMED = 2


@dataclass(frozen=True, slots=True)
class KeyFigure:
    """A large figure and what it is."""

    value: str
    label: str


@dataclass(frozen=True, slots=True)
class FirstPage:
    """What stands on page one. `warnings` say why there are no own figures."""

    figures: tuple[KeyFigure, ...]
    warnings: tuple[str, ...]
    sentences: tuple[str, ...]


def first_page(digest: Digest, interface: Interface) -> FirstPage:
    """Page one in the interface's language."""
    written = _Written(interface)
    tops = [figure for part in digest.parts for figure in written.tops(part, digest)]
    return FirstPage(
        figures=(written.answered(digest), *tops)[:_FIGURES],
        warnings=tuple(written.warnings(digest)),
        sentences=tuple(line for part in digest.parts for line in written.sentences(part, digest)),
    )


class _Written:
    def __init__(self, interface: Interface) -> None:
        self._interface = interface
        self._say = interface.plain

    def answered(self, digest: Digest) -> KeyFigure:
        """How many answered here, all together and by audience; where nobody may be counted, around it."""
        reports = [part.shown for part in digest.parts]
        number = self._interface.number
        parts = ", ".join(f"{self._who(one, digest)} {number(one.n or 0)}" for one in reports)
        here = [one.n or 0 for one in reports if one.region == digest.region]
        total = sum(here or (one.n or 0 for one in reports))
        return KeyFigure(number(total), self._say("people answered (%(parts)s)", parts=parts))

    def tops(self, part: DigestPart, digest: Digest) -> Iterator[KeyFigure]:
        """What this survey's people name most often; a digest of one survey has room for two."""
        report = part.shown
        for choice in report.most_named()[: 1 if len(digest.parts) > 1 else _FIGURES - 1]:
            label = self._say(
                "%(audience)s: named most often is “%(problem)s”",
                audience=self._who(report, digest),
                problem=choice.label,
            )
            beside = "" if report is part.state else self._of_state(part, choice)
            yield KeyFigure(self._share(choice), label + beside)

    def warnings(self, digest: Digest) -> Iterator[str]:
        """Why a region has no figures of its own, each reason once, and what can be done."""
        by_reason: dict[str, list[str]] = {}
        for report in (part.own for part in digest.parts if part.own.n is None):
            why = " ".join(reasons(report, self._say))
            by_reason.setdefault(why, []).append(audience(report, self._say))
        for why, audiences in by_reason.items():
            yield f"{', '.join(audiences)}: {why}"
        if by_reason:
            yield what_to_do(self._say)

    def sentences(self, part: DigestPart, digest: Digest) -> Iterator[str]:
        """What comes next, how it differs between Kreise, what changed; of the digest's own region alone."""
        report, say = part.own, self._say
        if report.n is None:
            return
        skipped = 1 if len(digest.parts) > 1 else _FIGURES - 1
        also = report.most_named()[skipped : skipped + _ALSO_NAMED]
        if also:
            listed = ", ".join(f"{choice.label} ({self._share(choice)})" for choice in also)
            yield say("%(audience)s also name: %(list)s.", audience=audience(report, say), list=listed)
        if part.map:
            yield self._spread(part.map)
        if len(digest.rounds) > 1:
            yield f"{audience(report, say)}: {changes(report, say)}"

    def _spread(self, shown: TileMap) -> str:
        percents = [tile.percent for tile in shown.tiles if tile.percent is not None]
        return self._say(
            "%(problem)s: from district to district between %(low)s and %(high)s.",
            problem=shown.problem,
            low=percent_words(min(percents), self._say),
            high=percent_words(max(percents), self._say),
        )

    def _of_state(self, part: DigestPart, choice: ChoiceFigure) -> str:
        figures = part.state.question(MOST_PRESSING)
        same = [one for one in figures.choices if one.name == choice.name] if figures else []
        return "".join(f" ({part.state.name}: {self._share(one)})" for one in same)

    def _who(self, report: RegionReport, digest: Digest) -> str:
        """The audience, with the region where it isn't the digest's own."""
        who = audience(report, self._say)
        return who if report.region == digest.region else f"{who} ({report.name})"

    def _share(self, choice: ChoiceFigure) -> str:
        return share(choice, self._say, self._interface.plain_counted)
