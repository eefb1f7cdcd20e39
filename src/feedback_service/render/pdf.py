"""A digest as a PDF on A4, from the report model and the interface's texts alone (typst).

It is PDF/UA-1 and PDF/A-2a at once: read aloud in order, kept readable for decades. The same digest gives the
same bytes. The font is the one that typst brings, which has the letters of German and English and not those
of all languages of the surveys.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime, time
from importlib import resources
from typing import Any

import typst

from ..errors import FeedbackError
from ..i18n import Interface
from ..reports.model import ChoiceFigure, Digest, QuestionFigures, RegionReport
from .words import moved, pressing_three, protection, reasons, share, what_to_do, why_withheld

LANGUAGES = ("de", "en")
_STANDARDS: list[typst.PDFStandard] = ["ua-1", "a-2a"]


class NoPdfInThisLanguage(FeedbackError):
    """A language whose letters the font doesn't have."""

    status = 422
    code = "pdf-language"
    message = "There is no PDF in “%(language)s”; digests are printed in: %(known)s."


def digest_pdf(digest: Digest, interface: Interface, operator: str = "") -> bytes:
    """The digest as a PDF. Raises `NoPdfInThisLanguage`."""
    if interface.language.code not in LANGUAGES:
        raise NoPdfInThisLanguage(language=interface.language.code, known=", ".join(LANGUAGES))
    template = resources.files(__package__).joinpath("templates/digest.typ").read_bytes()
    content = json.dumps(_Written(interface).document(digest, operator), ensure_ascii=False)
    made = typst.compile(
        template,
        format="pdf",
        pdf_standards=_STANDARDS,
        sys_inputs={"digest": content},
        ignore_system_fonts=True,
        font_paths=[],
        # The day of the release and not the moment of making: the same digest is the same bytes.
        timestamp=datetime.combine(digest.issued, time(), UTC),
    )
    assert isinstance(made, bytes)
    return made


class _Written:
    """The model as words and lengths: what the template lays out."""

    def __init__(self, interface: Interface) -> None:
        self._say = interface.plain
        self._counted = interface.plain_counted
        self._interface = interface

    def document(self, digest: Digest, operator: str) -> dict[str, Any]:
        """The whole digest."""
        say = self._say
        title = say("Feedback %(round)s: %(name)s", round=digest.round, name=digest.name)
        random_sample = say(
            "Whoever wanted to could answer: this is no random sample. In small groups that answer alike, an "
            "answer can be guessed."
        )
        return {
            "lang": self._interface.language.bcp47,
            "title": title,
            "author": operator,
            "footer": " · ".join(part for part in (title, operator) if part),
            "demo": say("Demonstration: the answers shown here are invented.") if digest.demo else "",
            "parts": [
                {
                    "title": part.state.title,
                    "pressing": say("Most pressing"),
                    "summaries": [self._summary(one) for one in (part.local, part.state) if one],
                }
                for part in digest.parts
            ],
            "details": [
                self._detail(part.local if part.local and part.local.questions else part.state)
                for part in digest.parts
            ],
            "how": {"heading": say("How to read this"), "paragraphs": [protection(say), random_sample]},
        }

    def _summary(self, report: RegionReport) -> dict[str, Any]:
        say = self._say
        return {
            "name": report.name,
            "answered": self._answered(report) or say("No figures."),
            "reasons": reasons(report, say) if report.n is None else [],
            "todo": what_to_do(say) if report.n is None else "",
            "top": [
                {"label": choice.label, "share": share(choice, say, self._counted)}
                for choice in pressing_three(report)
            ],
            "moved_heading": say("More than by chance since the last quarter:"),
            "moved": [{"label": choice.label, "change": self._change(choice)} for choice in moved(report)],
        }

    def _detail(self, report: RegionReport) -> dict[str, Any]:
        return {
            "title": f"{report.title}: {report.name}",
            "answered": self._answered(report),
            "withheld": [
                {"why": why_withheld(one, self._say), "questions": list(one.questions)}
                for one in report.withheld
            ],
            "questions": [self._question(one) for one in report.questions],
        }

    def _question(self, figures: QuestionFigures) -> dict[str, Any]:
        say = self._say
        caption = self._counted("Answers of %(n)s person", "Answers of %(n)s people", figures.n)
        if figures.multiple:
            caption += f", {say('several answers possible')}"
        if figures.mean is not None:
            caption += f" · {say('mean %(mean)s of 5', mean=self._interface.number(figures.mean))}"
        return {
            "label": figures.label,
            "caption": caption,
            "head": [say("Answer"), say("People"), say("Share"), "", say("Change")],
            "rows": [self._row(choice, figures.n) for choice in figures.choices],
        }

    def _row(self, choice: ChoiceFigure, n: int) -> dict[str, Any]:
        return {
            "label": choice.label,
            "count": self._interface.number(choice.count),
            "share": share(choice, self._say, self._counted) if choice.percent is not None else "–",
            "percent": round(100 * choice.count / n) if n else 0,
            "change": self._change(choice),
        }

    def _change(self, choice: ChoiceFigure) -> str:
        if choice.arrow is None:
            return ""
        return f"▲ {self._say('rose')}" if choice.arrow == "up" else f"▼ {self._say('fell')}"

    def _answered(self, report: RegionReport) -> str:
        if report.n is None:
            return ""
        return self._counted("%(n)s person answered.", "%(n)s people answered.", report.n)
