"""Buttons as callback data: within 64 bytes, without a word of what they stand for, and back."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from feedback_bot.events import Do, Press
from feedback_bot.keyboards import LONGEST, Lasting, Placed, keyboard, press_at, read
from feedback_bot.views.model import Button, View
from feedback_service.i18n import LANGUAGES

PRESSES = st.builds(Press, st.sampled_from(Do), st.text(max_size=20))
BUTTONS = st.builds(Button, st.text(min_size=1, max_size=20), PRESSES)
VIEWS = st.lists(st.lists(BUTTONS, min_size=1, max_size=3).map(tuple), max_size=20).map(
    lambda rows: View("", rows=tuple(rows))
)


@given(VIEWS, st.sampled_from(sorted(LANGUAGES)), st.integers(0, 999_999))
def test_every_button_comes_back_as_what_it_was(view: View, lang: str, turn: int) -> None:
    keys = [key for row in keyboard(view, lang, "0a1b2c3d", turn) for key in row]
    buttons = [button for row in view.rows for button in row]
    for place, (key, button) in enumerate(zip(keys, buttons, strict=True)):
        assert len(key.data.encode()) <= LONGEST
        found = read(key.data)
        assert button.press is not None
        if button.press.do in (Do.BEGIN, Do.DELETE_THIS):
            assert found == Lasting(lang, button.press.do)
        else:
            assert found == Placed(lang, "0a1b2c3d", turn, place)
            assert press_at(view, place) == button.press


def test_addresses_carry_no_data() -> None:
    view = View("", rows=((Button("x", url="https://feedback.example/de/"),),))
    assert keyboard(view, "de", "0a1b2c3d", 1)[0][0].data == ""


@given(st.text(max_size=80))
def test_what_is_not_ours_is_nothing(data: str) -> None:
    found = read(data)
    assert found is None or data.split(":")[0].isalpha()


def test_a_place_that_is_not_there_is_nothing() -> None:
    assert press_at(View(""), 0) is None
    assert read("de:0a1b2c3d:1:-1") is None and read("de:0a1b2c3d:1:1\n") is None
