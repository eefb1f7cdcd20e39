"""Cards as a printer gets them: whatever their languages, no word is cut off and no page is wasted."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Browser

from feedback_service.i18n import load_interfaces
from feedback_service.render.code_sheets import Card, code_sheets
from feedback_service.surveys.yaml_form import standing_survey

ADDRESS = "https://rueckmeldung.beispiel-landkreis.example/"
CODE = "ABCD-EFGH-JKMN-PQRST"
# Each card's words end within the card's inner edge; a long word makes it no wider.
MEASURE = """[...document.querySelectorAll('.card')].map(card => {
  const edge = card.getBoundingClientRect();
  const words = [...card.querySelectorAll('.texts > div, .top b')].map(one => one.getBoundingClientRect());
  return [edge.bottom - Math.max(...words.map(one => one.bottom)), card.clientWidth - card.scrollWidth,
    card.clientHeight - card.scrollHeight];
})"""


@pytest.fixture(scope="module")
def interfaces() -> dict[str, Any]:
    return dict(load_interfaces())


@pytest.mark.parametrize(("languages", "cards_a_page"), [(1, 8), (2, 6), (5, 4), (10, 2), (20, 1)])
@pytest.mark.parametrize("survey", ["clients", "counsellors"])
def test_no_word_of_a_card_is_cut_off(
    chromium: Browser, interfaces: dict[str, Any], survey: str, languages: int, cards_a_page: int
) -> None:
    # The languages with the longest texts: the cards must hold any choice.
    title = standing_survey(survey).title
    words = "Voluntary and anonymous: nobody can see that you answered."
    chosen = sorted(interfaces, key=lambda code: -len(title[code] + interfaces[code].text(words)))
    cards = [Card(CODE, f"{ADDRESS}#c={CODE}")] * (2 * cards_a_page)
    sheet = "".join(code_sheets(cards, ADDRESS, title, [interfaces[code] for code in chosen[:languages]]))
    page = chromium.new_page()
    page.emulate_media(media="print")
    page.set_content(sheet)
    room = page.evaluate(MEASURE)
    paper = page.pdf(prefer_css_page_size=True)
    page.close()
    assert len(room) == 2 * cards_a_page
    assert all(below > 0 and wide >= 0 and high >= 0 for below, wide, high in room), room[0]
    assert paper.count(b"/Type /Page\n") == 2
