"""What is asked once more before sending: the text that seems to name somebody, and the municipality."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import pytest

from feedback_service.intake.receive import Door
from feedback_service.regions.directory import Region
from feedback_service.storage.regions import put_regions

FORM = {"content-type": "application/x-www-form-urlencoded"}
TEXT = "Rufen Sie mich an: ۰۱۷۰ ۱۲۳۴۵۶۷\nHerr Müller <weiß> es"
GOOD = {"region": "08416", "access": "yes", "pressing": ["housing", "work"], "comment": TEXT}
TOWNS = [Region("08416041", "Tübingen, Universitätsstadt"), Region("08416036", "Rottenburg am Neckar, Stadt")]


def _post(site: Any, address: str, fields: list[tuple[str, str]] | dict[str, Any]) -> Any:
    return site.http.post(address, content=urlencode(fields, doseq=True), headers=FORM)


def _controls(page: str) -> Iterator[tuple[str, str]]:
    """What a browser sends of the page's form when no button is named."""
    (form,) = re.findall(r"<form\b.*?</form>", page, re.S)
    for tag in re.findall(r"<input\b[^>]*>", form):
        name, value = re.search(r' name="([^"]*)"', tag), re.search(r' value="([^"]*)"', tag)
        ticked = " checked" in tag or not re.search('type="(radio|checkbox)"', tag)
        if name and ticked:
            yield name[1], html.unescape(value[1]) if value else ""
    for name, options in re.findall(r'<select name="([^"]*)".*?>(.*?)</select>', form, re.S):
        yield name, next(iter(re.findall(r'value="([^"]*)" selected', options)), "")
    for name, text in re.findall(r'<textarea name="([^"]*)"[^>]*>\n(.*?)</textarea>', form, re.S):
        yield name, html.unescape(text)


@pytest.fixture
def with_towns(site: Any) -> Any:
    """A site that knows some municipalities, as after `regions import`."""
    with site.store.begin() as connection:
        put_regions(connection, [*TOWNS, Region("08111000", "Stuttgart, Landeshauptstadt")])
    site.open_rounds.renew_now()
    return site


def test_a_text_with_a_number_and_a_name_comes_back_marked_and_nothing_is_stored(site: Any) -> None:
    reply = _post(site, "/en/a", GOOD)
    assert (reply.status_code, site.stored()) == (200, 0)
    assert (
        "<mark><bdi>۰۱۷۰ ۱۲۳۴۵۶۷</bdi></mark>" in reply.text
        and "<mark><bdi>Herr Müller</bdi></mark>" in reply.text
    )
    assert reply.text.index("a phone number") < reply.text.index("perhaps a name")
    assert "&lt;weiß&gt;" in reply.text and "<weiß>" not in reply.text
    assert 'type="password"' in reply.text and "set-cookie" not in reply.headers
    assert reply.headers["cache-control"] == "no-store"


