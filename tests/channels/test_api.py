"""The API: strict, and its problems never repeat what was sent."""

from __future__ import annotations

from typing import Any

import pytest

from feedback_service.sealing.keys import PublicKey, from_base64url, to_base64url
from feedback_service.sealing.seal import SealingContext, seal

SURVEY = "/api/v1/surveys/clients?lang=ar"
SUBMIT = "/api/v1/submissions"


def _submission(site: Any) -> dict[str, Any]:
    survey = site.http.get(SURVEY).json()
    context = SealingContext(
        "clients",
        survey["round"],
        bytes.fromhex(survey["fingerprint"]),
        PublicKey.from_bytes(from_base64url(survey["public_key"])),
    )
    envelope = seal(context, lang="ar", channel="telegram", answers={"region": "08416"})
    return {
        "survey": "clients", "round": survey["round"], "tag": "0" * 32, "id": "1" * 32,
        "envelope": to_base64url(envelope),
    }  # fmt: skip


def test_a_survey_has_all_that_a_client_needs_to_ask_and_to_seal(site: Any) -> None:
    survey = site.http.get(SURVEY).json()
    assert survey["lang"] == "ar" and survey["round"] == "2026-Q4" and survey["closes"] == "2026-12-31"
    assert len(bytes.fromhex(survey["fingerprint"])) == 32
    names = [question["name"] for question in survey["questions"]]
    assert names[0] == "region" and names[-1] == "comment"
    pressing = next(one for one in survey["questions"] if one["name"] == "pressing")
    assert (pressing["type"], pressing["max"], len(pressing["choices"])) == ("select_multiple", 3, 12)


def test_lists(site: Any) -> None:
    assert [one["name"] for one in site.http.get("/api/v1/surveys").json()] == ["clients", "counsellors"]
    regions = site.http.get("/api/v1/regions?lang=uk").json()
    assert len(regions) == 49 and {"ags": "08416", "name": "Tübingen", "level": "kreis"} in regions
    assert site.http.get("/api/v1/releases").json() == []
    assert site.http.get("/api/v1/openapi.json").json()["paths"][SUBMIT]["post"]["requestBody"]


def test_an_envelope_is_accepted_whatever_the_code(site: Any) -> None:
    good = _submission(site)
    for code in (None, "ABCD-EFGH-JKMN-PQRS1"):
        assert site.http.post(SUBMIT, json={**good, "code": code}).status_code == 202
    assert site.stored() == 2


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"envelope": "SENTINEL"}, 422, "envelope-invalid"),
        ({"envelope": "A" * 5230}, 422, "envelope-invalid"),
        ({"envelope": 5}, 422, "submission-invalid"),
        ({"tag": "SENTINEL"}, 422, "submission-invalid"),
        ({"tag": "A" * 32}, 422, "submission-invalid"),
        ({"id": "0" * 31}, 422, "submission-invalid"),
        ({"answers": {"SENTINEL": "SENTINEL"}}, 422, "submission-invalid"),
        ({"survey": "SENTINEL"}, 404, "not-asked"),
        ({"round": "2026-Q3"}, 404, "not-asked"),
    ],
)
def test_what_is_wrong_is_a_problem_that_repeats_nothing(
    site: Any, change: dict[str, Any], status: int, code: str
) -> None:
    reply = site.http.post(SUBMIT, json={**_submission(site), **change})
    assert (reply.status_code, reply.json()["code"]) == (status, code)
    assert reply.headers["content-type"] == "application/problem+json"
    assert "SENTINEL" not in reply.text
    assert site.stored() == 0


@pytest.mark.parametrize(
    ("body", "status"),
    [(b"\xff\xfe{", 400), (b"{", 400), (b"[]", 422), (b"x" * 100_000, 413), (b"[" * 60_000, 400)],
)  # fmt: skip
def test_a_body_that_is_no_submission_is_a_problem(site: Any, body: bytes, status: int) -> None:
    reply = site.http.post(SUBMIT, content=body, headers={"content-type": "application/json"})
    assert reply.status_code == status
    assert reply.headers["content-type"] == "application/problem+json"


def test_a_round_that_is_over_is_a_409_with_the_new_key(site: Any) -> None:
    old = _submission(site)
    site.close_clients_round()
    reply = site.http.post(SUBMIT, json=old)
    assert (reply.status_code, reply.json()["code"]) == (409, "key-superseded")
    new = next(one for one in reply.json()["surveys"] if one["survey"] == "clients")
    assert new["round"] == "2027-Q1" and len(from_base64url(new["public_key"])) == 65
    assert site.http.post(SUBMIT, json=_submission(site)).status_code == 202


def test_unknown_addresses_are_problems(site: Any) -> None:
    for path in ("/api/v1/nothing", "/api/v1/surveys/nothing", "/api/v1/releases/clients/2026-Q4"):
        reply = site.http.get(path)
        assert reply.status_code == 404
        assert reply.headers["content-type"] == "application/problem+json"
    assert site.http.get("/api/v1/surveys/clients?lang=xx").status_code == 404


def test_what_another_website_sends_is_a_problem_for_programs_too(site: Any) -> None:
    reply = site.http.post("/api/v1/submissions", content=b"{}", headers={"sec-fetch-site": "cross-site"})
    assert (reply.status_code, reply.headers["content-type"]) == (403, "application/problem+json")
    assert reply.json()["code"] == "sent-from-elsewhere"
