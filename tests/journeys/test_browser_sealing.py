"""Sealing in a real Chromium: the published vectors, nasty texts, and every way in which sending can fail."""

from __future__ import annotations

import base64
import gzip
import json
import random
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import cryptography_vectors
import httpx2
import pytest
import rfc8785
from cryptography.hazmat.primitives.asymmetric import ec
from playwright.sync_api import Browser, Page, Request, Route, expect

from feedback_service.channels.pages import Assets
from feedback_service.i18n import LANGUAGES
from feedback_service.sealing.keys import PrivateKey
from feedback_service.sealing.open import open_envelope
from feedback_service.sealing.plaintext import pad
from feedback_service.sealing.receipt import Receipt
from feedback_service.surveys.answers import clean_text
from feedback_service.surveys.yaml_form import STANDING, standing_survey

LARGEST = 4 * 1024


@pytest.fixture
def module(installation: Any, chromium: Browser) -> Iterator[Page]:
    """A page in which the module's own functions can be called as `window.m`."""
    with installation.serving() as served:
        # The policy would refuse a test's script; what is tested is the module as it is sent.
        page = chromium.new_context(bypass_csp=True).new_page()
        page.goto(f"{served.url}/healthz")
        page.evaluate(
            "async (source) => { const file = new Blob([source], {type: 'text/javascript'});"
            " window.m = await import(URL.createObjectURL(file)); }",
            str(Assets.load().sealing),
        )
        yield page
        page.context.close()


def _vectors() -> list[dict[str, Any]]:
    with cryptography_vectors.open_vector_file("HPKE/test-vectors.json", "r") as source:
        listed = json.load(source)
    wanted = {"mode": 0, "kem_id": 16, "kdf_id": 1, "aead_id": 2}
    return [one for one in listed if all(one[name] == value for name, value in wanted.items())]


def _list(data: bytes | str) -> list[int]:
    return list(bytes.fromhex(data) if isinstance(data, str) else data)


def test_the_module_is_small_and_without_a_word_of_comment() -> None:
    sent = str(Assets.load().sealing).encode()
    assert len(gzip.compress(sent, 6)) <= LARGEST
    assert b"//" not in sent


def test_chromium_s_key_schedule_gives_the_published_key_and_nonce(module: Page) -> None:
    found = _vectors()
    assert found
    for vector in found:
        key = PrivateKey.from_bytes(bytes.fromhex(vector["skRm"]))
        enc = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), bytes.fromhex(vector["enc"]))
        dh = key.handle.exchange(ec.ECDH(), enc)
        key_and_nonce = module.evaluate(
            "async (all) => (await m.schedule(...all.map((one) => new Uint8Array(one))))"
            ".map((part) => [...part])",
            [_list(dh), _list(vector["enc"]), _list(vector["pkRm"]), _list(vector["info"])],
        )
        assert [bytes(part).hex() for part in key_and_nonce] == [vector["key"], vector["base_nonce"]]


def test_sealed_in_chromium_with_the_vector_s_keys_it_opens_in_python(module: Page) -> None:
    """The sender's key is the vector's too, so that `enc` must come out as published."""
    (vector, *_) = _vectors()
    ephemeral = PrivateKey.from_bytes(bytes.fromhex(vector["skEm"]))
    recipient = PrivateKey.from_bytes(bytes.fromhex(vector["skRm"]))
    info = b"feedback-service/v1|2026-Q4|" + bytes(32)
    envelope = bytes(
        module.evaluate(
            "async ([jwk, pk, info, text]) => { const curve = {name: 'ECDH', namedCurve: 'P-256'};"
            " const privateKey = await crypto.subtle.importKey('jwk', jwk, curve, true, ['deriveBits']);"
            " const {d, ...open} = jwk; open.key_ops = [];"
            " const publicKey = await crypto.subtle.importKey('jwk', open, curve, true, []);"
            " return [...await m.seal(new Uint8Array(pk), new Uint8Array(info), new Uint8Array(text),"
            " {privateKey, publicKey})]; }",
            [_jwk(ephemeral), _list(vector["pkRm"]), _list(info), _list(pad(b'{"from":"chromium"}'))],
        )
    )
    assert len(envelope) == 3922 and envelope[0] == 1
    assert envelope[1:66].hex() == vector["enc"]
    assert open_envelope(envelope, recipient, "2026-Q4", bytes(32)) == b'{"from":"chromium"}'