def test_the_page_s_form_is_send_anyway_and_carries_everything(
    site: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept: list[Any] = []
    receive = Door.receive

    async def noted(self: Any, survey: Any, receipt: Any, **told: Any) -> None:
        kept.append((survey.round_id, receipt.secret.hex(), told["answers"]))
        await receive(self, survey, receipt, **told)

    monkeypatch.setattr("feedback_service.intake.receive.Door.receive", noted)
    empty = dict(_controls(site.http.get("/en/a").text))
    sent = {"round": empty["round"], "receipt": empty["receipt"], **GOOD}
    again = list(_controls(_post(site, "/en/a", sent).text))
    assert kept == []
    reply = _post(site, "/en/a", again)
    assert (reply.status_code, site.stored()) == (303, 1)
    answers = {name: GOOD[name] for name in ("region", "access", "pressing", "comment")}
    assert kept == [(empty["round"], empty["receipt"], answers)]


def test_change_it_brings_the_form_back_with_everything_and_the_cursor_in_the_text(site: Any) -> None:
    again = list(_controls(_post(site, "/en/a", GOOD).text))
    reply = _post(site, "/en/a", [*again, ("change", "1")])
    assert (reply.status_code, site.stored()) == (200, 0)
    back = list(_controls(reply.text))
    assert dict(back)["comment"] == TEXT and dict(back)["receipt"] == dict(again)["receipt"]
    assert [value for name, value in back if name == "pressing"] == ["housing", "work"]
    assert ("access", "yes") in back and ("region", "08416") in back
    assert reply.text.count("autofocus") == 1
    assert re.search(r'<textarea name="comment"[^>]* autofocus', reply.text)
    # Sent again as it is, it is looked at again; changed, it goes.
    assert "<mark>" in _post(site, "/en/a", back).text
    mended = [(name, "alles gut" if name == "comment" else value) for name, value in back]
    assert _post(site, "/en/a", mended).status_code == 303


def test_a_mistake_comes_first_and_nothing_is_asked_where_nothing_is_found(site: Any) -> None:
    wrong = _post(site, "/en/a", {**GOOD, "region": ""})
    assert wrong.status_code == 422 and "<mark>" not in wrong.text
    assert _post(site, "/en/a", {**GOOD, "comment": "Die Frau war nett, 12.10.2024"}).status_code == 303


def test_what_a_stranger_adds_to_the_fields_is_not_repeated(site: Any) -> None:
    reply = _post(site, "/en/a", {**GOOD, "asked": "CANARY", "other": "CANARY"})
    assert reply.status_code == 200 and "CANARY" not in reply.text


def test_a_round_that_closes_meanwhile_brings_the_form_with_everything(site: Any) -> None:
    again = list(_controls(_post(site, "/en/a", GOOD).text))
    site.close_clients_round()
    reply = _post(site, "/en/a", again)
    assert reply.status_code == 409 and dict(_controls(reply.text))["comment"] == TEXT


def test_the_town_is_asked_where_the_district_has_some(with_towns: Any) -> None:
    reply = _post(with_towns, "/en/a", {"region": "08416", "access": "yes"})
    assert (reply.status_code, with_towns.stored()) == (200, 0)
    assert "<h1>One more question</h1>" in reply.text and "<mark>" not in reply.text
    options = re.findall(r'<option value="(\d+)"( selected)?>([^<]+)', reply.text)
    assert options == [
        ("08416", " selected", "Only the district: Tübingen"),
        ("08416036", "", "Rottenburg am Neckar, Stadt"),
        ("08416041", "", "Tübingen, Universitätsstadt"),
    ]
    again = list(_controls(reply.text))
    assert [name for name, _ in again].count("region") == 1
    assert _post(with_towns, "/en/a", again).status_code == 303
    chosen = [(name, "08416036" if name == "region" else value) for name, value in again]
    assert _post(with_towns, "/en/a", chosen).status_code == 303


@pytest.mark.parametrize("region", ["08", "08111", "08415", "08416041"])
def test_the_town_is_not_asked_where_there_is_nothing_to_choose(with_towns: Any, region: str) -> None:
    assert _post(with_towns, "/en/a", {"region": region}).status_code == 303


def test_a_town_of_another_district_is_asked_for_after_a_change_of_mind(with_towns: Any) -> None:
    assert _post(with_towns, "/en/a", {"region": "08416", "asked": "08415"}).status_code == 200
    assert _post(with_towns, "/en/a", {"region": "08416", "asked": "08416"}).status_code == 303


def test_both_questions_stand_on_one_page_and_the_town_survives_change_it(with_towns: Any) -> None:
    page = _post(with_towns, "/en/a", GOOD).text
    assert "<mark>" in page and "Which town or municipality?" in page
    chosen = [(name, "08416036" if name == "region" else value) for name, value in _controls(page)]
    form = _post(with_towns, "/en/a", [*chosen, ("change", "1")]).text
    assert '<option value="08416036" selected>Tübingen: Rottenburg am Neckar, Stadt</option>' in form
    back = [(name, "gut" if name == "comment" else value) for name, value in _controls(form)]
    assert ("region", "08416036") in back
    assert _post(with_towns, "/en/a", back).status_code == 303


def test_the_district_alone_is_not_asked_again_after_change_it(with_towns: Any) -> None:
    form = _post(
        with_towns, "/en/a", [*_controls(_post(with_towns, "/en/a", GOOD).text), ("change", "1")]
    ).text
    back = [(name, "gut" if name == "comment" else value) for name, value in _controls(form)]
    assert _post(with_towns, "/en/a", back).status_code == 303


def test_no_page_lists_every_town(with_towns: Any) -> None:
    assert with_towns.http.get("/en/a").text.count("<option") < 60
