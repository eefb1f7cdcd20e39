"""What reviewers do with a comment: redact, translate, name its themes, let it through or not.

A decision destroys what was written and what was drafted of it, in the same transaction in which a quote is
published; only the comment's themes are left, sealed, until they are counted.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256

from ..disclosure.themes import MOST_THEMES
from ..errors import FeedbackError
from ..free_text.find import find_personal
from ..reports.quotes import Quote
from ..sealing.open_comment import CannotOpen
from ..sealing.plaintext import ContentTooLong
from ..storage.comments import StoredComment, all_comments, decide, put_draft
from ..storage.quotes import add_quote
from ..surveys.answers import clean_text
from ..surveys.questionnaire import TEXT_CHARACTERS
from ..surveys.themes import themes_of
from .draft import Draft, Place
from .opening import Review, Written

GERMAN = "de"
# Those of digests. A quote in a third language would tell which one it was written in.
_PUBLISHED = (GERMAN, "en")


class UnknownComment(FeedbackError):
    """An id that no undecided comment has, or several begin with."""

    status = 404
    code = "comment-unknown"
    message = "“%(id)s” is %(number)s undecided comments here. See: feedback-service comments list"


class UnusableText(FeedbackError):
    """A text that can't be a quote."""

    status = 422
    code = "comment-text-unusable"
    message = "The text can't be taken: it needs 1 to %(most)s characters. Nothing was changed."


class UnusableThemes(FeedbackError):
    """Themes that the survey doesn't have, or too many."""

    status = 422
    code = "comment-themes-unusable"
    message = "A comment has at most %(most)s themes, each once, of these: %(known)s. Nothing was changed."


class UnknownTextLanguage(FeedbackError):
    """A language that quotes aren't published in, or German where that is what was written."""

    status = 422
    code = "comment-language"
    message = (
        "A translation is into one of: %(known)s. What was written in German is changed by “comments redact”."
    )


class StillPersonal(FeedbackError):
    """The text seems to show who somebody is."""

    status = 409
    code = "comment-personal"
    message = (
        "There still seems to be something that shows who somebody is (%(kinds)s). Nothing was published:"
        " take it out with “comments redact”, or approve with --sure if it is nobody's."
    )


class TranslationMissing(FeedbackError):
    """Those who decide read German."""

    status = 409
    code = "comment-translation-missing"
    message = (
        "This comment has no German translation yet, and offices read German. Nothing was published. Add it:"
        " feedback-service comments translate"
    )


class ThemesUnnamed(FeedbackError):
    """A comment is decided once; what it was about couldn't be said afterwards."""

    status = 409
    code = "comment-themes-missing"
    message = (
        "Nobody said yet what this comment is about. Nothing was changed. Say it, or that it fits no theme:"
        " feedback-service comments theme"
    )


class SameReviewer(FeedbackError):
    """Two pairs of eyes are two people's."""

    status = 409
    code = "comment-same-reviewer"
    message = "%(reviewer)s has approved this comment already. It needs somebody else now."


class ChangedMeanwhile(FeedbackError):
    """Somebody else was at the same comment."""

    status = 409
    code = "comment-changed"
    message = "Somebody else changed or decided %(id)s just now. Nothing was changed; look at it again."


class ReviewerUnnamed(FeedbackError):
    """Nobody can be told from somebody else without a name."""

    status = 422
    code = "comment-reviewer"
    message = "Say who you are: --reviewer NAME. It is forgotten when the comment is decided."


@dataclass(frozen=True, slots=True)
class Waiting:
    """A comment that is not decided, with what was made of it so far; `stored` is how it was read."""

    stored: StoredComment
    written: Written
    draft: Draft

    @property
    def id(self) -> str:
        """How people name it."""
        return self.written.key.hex()

    @property
    def mark(self) -> str:
        """Changes with everything that is made of it: who approves says which state was read."""
        return sha256(self.stored.key + (self.stored.draft or b"")).hexdigest()[:6]

    @property
    def text(self) -> str:
        """What would be published now."""
        return self.written.text if self.draft.text is None else self.draft.text


@dataclass(frozen=True, slots=True)
class Approved:
    """What an approval did: `quote` once enough people let it through, else how many more it needs."""

    needed: int
    quote: Quote | None = field(default=None, repr=False)


def waiting(review: Review) -> Iterator[Waiting]:
    """All undecided comments, in the order of their random ids."""
    with review.store.read() as connection:
        stored = all_comments(connection, review.round.number)
    for one in stored:
        written = review.read(one)
        if written is not None:
            yield Waiting(one, written, _draft(review, one))


def find(review: Review, prefix: str) -> Waiting:
    """The undecided comment whose id begins so. Raises `UnknownComment`."""
    with review.store.read() as connection:
        stored = all_comments(connection, review.round.number)
    meant = [one for one in stored if prefix and one.key.hex().startswith(prefix.lower())]
    found = [Waiting(one, written, _draft(review, one)) for one in meant if (written := review.read(one))]
    if len(found) != 1:
        raise UnknownComment(id=prefix[:40], number=len(found))
    return found[0]


