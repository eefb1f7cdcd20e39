"""Tor Browser at "safest" runs no script and draws no SVG: every choice has words, and the way goes on."""

from __future__ import annotations

import re
from typing import Any

from playwright.sync_api import Browser, Route, expect

_DRAWING = re.compile(r"<svg\b.*?</svg>", re.DOTALL)


def test_an_answer_needs_neither_script_nor_drawings(demonstration: Any, chromium: Browser) -> None:
    context = chromium.new_context(java_script_enabled=False, viewport={"width": 1000, "height": 900})

    def without_drawings(route: Route) -> None:
        reply = route.fetch(max_redirects=0)
        taken_out.append(len(_DRAWING.findall(reply.text())))
        route.fulfill(response=reply, body=_DRAWING.sub("", reply.text()))

    taken_out: list[int] = []
    context.route("**/*", without_drawings)
    page = context.new_page()
    page.goto(f"{demonstration.url}/uk/a")
    assert taken_out[0] > 20, "there was something to leave out"
    labels = page.locator(".choices label")
    assert labels.count() > 40
    assert all(len(words.strip()) > 1 for words in labels.all_inner_texts())
    for field in page.get_by_role("checkbox").all() + page.get_by_role("radio").all():
        assert field.is_visible() and field.is_enabled()
    page.get_by_role("combobox").select_option("08415")
    page.get_by_role("checkbox", name="Житло").check()
    page.locator("main button").click()
    expect(page).to_have_url(f"{demonstration.url}/uk/thanks")
    page.goto(f"{demonstration.url}/uk/results/clients/{demonstration.round}/08")
    assert page.get_by_role("table").count() >= 6, "the tables say what the charts show"
    context.close()
