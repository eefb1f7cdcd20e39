"""A digest as plain text: the mail's text part, and what `digests preview` prints."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from ..i18n import Interface
from ..reports.model import Digest, QuestionFigures, RegionReport
from .words import moved, pressing_three, protection, reasons, share, what_to_do, why_withheld

_WIDTH = 72


def digest_text(digest: Digest, interface: Interface) -> str:
    """The whole digest, lines of at most 72 characters."""
    say = interface.plain
    title = say("Feedback %(round)s: %(name)s", round=digest.round, name=digest.name)
    lines = [title, "=" * len(title), ""]
    if digest.demo:
        lines += [say("Demonstration: the answers shown here are invented."), ""]
    for part in digest.parts:
        lines += [part.state.title, "-" * len(part.state.title)]
        for report in filter(None, (part.local, part.state)):
            lines += ["", *_summary(report, interface)]
        lines.append("")
    for part in digest.parts:
        report = part.local if part.local and part.local.questions else part.state
        lines += ["", f"{part.state.title}: {report.name}", ""]
        for figures in report.questions:
            lines += [*_question(figures, interface), ""]
        for withheld in report.withheld:
            lines += [*withheld.questions, why_withheld(withheld, say), ""]
    lines += [say("How to read this"), "", protection(say)]
    return "\n".join(line for raw in lines for line in (textwrap.wrap(raw, _WIDTH) or [""])) + "\n"


def _summary(report: RegionReport, interface: Interface) -> Iterator[str]:
    say = interface.plain
    yield report.name
    if report.n is not None:
        counted = interface.plain_counted
        yield counted("%(n)s person answered.", "%(n)s people answered.", report.n)
    if report.n is None:
        yield from reasons(report, say)
        yield what_to_do(say)
    for place, choice in enumerate(pressing_three(report), start=1):
        yield f"{place}. {choice.label}: {share(choice, say, interface.plain_counted)}"
    changes = moved(report)
    if changes:
        yield say("More than by chance since the last quarter:")
    for choice in changes:
        yield f"{choice.label}: {say('rose') if choice.arrow == 'up' else say('fell')}"


def _question(figures: QuestionFigures, interface: Interface) -> Iterator[str]:
    yield figures.label
    for choice in figures.choices:
        said = share(choice, interface.plain, interface.plain_counted)
        yield f"- {choice.label}: {interface.number(choice.count)} ({said})"
