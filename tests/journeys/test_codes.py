"""From printed cards to a release: codes are typed, scanned, copied and invented."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx2
import pytest
from playwright.sync_api import Browser, Page, expect


def _with_codes(installation: Any, folder: Path, access: str) -> None:
    """The next round of the clients' survey takes codes."""
    file = folder / "clients.yaml"
    installation.json("surveys", "export", "clients", "--out", str(file))
    text = file.read_text("utf-8").replace("audience: clients", f"audience: clients\naccess: {access}")
    file.write_text(text, "utf-8")
    installation.json("surveys", "import", str(file))
    installation.json("rounds", "close", "clients")


def _cards(installation: Any, folder: Path, number: int) -> list[dict[str, str]]:
    out = folder / f"cards-{number}.csv"
    installation.json("codes", "print", "clients", "--count", str(number), "--lang", "ar", "--out", str(out))
    with out.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def _post(url: str, **fields: str) -> int:
    body = urlencode({"region": "08416", "access": "yes", **fields}).encode()
    form = {"content-type": "application/x-www-form-urlencoded"}
    return httpx2.post(f"{url}/ar/a", content=body, headers=form).status_code


@pytest.mark.long
def test_codes_verify_answers_and_the_release_says_how_many(
    installation: Any, chromium: Browser, tmp_path: Path
) -> None:
    _with_codes(installation, tmp_path, "code-optional")
    cards = _cards(installation, tmp_path, 60)
    installation.data.joinpath("settings.toml").write_text("")
    with installation.serving() as served:
        _scan_and_answer(chromium, served.url, cards[0])
        for card in cards[1:40]:
            assert _post(served.url, code=card["code"].lower()) == 303
        copied = {_post(served.url, code=cards[1]["code"], comment=f"copy {one}") for one in range(3)}
        invented = _post(served.url, code="0000-0000-0000-00000")
        without = {_post(served.url) for _ in range(30)}
        # Fresh, used, copied, unknown, none: the same answer to all of them.
        assert copied == without == {invented} == {303}
        assert _post(served.url, code="0000-0000-0000-00001") == 422
        installation.json("mix")
        assert installation.json("codes", "status", "clients")["printed"] == 60
        assert _post(served.url, code=cards[2]["code"], comment="again, later") == 303
    installation.json("rounds", "close", "clients", "--round", "2027-Q1")
    counted = installation.json("rounds", "count", "clients", "--round", "2027-Q1")
    assert (counted["answers"], counted["invalid"]) == (40 + 3 + 1 + 30 + 1, 0)
    installation.json("rounds", "release", "clients", "--round", "2027-Q1")
    out = tmp_path / "out"
    installation.json("releases", "export", "--out", str(out), "--format", "json")
    release = _only(out)
    assert release["codes"]["verified"] == 40
    # The later copy of a code contests too if the first one was among the ten that stayed.
    assert release["codes"]["contested"] in (1, 2)
    assert release["rows"][0]["n"] == counted["answers"]
    assert installation.run("releases", "verify").code == 0
    for path in [one for one in installation.data.rglob("*") if one.is_file()]:
        content = path.read_bytes()
        assert not any(card["code"].encode() in content for card in cards), path


def _only(folder: Path) -> Any:
    return json.loads(next(folder.rglob("clients-2027-Q1*.json")).read_text("utf-8"))


def _scan_and_answer(chromium: Browser, url: str, card: dict[str, str]) -> None:
    """The QR code's address, on a phone: the code travels in the fragment and leaves the address."""
    context = chromium.new_context(viewport={"width": 360, "height": 740})
    asked: list[str] = []
    context.on("request", lambda request: asked.append(request.url))
    page = context.new_page()
    page.goto(f"{url}/#c={card['code']}")
    page.get_by_role("link", name="العربية").click()
    page.locator("a.button[href*='/ar/a']").click()
    expect(page.locator("input[name=code]")).to_have_value(card["code"])
    assert page.url == f"{url}/ar/a"
    page.locator("select[name=region]").select_option("08416")
    page.locator("main button").click()
    expect(page).to_have_url(f"{url}/ar/thanks")
    assert not any(card["code"] in one.split("#")[0] for one in asked)
    context.close()


def test_where_a_code_is_required_the_form_says_so_and_keeps_everything(
    installation: Any, chromium: Browser, tmp_path: Path
) -> None:
    _with_codes(installation, tmp_path, "code-required")
    cards = _cards(installation, tmp_path, 50)
    with installation.serving() as served:
        page = chromium.new_context(
            java_script_enabled=False, viewport={"width": 360, "height": 740}
        ).new_page()
        page.goto(f"{served.url}/de/a")
        page.locator("select[name=region]").select_option("08416")
        page.locator("textarea[name=comment]").fill("bleibt stehen")
        page.locator("main button").click()
        _told(page, "Bitte tippen Sie den Code von Ihrer Karte ein.")
        page.locator("input[name=code]").fill(cards[0]["code"][:-1] + "!")
        page.locator("main button").click()
        _told(page, "Dieser Code ist nicht vollständig oder enthält einen Tippfehler.")
        page.locator("input[name=code]").fill(cards[0]["code"])
        page.locator("main button").click()
        expect(page).to_have_url(f"{served.url}/de/thanks")
        # Through the API it is the same: a missing code is told, whether one is any good is not.
        assert _post(served.url) == 422


def _told(page: Page, sentence: str) -> None:
    expect(page.locator(".problems")).to_contain_text(sentence)
    expect(page.locator("#q-code .error")).to_contain_text(sentence)
    expect(page.locator("textarea[name=comment]")).to_have_value("bleibt stehen")


@pytest.mark.parametrize("languages", ["de", "ar", "uk", "ar,uk,de", "de,en,uk,ar"])
def test_on_paper_nothing_is_cut_off(
    installation: Any, chromium: Browser, tmp_path: Path, languages: str
) -> None:
    _with_codes(installation, tmp_path, "code-optional")
    out = tmp_path / "cards.html"
    installation.json("codes", "print", "clients", "--count", "50", "--lang", languages, "--out", str(out))
    page = chromium.new_page()
    page.emulate_media(media="print")
    page.goto(out.as_uri())
    cut = "card => card.scrollHeight > card.clientHeight + 1 || card.scrollWidth > card.clientWidth + 1"
    assert page.evaluate(f"[...document.querySelectorAll('.card')].filter({cut}).length") == 0
    assert page.locator(".card").count() == 50


def test_few_codes_an_open_survey_and_a_file_that_is_there_are_refused(
    installation: Any, tmp_path: Path
) -> None:
    out = tmp_path / "cards.csv"
    words = ("codes", "print", "clients", "--count", "50", "--out", str(out))
    assert "asks for no codes" in installation.run(*words).err
    _with_codes(installation, tmp_path, "code-optional")
    few = installation.run("codes", "print", "clients", "--count", "49", "--out", str(out))
    assert "50 codes or more" in few.err
    assert not out.exists()
    assert installation.run(*words).code == 0
    assert "is not overwritten" in installation.run(*words).err
    assert "can't have xx" in installation.run(*words[:-1], str(tmp_path / "b.csv"), "--lang", "de,xx").err
    assert installation.json("codes", "status", "clients")["printed"] == 50
