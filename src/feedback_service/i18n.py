"""The languages: one table of what each is called, how it runs and counts; the catalogs; numbers.

The interface's source language is English, a text being its own message id. Catalogs are read from
`locales/<code>/LC_MESSAGES/feedback.po` when a process starts; there is no compiled copy to go stale.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path
from typing import Literal

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal
from markupsafe import Markup, escape

from .errors import FeedbackError

SOURCE_LANGUAGE = "en"
DOMAIN = "feedback"


@dataclass(frozen=True, slots=True)
class Language:
    """One language. `weather` is where the quick exit leads: an everyday page that this language has."""

    code: str
    own_name: str
    bcp47: str
    babel_locale: str
    direction: Literal["ltr", "rtl"]
    script: str
    plural: str
    weather: str = "https://www.accuweather.com/"


_ONE = "nplurals=1; plural=0;"
_TWO = "nplurals=2; plural=(n != 1);"
_TWO_FROM_TWO = "nplurals=2; plural=(n > 1);"
_SLAVIC = (
    "nplurals=3; plural=(n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20) ? 1 : 2);"
)
_ARABIC = (
    "nplurals=6; plural=(n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n%100>=3 && n%100<=10 ? 3 :"
    " n%100>=11 && n%100<=99 ? 4 : 5);"
)
_MACEDONIAN = "nplurals=2; plural=(n%10==1 && n%100!=11 ? 0 : 1);"

_W = "https://www.accuweather.com/"
_TABLE = (
    Language("de", "Deutsch", "de", "de", "ltr", "Latn", _TWO, _W + "de/"),
    Language("en", "English", "en", "en", "ltr", "Latn", _TWO, _W + "en/"),
    Language("uk", "Українська", "uk", "uk", "ltr", "Cyrl", _SLAVIC, _W + "uk/"),
    Language("ru", "Русский", "ru", "ru", "ltr", "Cyrl", _SLAVIC, _W + "ru/"),
    Language("ar", "العربية", "ar", "ar", "rtl", "Arab", _ARABIC, _W + "ar/"),
    Language("fa", "فارسی", "fa", "fa", "rtl", "Arab", _TWO_FROM_TWO, _W + "fa/"),
    Language("prs", "دری", "fa-AF", "fa_AF", "rtl", "Arab", _TWO_FROM_TWO, _W + "fa/"),
    Language("ps", "پښتو", "ps", "ps", "rtl", "Arab", _TWO),
    Language("kmr", "Kurdî (Kurmancî)", "kmr", "ku", "ltr", "Latn", _TWO),
    Language("ckb", "کوردیی ناوەندی", "ckb", "ckb", "rtl", "Arab", _TWO),
    Language("tr", "Türkçe", "tr", "tr", "ltr", "Latn", _TWO, _W + "tr/"),
    Language("ti", "ትግርኛ", "ti", "ti", "ltr", "Ethi", _TWO_FROM_TWO),
    Language("am", "አማርኛ", "am", "am", "ltr", "Ethi", _TWO_FROM_TWO),
    Language("so", "Soomaali", "so", "so", "ltr", "Latn", _TWO),
    Language("fr", "Français", "fr", "fr", "ltr", "Latn", _TWO_FROM_TWO, _W + "fr/"),
    Language("sq", "Shqip", "sq", "sq", "ltr", "Latn", _TWO),
    Language("mk", "Македонски", "mk", "mk", "ltr", "Cyrl", _MACEDONIAN, _W + "mk/"),
    Language("ka", "ქართული", "ka", "ka", "ltr", "Geor", _TWO),
    Language("sr", "Српски", "sr", "sr", "ltr", "Cyrl", _SLAVIC, _W + "sr/"),
    Language("ur", "اردو", "ur", "ur", "rtl", "Arab", _TWO),
)
LANGUAGES: Mapping[str, Language] = {language.code: language for language in _TABLE}


@dataclass(frozen=True, slots=True)
class Interface:
    """The interface's texts in one language."""

    language: Language
    translations: NullTranslations

    def text(self, message: str, /, **facts: object) -> Markup:
        """The message in this language, its placeholders filled and escaped, ready for HTML."""
        return _fill(self.translations.gettext(message), facts)

    def counted(self, one: str, many: str, n: int, /, **facts: object) -> Markup:
        """The form of a message that goes with the number `n`."""
        return _fill(self.translations.ngettext(one, many, n), {"n": self.number(n), **facts})

    def plain(self, message: str, /, **facts: object) -> str:
        """The message as plain text, for mail and terminals."""
        return self.translations.gettext(message) % facts

    def plain_counted(self, one: str, many: str, n: int) -> str:
        """The form of a message that goes with the number `n`, as plain text."""
        return self.translations.ngettext(one, many, n) % {"n": self.number(n)}

    def error(self, error: FeedbackError) -> Markup:
        """An error's sentence, numbers in it isolated so that they stay right in right-to-left text."""
        return self.text(error.message, **{name: isolated(fact) for name, fact in error.facts.items()})

    def number(self, value: int | float) -> str:
        """A number as this language writes it."""
        return format_decimal(value, locale=self.language.babel_locale)


