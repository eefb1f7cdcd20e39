"""The languages, their catalogs, and texts that stay right and harmless whatever fills them."""

from __future__ import annotations

from decimal import Decimal
from gettext import NullTranslations, c2py
from pathlib import Path
from typing import ClassVar

import pytest
from babel import Locale
from babel.messages.pofile import PoFileError
from babel.plural import to_python
from hypothesis import example, given, settings
from hypothesis import strategies as st
from markupsafe import Markup

from feedback_service.errors import FeedbackError
from feedback_service.i18n import (
    LANGUAGES,
    Interface,
    isolated,
    load_interfaces,
    locales_folder,
    preferred_first,
)

# The brief's twenty, in its order: German, English, Ukrainian, Russian, Arabic, Persian, Dari, Pashto, two
# Kurdish, Turkish, Tigrinya, Amharic, Somali, French, Albanian, Macedonian, Georgian, Serbian, Urdu.
CODES = [
    "de", "en", "uk", "ru", "ar", "fa", "prs", "ps", "kmr", "ckb", "tr", "ti", "am", "so", "fr", "sq", "mk",
    "ka", "sr", "ur",
]  # fmt: skip
RIGHT_TO_LEFT = {"ar", "fa", "prs", "ps", "ckb", "ur"}
SCRIPTS = {
    "Latn": ("A", "\u024f"),
    "Cyrl": ("\u0400", "\u04ff"),
    "Arab": ("\u0600", "\u06ff"),
    "Ethi": ("\u1200", "\u137f"),
    "Geor": ("\u10a0", "\u10ff"),
}
every = pytest.mark.parametrize("code", CODES)
CATALOG = """\
msgid ""
msgstr ""
"Language: uk\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Plural-Forms: nplurals=3; plural=(n%10==1 && n%100!=11 ? 0 :"
" n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20) ? 1 : 2);\\n"

#, python-format
msgid "Hello %(name)s"
msgstr "<b>Вітаємо</b>, %(name)s"

#, python-format
msgid "%(n)s answer"
msgid_plural "%(n)s answers"
msgstr[0] "%(n)s відповідь"
msgstr[1] "%(n)s відповіді"
msgstr[2] "%(n)s відповідей"

#, python-format
msgid "%(n)s round"
msgid_plural "%(n)s rounds"
msgstr[0] ""
msgstr[1] ""
msgstr[2] ""

msgid "Not yet"
msgstr ""

#, fuzzy
msgid "Unsure"
msgstr "Невпевнено"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    catalog = tmp_path / "uk" / "LC_MESSAGES" / "feedback.po"
    catalog.parent.mkdir(parents=True)
    catalog.write_text(CATALOG, "utf-8")
    return tmp_path


@pytest.fixture
def ukrainian(folder: Path) -> Interface:
    return load_interfaces(folder)["uk"]


def _plain(code: str) -> Interface:
    return Interface(LANGUAGES[code], NullTranslations())


def test_the_table_has_the_twenty_languages_of_the_brief_in_its_order() -> None:
    assert list(LANGUAGES) == CODES
    assert len(set(CODES)) == 20
    assert all(language.code == code for code, language in LANGUAGES.items())


def test_six_languages_run_from_right_to_left() -> None:
    assert {code for code, one in LANGUAGES.items() if one.direction == "rtl"} == RIGHT_TO_LEFT
    assert {one.direction for one in LANGUAGES.values()} == {"ltr", "rtl"}


@every
def test_a_language_is_called_by_its_own_name_in_its_own_script(code: str) -> None:
    language = LANGUAGES[code]
    letters = [sign for sign in language.own_name if sign.isalpha()]
    start, end = SCRIPTS[language.script]
    assert letters
    assert all(start <= sign <= end for sign in letters)
    assert (language.script == "Arab") == (language.direction == "rtl")


def test_own_names_and_tags_are_told_apart() -> None:
    assert len({one.own_name for one in LANGUAGES.values()}) == 20
    assert len({one.bcp47 for one in LANGUAGES.values()}) == 20
    assert LANGUAGES["ckb"].own_name == "کوردیی ناوەندی"
    assert LANGUAGES["prs"].bcp47 == "fa-AF"


@every
def test_babel_knows_each_languages_numbers_and_direction(code: str) -> None:
    language = LANGUAGES[code]
    locale = Locale.parse(language.babel_locale)
    assert locale.text_direction == language.direction
    assert _plain(code).number(12345) != ""
    assert sum(sign.isdecimal() for sign in _plain(code).number(12345)) == 5


@every
def test_plural_rules_parse_and_use_each_of_their_forms(code: str) -> None:
    forms, _, rule = LANGUAGES[code].plural.partition("; ")
    number = int(forms.removeprefix("nplurals="))
    form_of = c2py(rule.removeprefix("plural=").removesuffix(";"))
    assert {form_of(n) for n in range(200)} == set(range(number))


@every
def test_plural_rules_tell_the_same_numbers_apart_as_the_unicode_consortiums(code: str) -> None:
    form_of = c2py(LANGUAGES[code].plural.split("plural=")[1].removesuffix(";"))
    category = to_python(Locale.parse(LANGUAGES[code].babel_locale).plural_form)
    pairs = {(form_of(n), category(Decimal(n))) for n in range(200)}
    assert len(pairs) == len({form for form, _ in pairs}) == len({name for _, name in pairs})


@every
def test_the_quick_exit_leads_to_an_everyday_page(code: str) -> None:
    assert LANGUAGES[code].weather.startswith("https://www.accuweather.com/")


@pytest.mark.parametrize(
    ("header", "first"),
    [
        ("uk", ["uk", "de", "en", "ar"]),
        ("ar,uk;q=0.5", ["ar", "uk", "de", "en"]),
        ("uk;q=0.5,ar", ["ar", "uk", "de", "en"]),
        ("uk;q=0.5, ar;q=0.9, en;q=0.1", ["ar", "uk", "en", "de"]),
        ("UK", ["uk", "de", "en", "ar"]),
        ("uk-UA", ["uk", "de", "en", "ar"]),
        ("ar-SY,ar;q=0.9,de-DE;q=0.8,de;q=0.7", ["ar", "de", "en", "uk"]),
        ("en-GB,en-US;q=0.9", ["en", "de", "uk", "ar"]),
        ("ja,zh-Hant;q=0.9", ["de", "en", "uk", "ar"]),
        ("*", ["de", "en", "uk", "ar"]),
        ("*;q=0.1,ar", ["ar", "de", "en", "uk"]),
        ("ar;q=0", ["de", "en", "uk", "ar"]),
        ("", ["de", "en", "uk", "ar"]),
        (",,,;;;=,q=", ["de", "en", "uk", "ar"]),
        ("de;q=rubbish,uk;q=0.2", ["uk", "de", "en", "ar"]),
        ("-", ["de", "en", "uk", "ar"]),
        (" uk; q=0.4 , ar; q=0.6 ", ["ar", "uk", "de", "en"]),
    ],
)
def test_what_a_browser_prefers_comes_first_and_the_rest_stays(header: str, first: list[str]) -> None:
    assert preferred_first(header, ["de", "en", "uk", "ar"]) == first


def test_a_language_without_region_serves_its_regions_and_the_reverse() -> None:
    assert preferred_first("fa", ["de", "prs"]) == ["prs", "de"]
    assert preferred_first("fa-IR", ["de", "fa"]) == ["fa", "de"]
    assert preferred_first("sr-Latn-RS", ["de", "sr"]) == ["sr", "de"]


@settings(deadline=None)
@given(
    st.text(max_size=200)
    | st.lists(st.sampled_from(["de", "ar-SY", ";q=", "0.5", ",", "nan", "*"])).map("".join)
)
@example("de;q=inf,ar;q=-inf")
@example("," * 100_000)
def test_no_header_loses_or_doubles_a_language(header: str) -> None:
    assert sorted(preferred_first(header, CODES)) == sorted(CODES)


def test_a_header_without_end_is_read_only_at_its_start() -> None:
    assert preferred_first(",".join(["ja"] * 40 + ["ar"]), ["de", "ar"]) == ["de", "ar"]


@pytest.mark.parametrize(
    ("header", "first"),
    [
        ("fa-AF,fa;q=0.9,en;q=0.8", "prs"),
        ("fa-AF", "prs"),
        ("en,de", "en"),
        ("de-AT;q=0.3,de;q=0.9,en;q=0.5", "de"),
        ("prs", "prs"),
        ("ku", "kmr"),
        ("de;q=nan,uk", "uk"),
        ("uk ;q=0.4", "uk"),
    ],
)
def test_the_exact_language_comes_before_its_relatives(header: str, first: str) -> None:
    assert preferred_first(header, CODES)[0] == first


def test_facts_are_escaped_and_the_sentence_is_safe(ukrainian: Interface) -> None:
    said = ukrainian.text("Hello %(name)s", name="<script>&\"'")
    assert isinstance(said, Markup)
    assert said == "&lt;b&gt;Вітаємо&lt;/b&gt;, &lt;script&gt;&amp;&#34;&#39;"


def test_a_fact_that_is_markup_stays_markup() -> None:
    assert _plain("en").text("On %(page)s", page=Markup("<a>x</a>")) == "On <a>x</a>"
    assert _plain("en").text("On %(page)s", page=isolated("<x>")) == "On <bdi>&lt;x&gt;</bdi>"


def test_a_doubled_percent_sign_is_said_once_with_and_without_facts() -> None:
    english = _plain("en")
    assert english.text("under 5 %%") == "under 5 %"
    assert english.plain("under 5 %%") == "under 5 %"
    assert english.text("%(n)s %%", n=7) == "7 %"


def test_plain_text_is_not_escaped(ukrainian: Interface) -> None:
    assert ukrainian.plain("Hello %(name)s", name="<A&B>") == "<b>Вітаємо</b>, <A&B>"
    assert type(ukrainian.plain("Hello %(name)s", name="x")) is str


@pytest.mark.parametrize(
    ("n", "said"),
    [
        (1, "1 відповідь"),
        (2, "2 відповіді"),
        (5, "5 відповідей"),
        (11, "11 відповідей"),
        (21, "21 відповідь"),
    ],
)
def test_a_number_takes_its_form_of_the_message(ukrainian: Interface, n: int, said: str) -> None:
    assert ukrainian.counted("%(n)s answer", "%(n)s answers", n) == said
    assert ukrainian.plain_counted("%(n)s answer", "%(n)s answers", n) == said


def test_a_counted_message_writes_numbers_as_its_language_does_and_escapes_facts() -> None:
    german = _plain("de")
    assert german.counted("%(n)s x", "%(n)s people of %(of)s", 1234, of="<b>") == "1.234 people of &lt;b&gt;"
    assert german.counted("%(n)s person", "%(n)s people", 1) == "1 person"


def test_what_is_not_translated_or_unsure_is_said_in_english(ukrainian: Interface) -> None:
    assert ukrainian.text("Not yet") == "Not yet"
    assert ukrainian.text("Unsure") == "Unsure"
    assert ukrainian.text("Never heard of") == "Never heard of"
    assert ukrainian.counted("%(n)s round", "%(n)s rounds", 1) == "1 round"
    assert ukrainian.counted("%(n)s round", "%(n)s rounds", 5) == "5 rounds"


class _TooLong(FeedbackError):
    message: ClassVar[str] = "%(length)s of %(most)s, 100 %%"


def test_an_errors_numbers_are_isolated_and_its_facts_escaped() -> None:
    said = _plain("ar").error(_TooLong(length=5000, most="<b>"))
    assert said == "<bdi>5000</bdi> of <bdi>&lt;b&gt;</bdi>, 100 %"


def test_isolating_escapes_and_keeps_numbers() -> None:
    assert isolated(5) == "<bdi>5</bdi>"
    assert isolated("a<b") == "<bdi>a&lt;b</bdi>"


def test_only_languages_with_a_catalog_are_offered_and_english_needs_none(
    folder: Path, tmp_path: Path
) -> None:
    found = load_interfaces(folder)
    assert list(found) == ["en", "uk"]
    assert found["uk"].language is LANGUAGES["uk"]
    empty = tmp_path / "empty"
    empty.mkdir()
    assert list(load_interfaces(empty)) == ["en"]


def test_a_broken_catalog_stops_the_start(folder: Path) -> None:
    catalog = folder / "uk" / "LC_MESSAGES" / "feedback.po"
    catalog.write_text(CATALOG + "\nthis is no catalog\n", "utf-8")
    with pytest.raises(PoFileError):
        load_interfaces(folder)


def test_the_shipped_catalogs_load_with_the_tables_plural_rules() -> None:
    found = load_interfaces()
    assert list(found) == CODES
    for code, interface in found.items():
        if code != "en":
            header = interface.translations.info()
            assert header["language"] == LANGUAGES[code].babel_locale
            assert header["plural-forms"].replace(" ", "") == LANGUAGES[code].plural.replace(" ", "")


def test_every_shipped_catalog_belongs_to_a_language_of_the_table() -> None:
    folders = {path.name for path in locales_folder().iterdir() if (path / "LC_MESSAGES").is_dir()}
    assert folders <= set(CODES)
