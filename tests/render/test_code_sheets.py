"""Sheets of cards: every code once, in every language, and nothing else by which cards differ."""

from __future__ import annotations

import csv
import io
import re

import pytest
import segno

from feedback_service.i18n import Interface, load_interfaces
from feedback_service.render.code_sheets import Card, code_sheets, codes_csv
from feedback_service.sealing.access_code import AccessCode
from feedback_service.surveys.yaml_form import standing_survey

ADDRESS = "https://feedback.example/"


def _cards(number: int) -> list[Card]:
    codes = [AccessCode.fresh().shown for _ in range(number)]
    return [Card(code, f"{ADDRESS}#c={code}") for code in codes]


def _interfaces(*codes: str) -> list[Interface]:
    known = load_interfaces()
    return [known[code] for code in codes or known]


def _sheet(cards: list[Card], *codes: str) -> str:
    return "".join(code_sheets(cards, ADDRESS, standing_survey("clients").title, _interfaces(*codes)))


def test_every_code_stands_once_to_be_typed_and_once_in_its_picture() -> None:
    cards = _cards(60)
    sheet = _sheet(cards, "de")
    assert re.findall(r"<b>(.*?)</b>", sheet) == [card.code for card in cards]
    assert re.findall(r"<desc>(.*?)</desc>", sheet) == [card.address for card in cards]
    assert segno.make(cards[0].address, error="m", micro=False).svg_inline(
        omitsize=True, title="QR", desc=cards[0].address
    ) in sheet  # fmt: skip


def test_cards_differ_in_nothing_but_code_and_picture() -> None:
    cards = _cards(50)
    sheet = _sheet(cards)
    articles = re.findall(r"<article.*?</article>", sheet, flags=re.S)
    bare = set()
    for card, article in zip(cards, articles, strict=True):
        picture = re.sub(r"<svg.*?</svg>", "", article, flags=re.S)
        bare.add(picture.replace(card.code, ""))
    assert len(bare) == 1


@pytest.mark.parametrize(
    ("languages", "pages"),
    [(["de"], 8), (["ar", "uk"], 10), (["de", "en", "ar", "uk", "ti", "ps"], 30), ([], 60)],
)
def test_sixty_cards_take_the_pages_that_their_languages_need(languages: list[str], pages: int) -> None:
    assert _sheet(_cards(60), *languages).count('<section class="sheet') == pages


def test_each_language_has_its_two_sentences_and_its_direction() -> None:
    sheet = _sheet(_cards(50), "ar", "uk")
    assert sheet.count('dir="rtl"') == sheet.count('lang="uk"') == 50
    assert "طوعية" in sheet and "Добровільно" in sheet and "Voluntary" not in sheet


def test_a_sheet_loads_nothing_and_runs_nothing() -> None:
    sheet = _sheet(_cards(50))
    assert "<script" not in sheet and "src=" not in sheet and "<link" not in sheet and "@import" not in sheet


def test_the_table_holds_code_and_address_alone() -> None:
    cards = _cards(50)
    rows = list(csv.reader(io.StringIO(codes_csv(cards))))
    assert rows[0] == ["code", "address"]
    assert rows[1:] == [[card.code, card.address] for card in cards]
    assert all(row[0][0].isalnum() for row in rows)