def _jwk(key: PrivateKey) -> dict[str, Any]:
    point = key.public.to_bytes()
    coded = {
        name: base64.urlsafe_b64encode(part).rstrip(b"=").decode()
        for name, part in (("x", point[1:33]), ("y", point[33:]), ("d", key.to_bytes()))
    }
    return {"kty": "EC", "crv": "P-256", "ext": True, "key_ops": ["deriveBits"], **coded}


def _nasty_texts(number: int) -> list[str]:
    chance = random.Random(8785)
    alphabets = [
        "abc xyz", "äöüß€", "سلام ١٢٣", "ሰላም ቋንቋ", "\u200f\u202e\u2066", "😀👩\u200d👧🏳",
        '"\\/\b\f\n\r\t\0\x1f\x7f\x85', "\u2028\u2029\ufeff", "e\u0301o\u0308\u1100\u1161",
        "<script>&amp;", "𐀀𝄞",
    ]  # fmt: skip
    return [
        "".join(chance.choice(chance.choice(alphabets)) for _ in range(chance.randrange(60)))
        for _ in range(number)
    ]


def test_canonical_json_receipts_and_cleaning_are_python_s_own(module: Page) -> None:
    texts = _nasty_texts(400)
    values: list[Any] = [{text or "k": [text, "x"], "b": {"ä": text, "a": text}, "v": 1} for text in texts]
    assert [one.encode() for one in module.evaluate("(all) => all.map(m.canonical)", values)] == [
        rfc8785.dumps(value) for value in values
    ]
    # The two languages differ in which invisible signs at the ends are blank; counting cleans again.
    cleaned = module.evaluate("(all) => all.map(m.clean)", texts)
    assert list(map(_without_ends, cleaned)) == [_without_ends(clean_text(text)) for text in texts]
    receipts = [Receipt.fresh() for _ in range(200)] + [Receipt(bytes(16)), Receipt(b"\xff" * 16)]
    shown = module.evaluate(
        "(all) => all.map((one) => m.digits(new Uint8Array(one)))", [_list(one.secret) for one in receipts]
    )
    assert shown == [one.shown for one in receipts]


def _without_ends(text: str) -> str:
    return re.sub(r"^[\s\ufeff]+|[\s\ufeff]+$", "", text)


def test_half_a_character_is_left_out_not_sealed(module: Page) -> None:
    assert module.evaluate("m.clean('a\\ud800b\\udc00c😀')") == "abc😀"


def test_content_that_is_too_long_is_not_sealed(module: Page) -> None:
    assert module.evaluate("m.pad(new Uint8Array(3839)).length") == 3840
    refused = "(() => { try { m.pad(new Uint8Array(3840)) } catch (e) { return e.message } })()"
    assert module.evaluate(refused) == "too long"


def _watch(page: Page) -> list[Request]:
    posts: list[Request] = []
    page.on("request", lambda request: posts.append(request) if request.method == "POST" else None)
    return posts


def _sent(post: Request) -> dict[str, list[str]]:
    return parse_qs(post.post_data or "", keep_blank_values=True)


