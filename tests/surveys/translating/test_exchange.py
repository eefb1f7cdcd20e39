"""PO and XLIFF: out to a translator and back without a loss, whatever stands in a text."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from types import ModuleType
from typing import Any
from xml.etree import ElementTree

import pytest
from babel.messages.pofile import read_po
from hypothesis import given
from hypothesis import strategies as st

from feedback_service.surveys.document import read_document
from feedback_service.surveys.translating import po, xliff
from feedback_service.surveys.translating.exchange import Exchange, UnusableTranslation, exchange_of, merged
from feedback_service.surveys.translating.freshness import compared, marked_outdated, outdated
from feedback_service.surveys.translating.texts import texts_of, with_texts
from feedback_service.surveys.yaml_form import STANDING, standing_survey

Make = Callable[..., dict[str, Any]]
FORMATS = [po, xliff]
# Whatever a survey's text may hold: bidirectional marks, quotes, percent signs, combining signs, line feeds.
TEXT = st.text(
    st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff") | st.just("\n"),
    min_size=1,
    max_size=60,
).filter(lambda text: bool(text.strip()))


def _written(form: ModuleType, exchange: Exchange) -> bytes:
    return bytes(po.write(exchange) if form is po else xliff.write(exchange, "de"))


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("name", STANDING)
def test_a_standing_survey_comes_back_as_it_went(form: ModuleType, name: str) -> None:
    survey = standing_survey(name)
    for language in survey.languages[1:]:
        content = _written(form, exchange_of(survey.document, language))
        back = merged(survey.document, form.read(content))
        assert (back.changed, back.stale) == ((), ())
        assert read_document(back.document).fingerprint == survey.fingerprint
        assert content == _written(form, exchange_of(survey.document, language)), "no date in it"


@pytest.mark.parametrize("form", FORMATS)
@given(source=TEXT, text=TEXT)
def test_odd_texts_come_back_as_they_went(form: ModuleType, document: Make, source: str, text: str) -> None:
    odd = compared(document(title={"de": source, "en": text}, intro={"de": source, "en": text}), None)
    back = merged(odd, form.read(_written(form, exchange_of(odd, "en"))))
    assert back.document == odd and back.changed == ()


@pytest.mark.parametrize("form", FORMATS)
def test_what_is_outdated_comes_back_outdated_until_it_is_translated_anew(
    form: ModuleType, document: Make
) -> None:
    old = marked_outdated(compared(document(), None), "en", ["title"])
    untouched = form.read(_written(form, exchange_of(old, "en")))
    assert outdated(merged(old, untouched).document) == {"en": ["title"]}
    worked_on = replace(
        untouched,
        entries=tuple(
            replace(one, text="New title", follows=True) if one.key == "title" else one
            for one in untouched.entries
        ),
    )
    done = merged(old, form.read(_written(form, worked_on)))
    assert outdated(done.document) == {} and done.changed == ("title",)
    assert texts_of(done.document, "en")["title"] == "New title"


@pytest.mark.parametrize("form", FORMATS)
def test_a_file_of_an_older_source_is_taken_and_stays_outdated(form: ModuleType, document: Make) -> None:
    then = compared(document(), None)
    file = _written(form, exchange_of(then, "en"))
    now = with_texts(then, "de", {"intro": "Etwas ganz anderes"})
    done = merged(now, form.read(file))
    assert done.stale == ("intro",) and outdated(done.document) == {"en": ["intro"]}


@pytest.mark.parametrize("form", FORMATS)
def test_a_new_language_comes_whole_and_an_empty_text_leaves_what_is_there(
    form: ModuleType, document: Make
) -> None:
    survey = compared(document(), None)
    empty = form.read(_written(form, exchange_of(survey, "ti")))
    assert all(not one.text for one in empty.entries)
    with pytest.raises(UnusableTranslation, match=r"a new language comes whole, and ti lacks title, intro"):
        merged(survey, empty)
    whole = replace(empty, entries=tuple(replace(one, text=f"ቃል {one.key}") for one in empty.entries))
    done = merged(survey, form.read(_written(form, whole)))
    assert done.document["languages"] == ["de", "en", "ti"]
    assert read_document(done.document).title["ti"] == "ቃል title"
    emptied = replace(empty, language="en", entries=tuple(replace(one, text=" ") for one in empty.entries))
    assert merged(survey, emptied).document == survey


def test_tools_can_read_them(document: Make) -> None:
    survey = marked_outdated(
        compared(document(title={"de": "100 % %s", "en": "100 % %s"}), None), "en", ["intro"]
    )
    exchange = exchange_of(survey, "en")
    assert b"python-format" not in po.write(exchange), "no text of a survey is a pattern"
    catalog = read_po(BytesIO(po.write(exchange)), abort_invalid=True)
    fuzzy = [message.context for message in catalog if message.fuzzy]
    assert fuzzy == ["intro"] and catalog.get("100 % %s", context="title") is not None
    root = ElementTree.fromstring(xliff.write(exchange, "de"))
    names = {"x": "urn:oasis:names:tc:xliff:document:2.0"}
    assert (root.get("version"), root.get("srcLang"), root.get("trgLang")) == ("2.0", "de", "en")
    states = {
        unit.get("id"): unit.find("x:segment", names).get("state")  # type: ignore[union-attr]
        for unit in root.iterfind(".//x:unit", names)
    }
    assert (states["title"], states["intro"]) == ("translated", "initial")


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (lambda one: replace(one, survey="other"), "of the survey “other”, not of “small”"),
        (lambda one: replace(one, language="de"), "“de” is no language to translate into"),
        (
            lambda one: replace(one, entries=(*one.entries, replace(one.entries[0], key="b.label"))),
            "no text b.label",
        ),
        (lambda one: replace(one, entries=(*one.entries, one.entries[0])), "hold title twice"),
    ],
)
def test_a_file_that_does_not_fit_is_refused(
    document: Make, change: Callable[[Exchange], Exchange], complaint: str
) -> None:
    survey = compared(document(), None)
    with pytest.raises(UnusableTranslation, match=complaint):
        merged(survey, change(exchange_of(survey, "en")))


@pytest.mark.parametrize("language", ["xx", "de"])
def test_only_known_other_languages_are_translated_into(document: Make, language: str) -> None:
    with pytest.raises(UnusableTranslation):
        exchange_of(compared(document(), None), language)


PO_HEAD = b'msgid ""\nmsgstr "Project-Id-Version: small 1\\nLanguage: en\\n"\n\n'
HEAD = (
    "<xliff xmlns='urn:oasis:names:tc:xliff:document:2.0' version='2.0' srcLang='de' trgLang='en'>"
    "<file id='small'>"
)


@pytest.mark.parametrize(
    ("form", "content", "complaint"),
    [
        (po, b'msgid "a"\nmsgstr "b"\n', "names no survey or no language"),
        (po, b'msgid "a\n', "no catalog that can be read"),
        (po, b"\xff\xfe\x00", "no catalog that can be read"),
        (po, PO_HEAD + b'msgid "a"\nmsgstr "b"\n', "no context"),
        (xliff, b"\xff\xfe<", "not text in UTF-8"),
        (xliff, b"<a>\n<b></a>", r"line 2, column \d+ is not well-formed"),
        (xliff, b"<a/>", "no XLIFF 2.0"),
        (xliff, b'<!DOCTYPE a [<!ENTITY x "x">]><a>&x;</a>', "has a DOCTYPE"),
        (xliff, b'<!doctype a SYSTEM "file:///etc/passwd"><a/>', "has a DOCTYPE"),
        (xliff, f"{HEAD}<unit id='title'/></file></xliff>".encode(), "“title” has 0 segments"),
        (
            xliff,
            f"{HEAD}<unit id='title'><segment><source>a<ph id='1'/></source></segment></unit>"
            "</file></xliff>".encode(),
            "has marks inside",
        ),
    ],
)  # fmt: skip
def test_a_broken_file_gets_one_clear_sentence(form: ModuleType, content: bytes, complaint: str) -> None:
    with pytest.raises(UnusableTranslation, match=complaint):
        form.read(content)
