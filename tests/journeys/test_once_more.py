"""The second look and the municipality in a real Chromium, in German and Arabic, with script and without.

What is stored is opened with the round's key: the municipality that was chosen and the text as it was sent.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote_plus

import pytest
from playwright.sync_api import Browser, Page, Request, expect

from feedback_service.channels.pages import Assets
from feedback_service.free_text.browser import browser_expression, browser_kinds
from feedback_service.intake.receive import Door
from feedback_service.sealing.open import open_envelope
from feedback_service.sealing.wrapping import unwrap
from feedback_service.secret import Secret

PASSPHRASE = Secret(b"correct horse battery staple")
TOWNS = """\
ags,name
08416036,"Rottenburg am Neckar, Stadt"
08416041,"Tübingen, Universitätsstadt"
08111000,"Stuttgart, Landeshauptstadt"
"""
TEXTS = {
    "de": "Bitte rufen Sie an: 0170 1234567, Frau Müller weiß Bescheid",
    "ar": "اتصلوا بي على ۰۱۷۰ ۱۲۳۴۵۶۷ أو اسألوا السيدة فاطمة",
}
PASSAGES = {"de": ["0170 1234567", "Frau Müller"], "ar": ["۰۱۷۰ ۱۲۳۴۵۶۷", "السيدة فاطمة"]}
CASES = json.loads((Path(__file__).parent.parent / "vectors" / "personal_data.json").read_text("utf-8"))
# What the server finds and the browser doesn't.
ONLY_SERVER = [
    "ali (at) example.com", "7 654 321 - 439", "Das Gericht: A 12 K 3456/23.", "Rente 65 170839 J 003",
    "dosya numarası 12345", "Miss Ahmed", "مع أستاذ خالد",
]  # fmt: skip
LANGUAGE = pytest.mark.parametrize("lang", ["de", "ar"])
SCRIPT = pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])


@pytest.fixture(scope="module", autouse=True)
def towns(shared_installation: Any, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Some municipalities, taken over as an operator does."""
    file = tmp_path_factory.mktemp("regions") / "towns.csv"
    file.write_text(TOWNS, "utf-8")
    shared_installation.json("regions", "import", str(file))


@dataclass(frozen=True, slots=True)
class Stored:
    """What came through the door, opened with the round's key as counting does."""

    keys: Path
    envelopes: list[tuple[Any, bytes]]

    def answers(self) -> list[dict[str, Any]]:
        """The answers in the order in which they came."""
        return [json.loads(self._opened(*one))["answers"] for one in self.envelopes]

    def _opened(self, sealing: Any, envelope: bytes) -> bytes:
        file = self.keys / f"{sealing.survey}-{sealing.round_id}.key"
        _, _, held = unwrap(file.read_text(), file.name, PASSPHRASE)
        return open_envelope(envelope, held.private_key, sealing.round_id, sealing.fingerprint)


@pytest.fixture
def stored(here: Any, shared_installation: Any, monkeypatch: pytest.MonkeyPatch) -> Stored:
    """Notes each envelope on its way to the spool."""
    made = Stored(shared_installation.data / "keys", [])
    receive = Door.receive_sealed

    async def noted(self: Door, survey: Any, sealed: Any, code: Any) -> None:
        made.envelopes.append((survey.sealing, sealed.envelope))
        await receive(self, survey, sealed, code)

    monkeypatch.setattr(Door, "receive_sealed", noted)
    return made


@pytest.fixture
def phone(chromium: Browser, script: bool) -> Iterator[Page]:
    context = chromium.new_context(
        viewport={"width": 360, "height": 740}, java_script_enabled=script, locale="de-DE"
    )
    yield context.new_page()
    assert context.cookies() == []
    context.close()


def _requests(page: Page) -> list[Request]:
    made: list[Request] = []
    page.on("request", lambda request: made.append(request))
    return made