@pytest.mark.parametrize("slug", ["a", "b"])
def test_whatever_the_module_lets_pass_counts_and_what_it_stops_would_not_have(
    installation: Any, chromium: Browser, slug: str
) -> None:
    """Random fillings, good and bad: each is sent and counted, or told at its question; never lost."""
    name = STANDING["ab".index(slug)]
    questionnaire = standing_survey(name)
    sent = told = 0
    with installation.serving() as served:
        page = chromium.new_context(locale="de-DE").new_page()
        for seed in range(25):
            chance = random.Random(f"{slug}{seed}")
            page.goto(f"{served.url}/de/{slug}")
            for question in questionnaire.questions:
                box = f"#q-{question.name}"
                if question.type == "region" and chance.random() < 0.85:
                    page.locator(f"{box} select").select_option(chance.choice(["08", "08416", "08111"]))
                elif question.type == "text" and chance.random() < 0.5:
                    text = chance.choice(_nasty_texts(30)) * chance.choice([1, 1, 20])
                    page.locator(f"{box} textarea").fill(text)
                elif question.closed and chance.random() < 0.5:
                    most = question.most + (1 if chance.random() < 0.1 else 0)
                    picked = chance.sample(question.choice_names, k=chance.randint(1, most))
                    for choice in picked:
                        page.locator(f"{box} input[value='{choice}']").check()
            page.locator("main button").click()
            page.locator(".problems, h1:has-text('Danke')").first.wait_for()
            if page.url.endswith("/thanks"):
                sent += 1
            else:
                told += 1
                assert page.locator("fieldset.wrong .error").count() >= 1
        page.context.close()
    assert sent >= 10 and told >= 2, (sent, told)
    installation.json("rounds", "close", name)
    counted = installation.json("rounds", "count", name)
    assert (counted["answers"], counted["invalid"]) == (sent, 0)


def test_nothing_of_the_answers_leaves_the_browser_unsealed(
    installation: Any, chromium: Browser, tmp_path: Path
) -> None:
    with installation.serving() as served:
        page = chromium.new_page()
        page.goto(f"{served.url}/ar/a")
        page.locator("select[name=region]").select_option("08416")
        page.locator("textarea[name=comment]").fill("سرّ 😀 ሰላም")
        shown = page.locator(".digits bdi").inner_text()
        posts = _watch(page)
        page.locator("main button").click()
        expect(page).to_have_url(f"{served.url}/ar/thanks")
        (post,) = posts
        fields = _sent(post)
        receipt = Receipt.from_text(shown)
        assert fields.keys() == {"round", "tag", "id", "envelope", "code"}
        assert fields["tag"] == [receipt.tag.hex()]
        answers = {"comment": "سرّ 😀 ሰላም", "region": "08416"}
        assert fields["id"] == [receipt.id_for(answers).hex()]
        assert len(fields["envelope"][0]) == 5230
        assert receipt.secret.hex() not in (post.post_data or "")
        page.close()
    installation.json("rounds", "close", "clients")
    counted = installation.json("rounds", "count", "clients")
    assert (counted["answers"], counted["invalid"]) == (1, 0)


def test_a_mistake_is_told_at_the_top_and_at_the_question_which_is_in_sight(
    installation: Any, chromium: Browser
) -> None:
    with installation.serving() as served:
        page = chromium.new_page(viewport={"width": 360, "height": 740})
        page.goto(f"{served.url}/ar/a")
        posts = _watch(page)
        page.locator("main button").click()
        expect(page.locator("#q-region select")).to_be_focused()
        expect(page.locator("#q-region select")).to_be_in_viewport()
        expect(page.locator(".problems a")).to_have_attribute("href", "#q-region")
        expect(page.locator("#q-region .error")).to_be_visible()
        assert page.locator("#q-region").get_attribute("aria-describedby") == "h-region e-region"
        assert posts == []
        page.close()


def test_a_receipt_that_the_browser_drew_deletes(installation: Any, chromium: Browser) -> None:
    with installation.serving() as served:
        page = chromium.new_page()
        page.goto(f"{served.url}/de/a")
        shown = page.locator(".digits bdi").inner_text()
        page.locator("select[name=region]").select_option("08416")
        page.locator("main button").click()
        expect(page).to_have_url(f"{served.url}/de/thanks")
        page.goto(f"{served.url}/de/delete")
        page.locator("#number").fill(shown)
        page.locator("main button").click()
        expect(page.locator("[role=status]")).to_be_visible()
        page.close()
    installation.json("rounds", "close", "clients")
    assert installation.json("rounds", "count", "clients")["answers"] == 0


def _filled(page: Page, url: str) -> None:
    page.goto(f"{url}/de/a")
    page.locator("select[name=region]").select_option("08416")
    page.locator("textarea[name=comment]").fill("bleibt stehen")


