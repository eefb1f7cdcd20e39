"""A digest as a PDF on A4, from the report model and the interface's texts alone (typst).

It is PDF/UA-1 and PDF/A-2a at once: read aloud in order, kept readable for decades. The same digest gives the
same bytes. The font is the one that typst brings, which has the letters of German and English and not those
of all languages of the surveys.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import UTC, date, datetime, time
from importlib import resources
from typing import Any

import typst

from ..errors import FeedbackError
from ..i18n import Interface
from ..reports.model import Digest
from .digest_words import digest_words
from .letters import all_printable
from .tile_map import SHADES
from .trend_lines import highest

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
    return laid_out(content_of(digest, interface, operator), digest.issued)


def content_of(digest: Digest, interface: Interface, operator: str) -> str:
    """What the template lays out, as JSON: values stay values there, whatever they say."""
    return json.dumps(all_printable(_document(digest, interface, operator)), ensure_ascii=False)


def laid_out(content: str, issued: date) -> bytes:
    """The PDF of what `content_of` gave. `issued` stands in it as the day that it was made."""
    made = typst.compile(
        resources.files(__package__).joinpath("templates/digest.typ").read_bytes(),
        format="pdf",
        pdf_standards=_STANDARDS,
        sys_inputs={"digest": content},
        ignore_system_fonts=True,
        font_paths=[],
        # The day of the release and not the moment of making: the same digest is the same bytes.
        timestamp=datetime.combine(issued, time(), UTC),
    )
    assert isinstance(made, bytes)
    return made


def _document(digest: Digest, interface: Interface, operator: str) -> dict[str, Any]:
    """What the template lays out: the digest's words, and what only a printed document has."""
    say = interface.plain
    words = digest_words(digest, interface)
    return {
        **asdict(words),
        "lang": interface.language.bcp47,
        "author": operator,
        "footer": " · ".join(part for part in (words.title, operator) if part),
        "shades": SHADES,
        "tops": [highest(part.trend.trend) if part.trend else 0 for part in words.parts],
        "says": {
            "how": say("How to read this"),
            "answer": say("Answer"),
            "people": say("People"),
            "share": say("Share"),
            "change": say("Change"),
            "district": say("District"),
            "quarter": say("Quarter"),
            "theme": say("Theme"),
            "texts": say("Texts"),
            "hatched": say("Hatched: too few people answered there for figures of its own."),
        },
    }
