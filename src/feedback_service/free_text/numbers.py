"""Numbers that lead to a person: telephones, bank accounts, files of offices; and e-mail addresses.

Everything here reads a text in plain signs (`plain_signs`). Patterns begin where no word or number goes on
and repeat within bounds, so that no text can make them slow.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from phonenumbers import Leniency, PhoneNumberMatcher, is_valid_number, parse
from stdnum import iban
from stdnum.de import idnr
from stdnum.iso7064 import mod_97_10

from .found import Found, Kind

_REGION = "DE"
# Candidates that may fail before the rest of a text is left unread; an honest one has a handful.
_MOST_TRIES = 60
_EMAIL = re.compile(
    r"(?<![\w.+-])[\w.+-]{1,64} ?(?:@|\(at\)|\[at\]) ?[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}", re.I
)

_IBAN_BEGINS = re.compile(r"(?<![A-Z0-9])[A-Z]{2}[0-9]{2}(?=[ -]?[A-Z0-9])", re.I)
_IBAN_SIGN = re.compile(r"[ -]?[A-Z0-9]", re.I)
_IBAN_LENGTHS = range(15, 35)

# Words after which a number is one that an office gave, in the languages of the service.
_FILE_WORDS = (
    r"az\.?|aktenzeichen|akten-?(?:nr\.?|nummer)|gesch(?:ä|ae)ftszeichen|gz\.|azr(?:-?(?:nr\.?|nummer))?|bg-?(?:nr\.?|nummer)"
    r"|kunden-?(?:nr\.?|nummer)|vorgangs-?(?:nr\.?|nummer)|kassenzeichen|steuer-?(?:id|nr\.?|nummer)"
    r"|(?:file|case|reference) (?:number|no\.?)|num[ée]ro de dossier|dossier n[o°]?\.?"
    r"|dosya (?:no\.?|numarası|numaram)|hejmara dosyeyê|numri i dosjes|lambarka faylka"
    r"|номер (?:справи|дела|на предмет|предмета)|број на предмет|број предмета|broj predmeta"
    r"|رقم (?:الملف|ملفي|القضية|المعاملة)|شماره (?:پرونده|دوسیه)|د دوسیې شمېره"
    r"|ژمارەی (?:دۆسیە|فایل)|فائل نمبر|کیس نمبر"
    r"|ቁጽሪ ፋይል|የፋይል ቁጥር|საქმის ნომერი"
)
_AFTER_FILE_WORD = re.compile(
    rf"(?<!\w)(?:{_FILE_WORDS})(?!\w)[ :.#-]{{0,4}}(?:(?:ist|lautet|is|nr\.?|no\.?) ?:? ?)?"
    r"([A-Z0-9](?:[ ./-]{0,2}[A-Z0-9]){3,29})(?!\w)",
    re.I,
)
_FILE_NUMBERS = re.compile(
    r"(?<![\w/-])(?:"
    # Federal Office for Migration: seven digits, three for the country.
    r"[1-9][ .]?[0-9]{3}[ .]?[0-9]{3} ?[-/] ?[0-9]{3}"
    # Job centres: a household, a customer.
    r"|[0-9]{3,6}(?://)?BG[0-9]{4,8}|[0-9]{3,6}//(?:BG)?[0-9]{4,8}|[0-9]{3}[A-Z][0-9]{6}"
    # Courts: chamber, register, number, year.
    r"|(?:[A-Z] )?[0-9]{1,3} [A-Z]{1,3} [0-9]{1,5}/[0-9]{2}"
    # Pension insurance: area, birthday, initial, serial number.
    r"|[0-9]{2} ?[0-9]{6} ?[A-Z] ?[0-9]{3}"
    r")(?![\w/-])"
)
_TAX_NUMBER = re.compile(r"(?<![\w-])[1-9][0-9](?: ?[0-9]{3}){3}(?![\w-])")
# Central Register of Foreigners.
_TWELVE_DIGITS = re.compile(
    r"(?<![\w+-])[1-9](?:[0-9]{11}|[0-9]{2}(?: [0-9]{3}){3}|[0-9]{3}(?: [0-9]{4}){2})(?![\w-])"
)

# Mobile numbers as newcomers write them, without the zero or the plus sign in front.
_MOBILE = re.compile(r"(?<![\w+/.,-])(?:49[ /-]?)?1[567][0-9][ /-]?[0-9]{3,4}[ /-]?[0-9]{3,5}(?![\w/-])")

_DAY = r"[0-3]?[0-9]\. ?[0-1]?[0-9]\. ?(?:[0-9]{4}|[0-9]{2})"
# What has a telephone's digits and is none: dates, hours, amounts, keys of municipalities.
_NO_TELEPHONE = re.compile(
    r"(?<![\w+/-])(?:"
    rf"{_DAY}(?: ?- ?{_DAY})?"
    r"|[0-3]?[0-9]([/-])[0-1]?[0-9]\1(?:[0-9]{4}|[0-9]{2})|(?:19|20)[0-9]{2}([./-])[0-1]?[0-9]\2[0-3]?[0-9]"
    r"|[0-2]?[0-9][.:][0-5][0-9](?: ?- ?[0-2]?[0-9][.:][0-5][0-9])?"
    r"|[0-9]{1,3}(?:[. ][0-9]{3}){0,3}(?:,[0-9]{1,2})? ?(?:€|euro|eur|%)"
    r"|08[1-4][1-3][0-9](?:[0-9]{3})?"
    r")(?![\w/-])",
    re.I,
)


def emails(plain: str) -> Iterator[Found]:
    """Addresses, also with the sign written out in brackets."""
    return (Found(*one.span(), Kind.EMAIL) for one in _EMAIL.finditer(plain))


def ibans(plain: str) -> Iterator[Found]:
    """Account numbers with a right check number, in groups or not."""
    for begin in _IBAN_BEGINS.finditer(plain):
        signs = plain[begin.start() : begin.end()]
        end = begin.end()
        while len(signs) < _IBAN_LENGTHS.stop and (sign := _IBAN_SIGN.match(plain, end)):
            signs, end = signs + sign[0][-1], sign.end()
            # The cheap check first: the library's own looks a country up.
            if (
                len(signs) in _IBAN_LENGTHS
                and mod_97_10.is_valid(signs[4:] + signs[:4])
                and iban.is_valid(signs)
            ):
                yield Found(begin.start(), end, Kind.IBAN)
                break


def file_numbers(plain: str) -> Iterator[Found]:
    """Numbers by their shape, and any number after a word that says what it is."""
    for one in _AFTER_FILE_WORD.finditer(plain):
        if sum(sign.isdigit() for sign in one[1]) >= 4:
            yield Found(*_without_words_behind(one), Kind.FILE_NUMBER)
    yield from (Found(*one.span(), Kind.FILE_NUMBER) for one in _FILE_NUMBERS.finditer(plain))
    for one in _TAX_NUMBER.finditer(plain):
        if idnr.is_valid(one[0]):
            yield Found(*one.span(), Kind.FILE_NUMBER)


def _without_words_behind(found: re.Match[str]) -> tuple[int, int]:
    """Where the number ends: after its last digit, as what follows may be the next word of the sentence."""
    start, end = found.span(1)
    return start, end - next(place for place, sign in enumerate(reversed(found[1])) if sign.isdigit())


def telephones(plain: str) -> Iterator[Found]:
    """Numbers that can be dialled, from Germany or with the code of a country."""
    text = _NO_TELEPHONE.sub(lambda one: "§" * len(one[0]), plain)
    matcher = PhoneNumberMatcher(text, _REGION, leniency=Leniency.VALID, max_tries=_MOST_TRIES)
    yield from (Found(one.start, one.end, Kind.PHONE) for one in matcher)
    for one in _MOBILE.finditer(text):
        if is_valid_number(parse(one[0], _REGION)):
            yield Found(*one.span(), Kind.PHONE)


def bare_numbers(plain: str) -> Iterator[Found]:
    """Twelve digits that are nothing else: the number in the Central Register of Foreigners."""
    return (Found(*one.span(), Kind.FILE_NUMBER) for one in _TWELVE_DIGITS.finditer(plain))
