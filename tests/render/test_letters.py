"""Every letter that the PDF is said to have can be printed, and what can't be is replaced."""

from __future__ import annotations

import json
import unicodedata
from datetime import date

from feedback_service.render.letters import MISSING, PRINTED, all_printable, printable
from feedback_service.render.pdf import laid_out

DAY = date(2027, 1, 4)


def _page(text: str) -> str:
    """The least that the template lays out, with one paragraph."""
    return json.dumps(
        {
            "title": "T", "author": "", "footer": "", "demo": "", "lang": "en",
            "quotes": None, "replies": None, "parts": [], "shades": [], "tops": [],
            "says": {"how": "How"}, "how": [text],
            "first": {"figures": [], "warnings": [], "sentences": []},
        }
    )  # fmt: skip


def test_every_letter_that_is_let_through_can_be_printed() -> None:
    letters = [chr(code) for first, last in PRINTED for code in range(first, last + 1)]
    assigned = [one for one in letters if unicodedata.category(one) not in ("Cn", "Cc", "Zl", "Zp")]
    assert len(assigned) > 1900
    assert laid_out(_page(" ".join([*assigned, MISSING])), DAY).startswith(b"%PDF")


def test_what_the_font_lacks_is_replaced_and_the_rest_stays() -> None:
    assert printable("Flats 👍 for €12, “März” – مرحبا") == f"Flats {MISSING} for €12, “März” – مرحبا"
    assert printable("e\u0301") == "é" and printable("a\nb") == "a\nb" and printable("መ\x00") == MISSING * 2
    assert all_printable({"a": ["漢", 1, None, ("x",)]}) == {"a": [MISSING, 1, None, ["x"]]}
