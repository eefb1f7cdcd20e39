"""What is found in texts of every language, what isn't, and how long a hostile text takes."""

from __future__ import annotations

import json
import random
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_service.free_text.find import find_personal
from feedback_service.i18n import LANGUAGES

# In each case the passage in brackets is to be found, nothing else.
CASES = json.loads((Path(__file__).parent.parent / "vectors" / "personal_data.json").read_text("utf-8"))


def _cases() -> list[tuple[str, str]]:
    named = [("name", case) for cases in CASES["names"].values() for case in cases]
    return [(kind, case) for kind, cases in CASES["found"].items() for case in cases] + named


@pytest.mark.parametrize(("kind", "case"), _cases())
def test_just_the_passage_is_found_and_called_what_it_is(kind: str, case: str) -> None:
    start, end = case.index("["), case.index("]") - 1
    text = case.replace("[", "", 1).replace("]", "", 1)
    assert [(one.start, one.end, one.kind.value) for one in find_personal(text)] == [(start, end, kind)]


def test_every_language_of_the_service_has_cases() -> None:
    assert CASES["names"].keys() == LANGUAGES.keys()


@pytest.mark.parametrize("text", CASES["nothing"])
def test_everyday_words_and_figures_are_left_alone(text: str) -> None:
    assert [text[one.start : one.end] for one in find_personal(text)] == []


def test_several_passages_come_in_the_order_of_the_text() -> None:
    text = "Herr Müller hat 0170 1234567, Az. 1234567-163, und a@example.org"
    assert [one.kind.value for one in find_personal(text)] == ["name", "phone", "file-number", "email"]


@given(st.text(alphabet=st.sampled_from("Herr Müler 0170۱۲DE89@.-/+()السيدأحم\u200c\u202a\n"), max_size=200))
def test_passages_never_overlap_and_lie_in_the_text(text: str) -> None:
    last = 0
    for one in find_personal(text):
        assert last <= one.start < one.end <= len(text)
        last = one.end


def _hostile() -> list[str]:
    chance = random.Random(1000)
    units = [
        "0", "1234567890", "01 ", "DE12 ",
        "DE8937040044053201300", "a.", "a@", "a@b.", "Herr ",
        "Herr von ", "Az. a1 ", "Az.", "0170 1234567 ", "+49 ", "1-", "(0", "a'", "السيد ", "1 K 1/",
        "1.111.111-", "۰۱۷۰ ", "170 1234567 ", "-", "Dr.",
    ]  # fmt: skip
    signs = "0123456789 -/.+()"
    return [unit * 1000 for unit in units] + ["".join(chance.choices(signs, k=1000)) for _ in range(20)]


def test_no_text_of_a_thousand_characters_takes_long() -> None:
    for text in _hostile():
        begun = time.process_time()
        find_personal(text[:1000])
        # Ten times what the slowest takes here: what grows with the square or worse is far above.
        assert time.process_time() - begun < 0.3, text[:20]
