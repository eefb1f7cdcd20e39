"""Reviews the invented comments as reviewers would: the older quarter to its end, of the newest some.

So a demonstration shows quotes and themes, and there is something left for `comments next`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from ..moderation.deciding import approve, find, name_themes, translate, waiting
from ..moderation.finishing import finish
from ..moderation.opening import Review, open_review
from ..rounds.key_folder import private_path, reviewers_path
from ..rounds.reviewers import make_reviewers_key
from ..rounds.trustees import find_key
from ..sealing.wrapping import Derivation, derive
from ..storage.comments import find_batch
from ..storage.quotes import quotes_of_round
from ..storage.rounds import Round
from ..storage.session import Store
from .passphrase import DEMO_PASSPHRASE

_REVIEWER = "demo"
_MAKING = "demo.reviewers"


@dataclass(frozen=True, slots=True)
class _Known:
    """What is made of one invented text. `themes` by survey; it is quoted in the surveys of `quoted`."""

    themes: dict[str, tuple[str, ...]]
    german: str
    english: str
    quoted: tuple[str, ...] = ()


_KNOWN = {
    "Mehr Zeit für Gespräche.": _Known(
        {"clients": ("other",), "counsellors": ("caseload",)},
        "", "More time to talk.", ("counsellors",),
    ),
    "Die Briefe verstehe ich nicht.": _Known(
        {"clients": ("letters",), "counsellors": ("forms",)}, "", "I don't understand the letters.",
    ),
    "Feste Stellen statt Befristung.": _Known(
        {"counsellors": ("funding",)}, "", "Permanent posts instead of temporary ones.", ("counsellors",),
    ),
    "A flat would change everything.": _Known(
        {"clients": ("housing",), "counsellors": ("housing",)},
        "Eine Wohnung würde alles ändern.", "A flat would change everything.", ("clients",),
    ),
    "Shorter forms, please.": _Known(
        {"clients": ("letters",), "counsellors": ("forms",)}, "Bitte kürzere Formulare.", "",
    ),
    "Потрібні курси німецької ввечері.": _Known(
        {"clients": ("german",)},
        "Wir brauchen Deutschkurse am Abend.", "We need German classes in the evening.", ("clients",),
    ),
    "Допоможіть знайти квартиру.": _Known(
        {"clients": ("housing",)}, "Helfen Sie mir, eine Wohnung zu finden.", "",
    ),
    "أحتاج إلى مترجم في الموعد.": _Known(
        {"clients": ("letters",), "counsellors": ("interpreters",)},
        "Ich brauche jemanden zum Dolmetschen beim Termin.",
        "I need an interpreter at my appointment.", ("clients",),
    ),
    "أريد أن أعمل بسرعة.": _Known({"clients": ("work",)}, "Ich möchte schnell arbeiten.", ""),
}  # fmt: skip


def review_comments(store: Store, one: Round, passes: Derivation, today: date, *, to_the_end: bool) -> None:
    """Name themes, let a few quotes through, and where it is `to_the_end` reject the rest and publish themes.

    Killed and run again it goes on: the reviewers' key comes to its place when all is done.
    """
    key_file = private_path(store.key_folder, one.survey, one.round)
    making = store.folder / _MAKING
    making.unlink(missing_ok=True)
    place = find_key(store.key_folder, one.survey, one.round, key_file, [one])
    make_reviewers_key(place, DEMO_PASSPHRASE, making, derive(DEMO_PASSPHRASE, passes))
    # One pair of eyes: nobody real is quoted.
    review = open_review(store, one, making, DEMO_PASSPHRASE, eyes=1)
    _name_themes(review, everywhere=to_the_end)
    for original in _to_quote(review):
        _publish(review, original, _KNOWN[original])
    if to_the_end:
        finish(review, today, reject_rest=True)
        making.unlink()
    else:
        making.replace(reviewers_path(key_file))


def is_reviewed(store: Store, one: Round) -> bool:
    """Whether that is done."""
    with store.read() as connection:
        finished = find_batch(connection, one.number) is None
    return finished or reviewers_path(private_path(store.key_folder, one.survey, one.round)).exists()


def _name_themes(review: Review, *, everywhere: bool) -> None:
    """Figures need all texts looked at; where some are left to do, the others are left unnamed."""
    for one in list(waiting(review)):
        known = _KNOWN.get(one.written.text)
        themes = known.themes.get(review.round.survey, ()) if known else ()
        if (themes or everywhere) and themes != one.draft.themes:
            name_themes(review, one, themes)


def _to_quote(review: Review) -> Iterator[str]:
    """Texts of this survey that aren't quoted yet."""
    survey = review.round.survey
    with review.store.read() as connection:
        quoted = quotes_of_round(connection, review.round.round)
    there = {one.texts["de"] for one in quoted if one.survey == survey}
    for original, known in _KNOWN.items():
        if survey in known.quoted and (known.german or original) not in there:
            yield original


def _publish(review: Review, original: str, known: _Known) -> None:
    """The first comment with that text, where there is one."""
    one = next((each for each in waiting(review) if each.written.text == original), None)
    if one is None:
        return
    for language, text in (("de", known.german), ("en", known.english)):
        if text:
            translate(review, find(review, one.id), language, text)
    approve(review, find(review, one.id), _REVIEWER, sure=True)
