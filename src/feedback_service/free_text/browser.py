r"""The same search, simpler, as one regular expression for the browser's own second look.

JavaScript's syntax with the flags `g` and `u`, without lookbehind, which phones of before 2023 don't know.
It checks no sums and asks no telephone plan: `find.py` is stricter with numbers and knows more shapes.
"""

from __future__ import annotations

from .found import Kind
from .titles import AFTER, BEFORE, NO_NAME

_DIGIT = r"\p{Nd}"
# Dates begin like telephones; the zeros are those of Latin, Arabic, Persian, Devanagari and Bengali digits.
_PHONE = rf"(?!{_DIGIT}{{2}}\.{_DIGIT}{{2}}\.)(?:\+|\b0|[٠۰०০])(?:[ ()\/.\-]{{0,2}}{_DIGIT}){{8,14}}"
_MOBILE = rf"\b(?:49 ?)?1[567]{_DIGIT}[ \/\-]?{_DIGIT}{{7,8}}\b"
_EMAIL = r"[^\s@]{1,64}@[^\s@]{1,64}\.\p{L}{2,9}"
_IBAN = (
    rf"\b(?:[A-Z]{{2}}|de){_DIGIT}{{2}}(?: ?[{_DIGIT}A-Z]{{4}}){{3,7}}(?: ?[{_DIGIT}A-Z]{{1,3}}(?!\p{{L}}))?"
)
_FILE_NUMBERS = rf"{_DIGIT}{{7}} ?[\-\/] ?{_DIGIT}{{3}}|{_DIGIT}{{3,6}}\/*BG{_DIGIT}{{4,8}}|{_DIGIT}{{11,12}}"
_NAME = r"(?:\p{Lu}|[\p{Lo}ა-ჰ])[\p{L}\p{M}'’\-]+"
# No letter before: what stands there is matched too, and only cut off where it is a space.
_BEGINS = r"(?:^|[\s(„])"
_SHORT = r"(?:[Dd]r|[Pp]rof|Hr|Fr|M|Mrs?|Ms|Mme|Mlle|Znj)\. ?|(?:Dr|Prof) "
_PARTICLES = r"(?:(?:von|van|[EeAa]l|[Aa]bu|[Bb]in)(?: de[rn])? ){0,2}"
_FILE_WORDS = (
    r"Aktenzeichen|Gesch[äa]e?ftszeichen|(?:BG|AZR|Kunden|Akten|Vorgangs|Steuer)-?(?:[Nn]ummer|[Nn]r\.?|ID)"
    r"|Az\.?|AZR?|[Нн]омер (?:справи|дела)|رقم الملف|شماره پرونده"
)


def browser_expression() -> str:
    """One group for each of `browser_kinds`, none inside another."""
    words = rf"{_BEGINS}(?:{_FILE_WORDS})[ :.#\-]{{1,4}}[A-Z{_DIGIT}\/\-](?:[ .\/\-]?[A-Z{_DIGIT}]){{3,20}}"
    no_name = rf"(?!(?:{'|'.join(sorted(map(_capital, NO_NAME)))})(?![\p{{L}}']))"
    before = rf"(?:(?:{_either(BEFORE)}) (?:{_SHORT})?|{_SHORT}){_PARTICLES}{no_name}{_NAME}"
    after = rf"(?!(?:Bir|Bu|Şu|Her|Çok) ){_NAME} (?:{_either(AFTER)})(?!\p{{L}})"
    groups = (
        f"{_PHONE}|{_MOBILE}",
        _EMAIL,
        _IBAN,
        f"{words}|{_FILE_NUMBERS}",
        rf"{_BEGINS}(?:{before}|{after})",
    )
    return "|".join(f"({group})" for group in groups)


def browser_kinds() -> tuple[Kind, ...]:
    """What each group of the expression finds."""
    return (Kind.PHONE, Kind.EMAIL, Kind.IBAN, Kind.FILE_NUMBER, Kind.NAME)


def _either(words: frozenset[str]) -> str:
    """Any of the words, with a capital or a small letter in front."""
    both = (word if word == _capital(word) else f"[{word[0]}{_capital(word)[0]}]{word[1:]}" for word in words)
    return "|".join(sorted(both))


def _capital(word: str) -> str:
    """With a capital letter in front where the script has some that people write; Georgian's nobody does."""
    return word if "ა" <= word[0] <= "ჰ" else word[0].upper() + word[1:]