def _fill(page: Page, url: str, lang: str) -> None:
    page.goto(f"{url}/{lang}/a")
    page.locator("select[name=region]").select_option("08416")
    page.locator("input[name=pressing][value=work]").check()
    page.locator("textarea[name=comment]").fill(TEXTS[lang])


def _send(page: Page) -> None:
    page.locator("main form button:visible").last.click()


@LANGUAGE
@SCRIPT
def test_the_passages_are_marked_the_town_is_chosen_and_it_is_sent_anyway(
    here: Any, stored: Stored, phone: Page, lang: str, script: bool
) -> None:
    made = _requests(phone)
    _fill(phone, here.url, lang)
    if script:
        phone.locator(".town select").select_option("08416036")
    _send(phone)
    expect(phone.locator("mark")).to_have_text(PASSAGES[lang])
    assert phone.evaluate("document.documentElement.scrollWidth") <= 360
    assert here.stored() == 0
    if script:
        expect(phone.locator(".look")).to_be_focused()
        expect(phone.locator(".look")).to_have_accessible_name(phone.locator(".look h2").inner_text())
        expect(phone.locator(".look button").first).to_be_in_viewport()
        # Nobody learned the district, nor that a text was written.
        assert [(one.method, one.url) for one in made] == [
            ("GET", f"{here.url}/{lang}/a"),
            ("GET", f"{here.url}/regions.json"),
        ]
    else:
        phone.locator("select[name=region]").select_option("08416036")
    _send(phone)
    expect(phone).to_have_url(f"{here.url}/{lang}/thanks")
    assert stored.answers() == [{"region": "08416036", "pressing": ["work"], "comment": TEXTS[lang]}]
    sent = [one.post_data or "" for one in made if one.method == "POST"]
    assert any("08416" in body or quote_plus(PASSAGES[lang][0]) in body for body in sent) is not script


@LANGUAGE
@SCRIPT
def test_change_it_leads_back_to_the_text_with_all_answers(
    here: Any, stored: Stored, phone: Page, lang: str, script: bool
) -> None:
    _fill(phone, here.url, lang)
    receipt = phone.locator(".digits bdi").inner_text()
    _send(phone)
    if not script:
        phone.locator("select[name=region]").select_option("08416041")
    phone.locator("main form button:visible").first.click()
    text = phone.locator("textarea[name=comment]")
    expect(text).to_be_focused()
    expect(text).to_have_value(TEXTS[lang])
    expect(phone.locator("input[name=pressing][value=work]")).to_be_checked()
    assert phone.locator(".digits bdi").inner_text() == receipt
    text.fill("alles gut")
    _send(phone)
    expect(phone).to_have_url(f"{here.url}/{lang}/thanks")
    region = "08416" if script else "08416041"
    assert stored.answers() == [{"region": region, "pressing": ["work"], "comment": "alles gut"}]


@SCRIPT
def test_with_the_keyboard_alone(here: Any, stored: Stored, phone: Page, script: bool) -> None:
    """A mistake first, then the second look, a change, and sent."""
    phone.goto(f"{here.url}/de/a")
    phone.locator("main form button:visible").last.focus()
    phone.keyboard.press("Enter")
    expect(phone.locator("#q-region select")).to_be_focused()
    expect(phone.locator("#e-region")).to_be_visible()
    phone.keyboard.type("Stuttgart")
    expect(phone.locator("#q-region select")).to_have_value("08111")
    _tab_to(phone, "textarea")
    phone.keyboard.type("Anruf: 0170 1234567")
    _tab_to(phone, "button")
    phone.keyboard.press("Enter")
    expect(phone.locator("mark")).to_have_text("0170 1234567")
    expect(phone.locator(".town, fieldset[aria-describedby=h-town]")).to_have_count(0)
    _tab_to(phone, "button")
    phone.keyboard.press("Enter")
    expect(phone.locator("textarea")).to_be_focused()
    phone.keyboard.press("Control+A")
    phone.keyboard.type("Anruf")
    _tab_to(phone, "button")
    phone.keyboard.press("Enter")
    expect(phone).to_have_url(f"{here.url}/de/thanks")
    assert stored.answers() == [{"region": "08111", "comment": "Anruf"}]


