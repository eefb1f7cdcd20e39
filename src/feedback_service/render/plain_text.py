"""A digest as plain text: the mail's text part, and what `digests preview` prints."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from ..i18n import Interface
from ..reports.model import Digest
from .digest_words import DigestWords, PartWords, QuestionWords, RepliesWords, digest_words
from .own_words import QuotesWords

_WIDTH = 72


def digest_text(digest: Digest, interface: Interface) -> str:
    """The whole digest, lines of at most 72 characters."""
    words = digest_words(digest, interface)
    lines = [*_first_page(words), *_quotes(words.quotes), *_replies(words.replies)]
    for part in words.parts:
        lines += ["", "", part.title, "-" * len(part.title), *_part(part)]
    how = interface.plain("How to read this")
    lines += ["", how, "-" * len(how)]
    for paragraph in words.how:
        lines += ["", paragraph]
    return "\n".join(line for raw in lines for line in (textwrap.wrap(raw, _WIDTH) or [""])) + "\n"


def _first_page(words: DigestWords) -> Iterator[str]:
    yield from (words.title, "=" * len(words.title))
    for line in filter(None, (words.demo, *words.first.warnings)):
        yield from ("", line)
    yield ""
    for key in words.first.figures:
        yield f"* {key.value} – {key.label}"
    for sentence in words.first.sentences:
        yield from ("", sentence)


def _quotes(words: QuotesWords | None) -> Iterator[str]:
    if words is None:
        return
    yield from ("", "", words.heading, "-" * len(words.heading))
    for quote in words.quotes:
        yield from ("", *quote.text.splitlines(), f"({quote.source})")
    yield from ("", words.note)


def _replies(words: RepliesWords | None) -> Iterator[str]:
    if words is None:
        return
    yield from ("", "", words.heading, "-" * len(words.heading))
    if words.counted:
        yield from ("", words.counted)
    for reply in words.replies:
        yield from ("", f"{reply.title}: {reply.state}", *reply.text.splitlines(), reply.after)


def _part(part: PartWords) -> Iterator[str]:
    if part.note:
        yield from ("", part.note)
    if part.map:
        yield from ("", part.map.heading)
        yield from (f"- {name}: {share}" for name, share in part.map.table)
    if part.trend:
        yield from ("", part.trend.heading)
        labels = [line.label for line in part.trend.trend.lines]
        for round_id, *shares in part.trend.table:
            listed = ", ".join(f"{label} {share}" for label, share in zip(labels, shares, strict=True))
            yield f"- {round_id}: {listed}"
        if part.trend.gaps:
            yield part.trend.gaps
    for question in part.questions:
        yield from ("", *_question(question))
    if part.themes:
        yield from ("", part.themes.heading, f"({part.themes.caption})")
        yield from (f"- {label}: {count} ({share})" for label, count, share in part.themes.table)


def _question(question: QuestionWords) -> Iterator[str]:
    yield question.label
    if question.reason:
        yield question.reason
    yield f"({question.caption})"
    for row in question.rows:
        beside = "".join(f"; {name} {share}" for name, share in zip(question.beside, row.beside, strict=True))
        changed = f" {row.change}" if row.change else ""
        yield f"- {row.label}: {row.count} ({row.share}{beside}){changed}"