def test_without_a_connection_nothing_is_lost_and_sending_again_is_one_answer(
    installation: Any, chromium: Browser
) -> None:
    with installation.serving() as served:
        page = chromium.new_page()
        _filled(page, served.url)
        posts = _watch(page)

        def stored_but_lost(route: Route) -> None:
            route.fetch(max_redirects=0)
            route.abort()

        page.route("**/de/a", stored_but_lost)
        page.locator("main button").click()
        expect(page.locator(".problems")).to_contain_text("Es besteht keine Verbindung")
        expect(page.locator("textarea[name=comment]")).to_have_value("bleibt stehen")
        expect(page.locator(".problems")).to_be_focused()
        page.unroute("**/de/a")
        page.locator("main button").click()
        expect(page).to_have_url(f"{served.url}/de/thanks")
        assert len({_sent(post)["id"][0] for post in posts}) == 1
        assert len({_sent(post)["envelope"][0] for post in posts}) == 2
        page.close()
    installation.json("rounds", "close", "clients")
    assert installation.json("rounds", "count", "clients")["answers"] == 1


def test_a_round_that_closes_meanwhile_is_told_and_the_next_try_is_sealed_to_the_new_key(
    installation: Any, chromium: Browser
) -> None:
    with installation.serving() as served:
        page = chromium.new_page()
        _filled(page, served.url)
        closed = installation.json("rounds", "close", "clients")
        page.locator("main button").click()
        expect(page.locator(".problems")).to_contain_text("Runde")
        expect(page.locator("textarea[name=comment]")).to_have_value("bleibt stehen")
        page.locator("main button").click()
        expect(page).to_have_url(f"{served.url}/de/thanks")
        page.close()
    installation.json("rounds", "close", "clients", "--round", closed["opened"])
    counted = installation.json("rounds", "count", "clients", "--round", closed["opened"])
    assert (counted["answers"], counted["invalid"]) == (1, 0)


def test_where_the_questions_changed_too_the_server_shows_them_with_the_answers(
    installation: Any, chromium: Browser, tmp_path: Path
) -> None:
    file = tmp_path / "clients.yaml"
    installation.json("surveys", "export", "clients", "--out", str(file))
    file.write_text(file.read_text("utf-8").replace("Wo wohnen Sie?", "Wo wohnen Sie jetzt?"), "utf-8")
    outdated = [word for code in LANGUAGES if code != "de" for word in ("--with-outdated", code)]
    installation.json("surveys", "import", str(file), *outdated)
    with installation.serving() as served:
        page = chromium.new_page()
        _filled(page, served.url)
        installation.json("rounds", "close", "clients")
        page.locator("main button").click()
        expect(page.locator("#q-region legend")).to_contain_text("Wo wohnen Sie jetzt?")
        expect(page.locator("textarea[name=comment]")).to_have_value("bleibt stehen")
        page.locator("main button").click()
        expect(page).to_have_url(f"{served.url}/de/thanks")
        page.close()


def test_an_old_browser_without_the_curve_sends_the_form_for_the_server_to_seal(
    installation: Any, chromium: Browser
) -> None:
    with installation.serving() as served:
        context = chromium.new_context()
        context.add_init_script("SubtleCrypto.prototype.deriveBits = () => { throw new Error('no') }")
        page = context.new_page()
        _filled(page, served.url)
        posts = _watch(page)
        page.locator("main button").click()
        expect(page).to_have_url(f"{served.url}/de/thanks")
        assert _sent(posts[0])["comment"] == ["bleibt stehen"]
        context.close()
    installation.json("rounds", "close", "clients")
    assert installation.json("rounds", "count", "clients")["answers"] == 1


def test_rubbish_that_claims_to_be_sealed_is_refused_and_not_repeated(installation: Any) -> None:
    with installation.serving() as served:
        for body in (
            "envelope=x",
            "envelope=&tag=&id=",
            f"envelope={'A' * 5230}&tag={'0' * 32}&id={'0' * 32}&round=2026-Q4",
            f"envelope={'A' * 5230}&tag=canary&id={'0' * 32}",
        ):
            headers = {"content-type": "application/x-www-form-urlencoded"}
            reply = httpx2.post(f"{served.url}/de/a", content=body, headers=headers)
            assert reply.status_code == 400 and "canary" not in reply.text
            assert reply.json().keys() == {"sentence", "round", "key", "fingerprint"}
