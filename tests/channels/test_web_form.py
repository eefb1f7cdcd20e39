"""The form as people meet it: every mistake has a sentence in their language, and nothing is lost."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlencode

import pytest

from feedback_service.i18n import LANGUAGES

FORM = {"content-type": "application/x-www-form-urlencoded"}
GOOD = {"region": "08416", "access": "yes", "comment": "SENTINEL-TEXT"}


def _post(site: Any, address: str, fields: dict[str, Any] | str | bytes, **headers: str) -> Any:
    body = urlencode(fields, doseq=True) if isinstance(fields, dict) else fields
    return site.http.post(address, content=body, headers=FORM | headers)


def test_a_good_form_is_stored_and_answered_with_a_neutral_page(site: Any) -> None:
    reply = _post(site, "/ar/a", GOOD)
    assert (reply.status_code, reply.headers["location"]) == (303, "/ar/thanks")
    assert site.stored() == 1
    thanks = site.http.get("/ar/thanks")
    assert thanks.headers["clear-site-data"] == '"cache", "storage"'
    assert "SENTINEL" not in thanks.text


@pytest.mark.parametrize(
    ("fields", "language", "sentence"),
    [
        ({**GOOD, "access": "maybe"}, "de", "Diese Antwort gibt es hier nicht."),
        ({**GOOD, "pressing": ["housing", "work", "money", "alone"]}, "uk", "3"),
        ({**GOOD, "comment": "ሰ" * 5000}, "ar", "5000"),
        ({**GOOD, "comment": "x" * 5000}, "en", "5000"),
        ({**GOOD, "region": "08999"}, "en", "not one of the possible answers"),
        ({**GOOD, "region": ""}, "en", "Please choose an answer here"),
        ({**GOOD, "trust": "6"}, "en", "not one of the possible answers"),
    ],
)
def test_a_mistake_is_explained_in_the_page_s_language_and_nothing_typed_is_lost(
    site: Any, fields: dict[str, Any], language: str, sentence: str
) -> None:
    reply = _post(site, f"/{language}/a", fields)
    assert reply.status_code == 422
    assert sentence in reply.text
    assert f'lang="{language}"' in reply.text
    assert fields["comment"] in reply.text
    assert site.stored() == 0


def test_the_error_is_at_the_top_and_at_the_field_and_has_the_focus(site: Any) -> None:
    page = _post(site, "/en/a", {**GOOD, "region": "", "pressing": ["housing"] * 1 + ["x"]}).text
    assert '<a href="#q-region">' in page and 'id="e-region"' in page
    assert page.count("autofocus") == 1
    assert page.index("autofocus") < page.index('id="q-access"')


def test_a_body_of_100_kb_is_refused_in_the_page_s_language(site: Any) -> None:
    reply = _post(site, "/de/a", {**GOOD, "comment": "x" * 100_000})
    assert reply.status_code == 413
    assert "Bitte kürzen" in reply.text or "kürz" in reply.text
    assert site.stored() == 0


def test_5000_ethiopic_characters_come_back_in_a_page_that_keeps_them(site: Any) -> None:
    text = "ሰ" * 5000
    assert len(urlencode({**GOOD, "comment": text})) > 40_000
    reply = _post(site, "/en/a", {**GOOD, "comment": text})
    assert reply.status_code == 422 and text.strip() in reply.text


def test_broken_utf_8_is_refused_and_its_bytes_are_not_repeated(site: Any) -> None:
    reply = _post(site, "/uk/a", "region=08416&comment=%ff%feSENTINEL")
    assert reply.status_code == 400
    assert "SENTINEL" not in reply.text and 'lang="uk"' in reply.text
    assert _post(site, "/uk/a", b"region=08416&comment=\xff\xfe").status_code == 400
    assert site.stored() == 0


def test_another_kind_of_body_is_refused(site: Any) -> None:
    reply = site.http.post("/en/a", files={"comment": ("name.txt", b"SENTINEL")})
    assert reply.status_code == 400 and site.stored() == 0


def test_a_form_of_a_closed_round_is_shown_again_for_the_new_one_with_its_answers(site: Any) -> None:
    page = site.http.get("/en/a").text
    round_id = re.search(r'name="round" value="([^"]+)"', page)
    assert round_id is not None
    site.close_clients_round()
    reply = _post(site, "/en/a", {**GOOD, "round": round_id[1]})
    assert reply.status_code == 409
    assert "This round has ended" in reply.text and "SENTINEL-TEXT" in reply.text
    again = re.search(r'name="round" value="([^"]+)"', reply.text)
    assert again is not None and again[1] != round_id[1]
    assert _post(site, "/en/a", {**GOOD, "round": again[1]}).status_code == 303


def test_a_full_disk_tells_people_to_try_again_and_keeps_what_they_typed(
    site: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    import sqlite3  # noqa: PLC0415

    def full(*_: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr("feedback_service.intake.slot_file.SlotFile.put", full)
    reply = _post(site, "/en/a", GOOD)
    assert reply.status_code == 503 and "SENTINEL-TEXT" in reply.text
    assert site.stored() == 0


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"sec-fetch-site": "cross-site"}, 403),
        ({"sec-fetch-site": "same-site"}, 403),
        ({"sec-fetch-site": "same-origin", "origin": "null"}, 303),
        ({"origin": "https://elsewhere.example"}, 403),
        ({"origin": "null"}, 303),
        ({"origin": "http://testserver"}, 303),
        ({}, 303),
    ],
)
def test_what_another_site_makes_a_browser_send_is_refused(
    site: Any, headers: dict[str, str], status: int
) -> None:
    reply = _post(site, "/ar/a", GOOD, **headers)
    assert reply.status_code == status
    assert status == 303 or ('dir="rtl"' in reply.text and 'role="alert"' in reply.text)
    assert "SENTINEL" not in reply.text
    assert site.stored() == (1 if status == 303 else 0)


@pytest.mark.parametrize("path", ["/", "/ar/", "/ar/a", "/de/b", "/ar/thanks", "/uk/privacy", "/en/delete"])
def test_every_page_forbids_what_it_does_not_need_and_leaves_nothing_behind(site: Any, path: str) -> None:
    reply = site.http.get(path)
    assert reply.status_code == 200
    assert reply.headers["cache-control"] == "no-store"
    assert reply.headers["referrer-policy"] == "no-referrer"
    policy = reply.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'") and "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert not {"set-cookie", "etag", "last-modified", "server"} & set(reply.headers)


@pytest.mark.parametrize("language", ["de", "en", "uk", "ar"])
@pytest.mark.parametrize("slug", ["a", "b"])
def test_the_form_is_one_request_of_at_most_30_kb(site: Any, language: str, slug: str) -> None:
    reply = site.http.get(f"/{language}/{slug}", headers={"accept-encoding": "gzip"})
    assert reply.headers["content-encoding"] == "gzip"
    assert int(reply.headers["content-length"]) <= 30_000
    linked = re.findall(r'<(?:link|script|img)[^>]+(?:href|src)="([^"]+)"', reply.text)
    assert linked == ["data:,"]


def test_arabic_is_laid_out_from_right_to_left_with_isolated_numbers(site: Any) -> None:
    page = site.http.get("/ar/a").text
    assert '<html lang="ar" dir="rtl"' in page
    assert "<bdi>1</bdi>" in page and "<bdi>11</bdi>" in page


def test_languages_stand_by_their_own_names_the_browser_s_first(site: Any) -> None:
    page = site.http.get("/", headers={"accept-language": "uk-UA,uk;q=0.9,ar;q=0.5"}).text
    order = re.findall(r'href="/([a-z]+)/"', page)
    assert order[:3] == ["uk", "ar", "de"] and set(order) == set(LANGUAGES)
    assert "Українська" in page and "العربية" in page


def test_unknown_addresses_and_methods_have_a_page(site: Any) -> None:
    assert site.http.get("/xx/a").status_code == 404
    assert site.http.get("/de/zzz").status_code == 404
    missing = site.http.get("/ar/nothing/here/at/all")
    assert missing.status_code == 404 and 'dir="rtl"' in missing.text
    for path, methods in (
        ("/de/a", "GET, HEAD, POST"),
        ("/healthz", "GET, HEAD"),
        ("/api/v1/surveys", "GET"),
    ):
        refused = site.http.put(path)
        assert (refused.status_code, refused.headers["allow"]) == (405, methods)


def test_a_receipt_deletes_and_the_reply_is_the_same_without_an_answer(site: Any) -> None:
    shown = re.search(r'<bdi dir="ltr">([0-9 ]+)</bdi>', site.http.get("/en/a").text)
    assert shown is not None
    one = _post(site, "/en/delete", {"receipt": shown[1]})
    assert one.status_code == 200 and "will not be counted" in one.text
    typed_wrongly = ("1" if shown[1][0] != "1" else "2") + shown[1][1:]
    wrong = _post(site, "/en/delete", {"receipt": typed_wrongly})
    assert wrong.status_code == 422 and "40 digits" in wrong.text


def test_an_unexpected_error_prints_its_place_and_never_its_text(
    site: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ValueError("SENTINEL-TEXT was in the error")

    monkeypatch.setattr("feedback_service.channels.web_form.check_answers", broken)
    reply = _post(site, "/en/a", GOOD)
    assert reply.status_code == 500
    printed = capsys.readouterr()
    assert "SENTINEL" not in reply.text + printed.out + printed.err
    assert "ValueError at" in printed.err
