"""Names that a title gives away, in the languages of the service.

Scripts with capital letters: capitalised words beside a title. Others: the one word after it. Each word is
looked up, so the time grows with the text and nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from .found import Found, Kind
from .titles import (
    ABBREVIATED,
    AFTER,
    ALSO_BARE,
    BEFORE,
    BEFORE_UNLESS_ARTICLE,
    CAPITAL,
    LONE_PARTICLES,
    MAY_BE_ABBREVIATED,
    NO_NAME,
    PARTICLES,
)

# Letters with the marks on them; joined by hyphen, apostrophe, joiner or (Ethiopic titles) slash.
_LETTER = r"[^\W\d_][\u0300-\u036f\u0610-\u061a\u064b-\u065f\u0670]*"
_WORD = re.compile(rf"{_LETTER}(?:['’ʼ/\u200c\u200d-]?{_LETTER})*")
_GAP = re.compile(r"[ \u00a0\u202f]{1,2}")
_GAP_AFTER_STOP = re.compile(r"\.[ \u00a0\u202f]{0,2}")
_MOST_WORDS = 4
_ARTICLE = "ال"

Words = Sequence[re.Match[str]]


def names(text: str) -> Iterator[Found]:
    """From the title to the last word of the name, or the other way round."""
    words = list(_WORD.finditer(text))
    for place, word in enumerate(words):
        key = word[0].casefold()
        if _is_title(text, words, place, key):
            last = _end_of_name(text, words, place)
            if last is not None:
                yield Found(word.start(), last.end(), Kind.NAME)
        elif (
            key in AFTER and place and _joined(text, words, place - 1) and _could_be_name(words[place - 1][0])
        ):
            yield Found(words[place - 1].start(), word.end(), Kind.NAME)


def _is_title(text: str, words: Words, place: int, key: str) -> bool:
    if key in BEFORE or key in ALSO_BARE:
        return True
    if key in CAPITAL:
        return _is_capital(words[place][0])
    if key in ABBREVIATED:
        return _stopped(text, words[place])
    follows = words[place + 1][0] if place + 1 < len(words) else ""
    return key in BEFORE_UNLESS_ARTICLE and not follows.startswith(_ARTICLE)


def _end_of_name(text: str, words: Words, place: int) -> re.Match[str] | None:
    """The last word of the name after the title at `place`; `None` where no name follows."""
    last = None
    for at in range(place, min(place + _MOST_WORDS, len(words) - 1)):
        if not _joined(text, words, at):
            break
        word = words[at + 1][0]
        if _is_title(text, words, at + 1, word.casefold()) and last is None:
            continue
        if _is_particle(words, at + 1, last is None):
            continue
        if not _could_be_name(word) or (last is not None and not _is_capital(word)):
            break
        last = words[at + 1]
        if not _is_capital(word):
            # Where nothing shows where a name ends, one word is taken.
            break
    return last


def _joined(text: str, words: Words, place: int) -> bool:
    """Whether only a space stands between the word and the next; after an abbreviation its full stop too."""
    between = text[words[place].end() : words[place + 1].start()]
    abbreviated = words[place][0].casefold() in MAY_BE_ABBREVIATED
    return bool(_GAP.fullmatch(between) or (abbreviated and _GAP_AFTER_STOP.fullmatch(between)))


def _is_particle(words: Words, place: int, first: bool) -> bool:
    word = words[place][0]
    if word.casefold() not in PARTICLES or _is_capital(word):
        return False
    before = words[place - 1][0].casefold()
    return word.casefold() in LONE_PARTICLES or (before in PARTICLES if first else True)


def _could_be_name(word: str) -> bool:
    cased = word[0].lower() != word[0].upper() and word[0] not in _GEORGIAN
    return len(word) > 1 and (word[0].isupper() or not cased) and word.casefold() not in NO_NAME


def _is_capital(word: str) -> bool:
    return word[0].isupper()


def _stopped(text: str, word: re.Match[str]) -> bool:
    return text[word.end() : word.end() + 1] == "."


# Unicode has capitals for it, nobody writes them.
_GEORGIAN = frozenset(map(chr, range(0x10D0, 0x1100)))