def redact(review: Review, one: Waiting, text: str) -> Draft:
    """Put another text in its place. Translations and approvals were of the old one, and go.

    Raises `UnusableText`.
    """
    return _keep(review, one, replace(one.draft, text=_usable(text), translations={}, approved_by=()))


def translate(review: Review, one: Waiting, language: str, text: str) -> Draft:
    """Add a translation, or replace it; approvals go. Raises `UnusableText`, `UnknownTextLanguage`.

    Of an English comment that is the same in other words: no original but a German one is published.
    """
    known = [code for code in _PUBLISHED if (code, one.written.language) != (GERMAN, GERMAN)]
    if language not in known:
        raise UnknownTextLanguage(known=", ".join(known))
    translations = {**one.draft.translations, language: _usable(text)}
    return _keep(review, one, replace(one.draft, translations=translations, approved_by=()))


def name_themes(review: Review, one: Waiting, themes: Sequence[str]) -> Draft:
    """Say what it is about; none at all is lawful. Raises `UnusableThemes`."""
    known = themes_of(review.questionnaire)
    if len(themes) > MOST_THEMES or len(set(themes)) < len(themes) or not set(themes) <= set(known):
        raise UnusableThemes(most=MOST_THEMES, known=", ".join(known) or "none")
    return _keep(review, one, replace(one.draft, themes=tuple(themes)))


def reviewer_name(typed: str) -> str:
    """As it stands in `approved_by`: Ada and " ada " are one."""
    return " ".join(typed.split()).casefold()[:60]


def still_personal(one: Waiting) -> list[str]:
    """What seems to show who somebody is in the texts that would be published, by kind."""
    texts = [one.text, *one.draft.translations.values()]
    return sorted({str(found.kind) for text in texts for found in find_personal(text)})


def approve(
    review: Review, one: Waiting, reviewer: str, place: Place = "region", *, sure: bool = False
) -> Approved:
    """Let it through. The last of the needed people publishes it, and destroys the original.

    Raises `ReviewerUnnamed`, `SameReviewer`, `StillPersonal`, `TranslationMissing`, `ThemesUnnamed`; then
    nothing is changed.
    """
    name = reviewer_name(reviewer)
    if not name:
        raise ReviewerUnnamed
    texts = _published(one)
    kinds = still_personal(one)
    if kinds and not sure:
        raise StillPersonal(kinds=", ".join(kinds))
    if GERMAN not in texts:
        raise TranslationMissing
    if one.draft.themes is None:
        raise ThemesUnnamed
    # Whoever approved it for another place approved something else.
    before = one.draft.approved_by if one.draft.place == place else ()
    if name in before:
        raise SameReviewer(reviewer=" ".join(reviewer.split())[:60])
    draft = replace(one.draft, place=place, approved_by=(*before, name))
    if len(draft.approved_by) < review.eyes:
        _keep(review, one, draft)
        return Approved(review.eyes - len(draft.approved_by))
    quote = _quote(review, one, place, texts)
    _decide(review, one, quote)
    return Approved(0, quote)


def reject(review: Review, one: Waiting) -> None:
    """Never publish it; what was written is destroyed. Raises `ThemesUnnamed`, `ChangedMeanwhile`."""
    _decide(review, one, None)


def _quote(review: Review, one: Waiting, place: Place, texts: Mapping[str, str]) -> Quote:
    region = review.directory.state.ags if place == "state" else one.written.region
    # An id of its own: nothing leads from a published quote to the comment's row.
    return Quote(secrets.token_hex(16), review.round.survey, review.round.round, region, texts)


def _draft(review: Review, one: StoredComment) -> Draft:
    """Where it was damaged the comment is as it came: nothing of it was approved."""
    try:
        return review.draft(one)
    except CannotOpen:
        return Draft()


def _published(one: Waiting) -> dict[str, str]:
    """By language. A text that isn't German is published in translation alone.

    In a region of twenty answers a language can be one person's, and a translation hides a way of writing.
    """
    own = {GERMAN: one.text} if one.written.language == GERMAN else {}
    return {**own, **one.draft.translations}


def _decide(review: Review, one: Waiting, quote: Quote | None) -> None:
    if one.draft.themes is None:
        raise ThemesUnnamed
    themes = review.sealed(Draft(themes=one.draft.themes))
    with review.store.begin() as connection:
        if not decide(connection, review.round.number, one.stored, themes):
            raise ChangedMeanwhile(id=one.id[:8])
        if quote is not None:
            add_quote(connection, quote)
    review.store.scrub()


def _keep(review: Review, one: Waiting, draft: Draft) -> Draft:
    try:
        sealed = review.sealed(draft)
    except ContentTooLong:
        raise UnusableText(most=TEXT_CHARACTERS) from None
    with review.store.begin() as connection:
        if not put_draft(connection, review.round.number, one.stored, sealed):
            raise ChangedMeanwhile(id=one.id[:8])
    return draft


def _usable(raw: str) -> str:
    text = clean_text(raw)
    if not 0 < len(text) <= TEXT_CHARACTERS:
        raise UnusableText(most=TEXT_CHARACTERS)
    return text