def _tab_to(page: Page, kind: str) -> None:
    for _ in range(80):
        page.keyboard.press("Tab")
        # By the locator: a page without script can't be asked for its active element.
        if page.locator(f"main form {kind}:focus").count():
            return
    raise AssertionError(f"no {kind} can be reached with the keyboard")


@pytest.mark.parametrize("script", [True])
def test_another_district_has_other_towns_and_no_list_is_no_hindrance(
    here: Any, stored: Stored, phone: Page, script: bool
) -> None:
    made = _requests(phone)
    phone.goto(f"{here.url}/de/a")
    region, town = phone.locator("#q-region select").first, phone.locator(".town select")
    region.select_option("08416")
    expect(town.locator("option")).to_have_count(3)
    for other in ("08111", "08", ""):
        region.select_option(other)
        expect(town).to_have_count(0)
    region.select_option("08416")
    expect(town).to_have_value("08416")
    assert sum(one.url.endswith("regions.json") for one in made) == 1
    phone.route("**/regions.json", lambda route: route.abort())
    phone.reload()
    region.select_option("08416")
    _send(phone)
    expect(phone).to_have_url(f"{here.url}/de/thanks")
    assert stored.answers() == [{"region": "08416"}]


@pytest.mark.parametrize("script", [True])
def test_what_cannot_seal_takes_the_way_without_script(
    here: Any, stored: Stored, phone: Page, script: bool
) -> None:
    phone.add_init_script("SubtleCrypto.prototype.deriveBits = () => { throw new Error('no') }")
    _fill(phone, here.url, "de")
    _send(phone)
    expect(phone.locator("h1")).to_have_text("Bitte schauen Sie noch einmal, bevor es gesendet wird")
    _send(phone)
    expect(phone).to_have_url(f"{here.url}/de/thanks")
    assert [one["region"] for one in stored.answers()] == ["08416"]


def test_the_browser_finds_what_the_server_finds_but_for_a_few_and_raises_no_false_alarm(
    here: Any, chromium: Browser
) -> None:
    # The policy would refuse a test's script; what is tested is the module as it is sent.
    page = chromium.new_context(bypass_csp=True).new_page()
    page.goto(f"{here.url}/healthz")
    page.evaluate(
        "async (source) => { const file = new Blob([source], {type: 'text/javascript'});"
        " window.m = await import(URL.createObjectURL(file)); }",
        str(Assets.load().sealing),
    )
    cases = [(kind, one) for kind, all_ in CASES["found"].items() for one in all_]
    cases += [("name", one) for all_ in CASES["names"].values() for one in all_]
    texts = [one.replace("[", "", 1).replace("]", "", 1) for _, one in cases]
    search = "([all, expression]) => all.map((one) => m.found(one, expression))"
    found = page.evaluate(search, [texts, browser_expression()])
    missed = []
    for (kind, case), text, passages in zip(cases, texts, found, strict=True):
        wanted = case[case.index("[") + 1 : case.index("]")]
        if not passages:
            missed.append(text)
            continue
        # One passage with all that matters in it, also where the word before a number is marked too.
        ((passage, group),) = passages
        assert wanted in passage and browser_kinds()[group] == kind, text
    assert missed == ONLY_SERVER
    assert [one for one in page.evaluate(search, [CASES["nothing"], browser_expression()]) if one] == []
    hostile = ["0170 1234567 ", "a@", "Herr von ", "DE12 ", "(", "Az. a1 ", "1-", "السيد ", "Ahmet ", "0"]
    timed = (
        "([all, expression]) => { const begun = performance.now();"
        " all.map((one) => m.found(one, expression)); return performance.now() - begun; }"
    )
    assert page.evaluate(timed, [[(one * 1000)[:1000] for one in hostile], browser_expression()]) < 500
    page.context.close()