def isolated(value: object) -> Markup:
    """A number or a name that keeps its own direction whatever stands around it."""
    return Markup("<bdi>{}</bdi>").format(value)


def _fill(translated: str, facts: Mapping[str, object]) -> Markup:
    # Always, also without facts: a percent sign stands doubled in every message.
    return escape(translated) % facts


def load_interfaces(folder: Path | None = None) -> dict[str, Interface]:
    """The languages that have a catalog, in the table's order. English needs none."""
    folder = folder or locales_folder()
    found = {}
    for language in _TABLE:
        catalog = folder / language.code / "LC_MESSAGES" / f"{DOMAIN}.po"
        if language.code == SOURCE_LANGUAGE:
            found[language.code] = Interface(language, NullTranslations())
        elif catalog.exists():
            found[language.code] = Interface(language, _read_catalog(catalog))
    return found


def _read_catalog(path: Path) -> GNUTranslations:
    with path.open("rb") as source:
        catalog = read_po(source, abort_invalid=True)
    compiled = BytesIO()
    write_mo(compiled, catalog)
    compiled.seek(0)
    return GNUTranslations(compiled)


def locales_folder() -> Path:
    """Beside the package where it is installed, at the top of the tree where it is developed."""
    here = Path(__file__).parent
    installed = here / "locales"
    return installed if installed.is_dir() else here.parent.parent / "locales"


def preferred_first(accept_language: str, offered: Iterable[str]) -> list[str]:
    """`offered` codes, those first that a browser's Accept-Language prefers, the rest as they were.

    A tag that names a language exactly decides about it; a related one (`de-AT` for `de`) where none does.
    """
    codes = list(offered)
    least = (0.0, -len(accept_language))
    exact: dict[str, tuple[float, int, int]] = {}
    related: dict[str, tuple[float, int, int]] = {}
    for position, part in enumerate(accept_language.split(",")[:40]):
        tag, _, parameter = part.partition(";")
        quality = _quality(parameter)
        weight = (quality, -position) if quality else least
        for code in codes:
            if tag.strip().lower() in _tags(code):
                exact.setdefault(code, (*weight, int(quality > 0)))
            elif tag.strip().lower().split("-")[0] in {one.split("-")[0] for one in _tags(code)}:
                related.setdefault(code, (*weight, 0))
    return sorted(codes, key=lambda code: exact.get(code, related.get(code, (*least, 0))), reverse=True)


def _tags(code: str) -> set[str]:
    """What a browser may call a language: our code, its BCP 47 tag, its name in the locale data."""
    language = LANGUAGES[code]
    return {code, language.bcp47.lower(), language.babel_locale.lower().replace("_", "-")}


def _quality(parameter: str) -> float:
    name, _, value = parameter.strip().partition("=")
    try:
        quality = float(value) if name.strip() == "q" else 1.0
    except ValueError:
        return 0.0
    return quality if 0 <= quality <= 1 else 0.0
