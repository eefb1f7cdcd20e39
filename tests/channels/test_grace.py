"""A round in its grace, by every way in: who has its form may send it, who comes now gets the next one's."""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import urlencode

from feedback_service.sealing.keys import PublicKey, from_base64url, to_base64url
from feedback_service.sealing.seal import SealingContext, seal
from feedback_service.storage.surveys import add_survey
from feedback_service.surveys.document import read_document
from feedback_service.surveys.yaml_form import standing_survey

FORM = {"content-type": "application/x-www-form-urlencoded"}
GOOD = {"region": "08416", "access": "yes", "comment": "SENTINEL-TEXT"}
OLD, NEW = 1, 3


def _post(site: Any, address: str, fields: dict[str, Any]) -> Any:
    return site.http.post(address, content=urlencode(fields, doseq=True), headers=FORM)


def _field(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]+)"', page)
    assert found
    return found[1]


def _opened(page: str) -> dict[str, str]:
    """The hidden fields of a form that somebody opened."""
    return {name: _field(page, name) for name in ("round", "receipt")}


def _sealed(site: Any) -> dict[str, str]:
    survey = site.http.get("/api/v1/surveys/clients").json()
    key = PublicKey.from_bytes(from_base64url(survey["public_key"]))
    context = SealingContext("clients", survey["round"], bytes.fromhex(survey["fingerprint"]), key)
    envelope = to_base64url(seal(context, lang="ar", channel="web", answers={"region": "08416"}))
    return {"round": survey["round"], "tag": "0" * 32, "id": "1" * 32, "envelope": envelope}


def test_a_form_from_before_is_taken_for_its_own_round_and_a_new_one_is_the_next_rounds(site: Any) -> None:
    opened = _opened(site.http.get("/ar/a").text)
    site.end_clients_round()
    assert _field(site.http.get("/ar/a").text, "round") == "2027-Q1"
    assert _post(site, "/ar/a", {**GOOD, **opened}).status_code == 303
    assert (site.waiting_for(OLD), site.waiting_for(NEW)) == (1, 0)
    assert _post(site, "/ar/a", {**GOOD, "round": "2027-Q1"}).status_code == 303
    assert (site.waiting_for(OLD), site.waiting_for(NEW)) == (1, 1)


def test_a_mistake_in_the_grace_comes_back_as_a_form_of_the_same_round(site: Any) -> None:
    opened = _opened(site.http.get("/en/a").text)
    site.end_clients_round()
    reply = _post(site, "/en/a", {**GOOD, **opened, "region": ""})
    assert reply.status_code == 422 and "SENTINEL-TEXT" in reply.text
    assert _opened(reply.text) == opened


def test_after_the_grace_the_form_comes_back_for_the_next_round_with_its_answers(site: Any) -> None:
    opened = _opened(site.http.get("/en/a").text)
    site.end_clients_round()
    site.close_clients_round()
    # This process still believes in the grace: the spool doesn't.
    reply = _post(site, "/en/a", {**GOOD, **opened})
    assert reply.status_code == 409 and "This round has ended" in reply.text
    assert "SENTINEL-TEXT" in reply.text and _field(reply.text, "round") == "2027-Q1"
    # Now it knows better, and says the same.
    assert _post(site, "/en/a", {**GOOD, **opened}).status_code == 409
    assert site.stored() == 0


def test_the_old_questions_are_checked_where_the_next_round_asks_others(site: Any) -> None:
    """Even where the new version has another address, the form from before finds its way."""
    newer = json.loads(standing_survey("clients").canonical)
    newer["slug"] = "newer"
    newer["questions"] = [one for one in newer["questions"] if one["name"] != "access"]
    opened = _opened(site.http.get("/en/a").text)
    with site.store.begin() as connection:
        add_survey(connection, read_document(newer))
    site.end_clients_round()
    assert site.http.get("/en/newer").status_code == 200
    assert site.http.get("/en/a").status_code == 404
    assert _post(site, "/en/a", {**GOOD, **opened, "access": "maybe"}).status_code == 422
    assert _post(site, "/en/a", {**GOOD, **opened}).status_code == 303
    assert site.waiting_for(OLD) == 1


def test_what_the_browser_sealed_before_is_taken_in_the_grace_and_told_the_new_key_after_it(
    site: Any,
) -> None:
    sealed = _sealed(site)
    site.end_clients_round()
    assert _post(site, "/ar/a", sealed).status_code == 303
    assert site.waiting_for(OLD) == 1
    site.close_clients_round()
    for _ in range(2):
        reply = _post(site, "/ar/a", sealed)
        assert reply.status_code == 409 and reply.json()["round"] == "2027-Q1"
        assert (
            reply.json()["key"]
            == site.open_rounds.latest.survey("clients").sealing.public_key.to_bytes().hex()
        )


def test_the_api_takes_an_envelope_in_the_grace_and_gives_the_new_key_after_it(site: Any) -> None:
    sealed = {"survey": "clients", **_sealed(site)}
    site.end_clients_round()
    assert site.http.get("/api/v1/surveys/clients").json()["round"] == "2027-Q1"
    assert [one["round"] for one in site.http.get("/api/v1/surveys").json()] == ["2026-Q4", "2027-Q1"]
    assert site.http.post("/api/v1/submissions", json=sealed).status_code == 202
    assert site.waiting_for(OLD) == 1
    site.close_clients_round()
    for _ in range(2):
        reply = site.http.post("/api/v1/submissions", json=sealed)
        assert (reply.status_code, reply.json()["code"]) == (409, "key-superseded")
        assert {one["round"] for one in reply.json()["surveys"]} == {"2026-Q4", "2027-Q1"}


def test_a_receipt_deletes_in_the_grace_too(site: Any) -> None:
    page = site.http.get("/en/a").text
    shown = re.search(r'<bdi dir="ltr">([0-9 ]{49})</bdi>', page)
    assert shown
    site.end_clients_round()
    assert _post(site, "/en/delete", {"receipt": shown[1]}).status_code == 200
    # A tombstone in each round that takes answers: the ending one, the new one, the counsellors'.
    assert [site.waiting_for(number) for number in (OLD, 2, NEW)] == [1, 1, 1]


def test_the_page_what_we_keep_names_the_key_of_a_round_in_its_grace(site: Any) -> None:
    before = site.open_rounds.latest.survey("clients").sealing.public_key.fingerprint
    site.end_clients_round()
    page = site.http.get("/en/what-we-keep").text
    new = site.open_rounds.latest.survey("clients").sealing.public_key.fingerprint
    assert before != new and before in page and new in page
