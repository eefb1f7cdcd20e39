"""The sheet of cards: every word once, numbered, a card a page, and nothing fetched from anywhere."""

from __future__ import annotations

import re
from html.parser import HTMLParser

from feedback_service.render.card_sheet import PrintedCard, card_sheet

WORDS = tuple(f"word{place:02}" for place in range(1, 34))
CARDS = [PrintedCard(number, tuple(f"{word}x{number}" for word in WORDS)) for number in range(1, 6)]


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.attributes: list[tuple[str, str, str | None]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.attributes += [(tag, name, value) for name, value in attrs]


def test_each_word_stands_once_behind_its_number() -> None:
    sheet = card_sheet("clients", "2026-Q4", 3, CARDS)
    for card in CARDS:
        found = re.findall(rf"<span>(\d+)</span>(\w+x{card.number})\b", sheet)
        assert found == [(str(place), word) for place, word in enumerate(card.words, start=1)]


def test_a_card_has_three_columns_of_eleven() -> None:
    assert [len(column) for column in CARDS[0].columns] == [11, 11, 11]
    assert CARDS[0].columns[1][0] == (12, "word12x1")


def test_each_card_says_in_both_languages_which_it_is_and_what_to_do() -> None:
    pages = card_sheet("clients", "2026-Q4", 3, CARDS).split("<article>")[1:]
    assert len(pages) == 5
    for number, page in enumerate(pages, start=1):
        assert f"Karte {number} von 5" in page and f"card {number} of 5" in page
        assert "clients 2026-Q4" in page and "clients-2026-Q4.cards" in page
        assert "Je 3 der 5 Karten" in page and "Any 3 of the 5 cards" in page


def test_nothing_is_fetched_and_nothing_runs() -> None:
    sheet = card_sheet("clients", "2026-Q4", 3, CARDS)
    tags = _Tags()
    tags.feed(sheet)
    names = {name for _, name, _ in tags.attributes}
    assert not names & {"src", "href", "action", "srcset", "onload", "onclick"}
    assert "url(" not in sheet and "@import" not in sheet and "<script" not in sheet and "//" not in sheet


def test_a_page_is_an_a4_page_of_its_own() -> None:
    sheet = card_sheet("clients", "2026-Q4", 3, CARDS)
    assert "size: A4" in sheet and "break-after: page" in sheet


def test_a_name_is_written_as_text() -> None:
    assert "<b>x" not in card_sheet("<b>x", "2026-Q4", 3, CARDS[:1])
