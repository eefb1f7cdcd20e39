"""Bad networks and worse: retries, shared phones, copied envelopes, a server that is killed."""

from __future__ import annotations

import contextlib
import json
import random
import sqlite3
import subprocess
import sys
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx2

from feedback_service.sealing.keys import PublicKey, from_base64url, to_base64url
from feedback_service.sealing.open import open_envelope
from feedback_service.sealing.seal import SealingContext, seal
from feedback_service.sealing.wrapping import unwrap
from feedback_service.secret import Secret

COMMAND = Path(sys.executable).with_name("feedback-service")
HEADERS = {"content-type": "application/x-www-form-urlencoded"}
# The one that tests/conftest.py protects the keys with.
PASSPHRASE = "correct horse battery staple"
CLIENTS = 8
ANSWERS = 1000
KILLS = 10


@dataclass(frozen=True, slots=True)
class Form:
    """One person's filled form: the same bytes however often it is sent."""

    body: str
    comment: str

    @classmethod
    def filled(cls, chance: random.Random, receipt: str | None = None) -> Form:
        """A random form from the page with that receipt, or from a page of its own."""
        comment = chance.randbytes(8).hex()
        fields = [
            ("receipt", receipt or chance.randbytes(16).hex()),
            ("region", chance.choice(["08416", "08111", "08222", "08"])),
            ("access", chance.choice(["yes", "no"])),
            ("comment", comment),
        ]
        return cls(urlencode(fields), comment)


def _bodies(data: Path) -> list[bytes]:
    with sqlite3.connect(data / "feedback.sqlite") as database:
        return [body for (body,) in database.execute("SELECT body FROM envelope")]


def test_a_thousand_answers_with_retries_are_a_thousand_envelopes_of_one_length(installation: Any) -> None:
    chance = random.Random(1000)
    forms = [Form.filled(chance) for _ in range(ANSWERS)]
    sendings = forms + chance.choices(forms, k=400)
    chance.shuffle(sendings)

    def client(mine: list[Form]) -> None:
        with httpx2.Client() as http:
            for form in mine:
                reply = http.post(f"{served.url}/en/a", content=form.body, headers=HEADERS)
                assert reply.status_code == 303

    # All of them come from one address here.
    with (installation.data / "settings.toml").open("a") as settings:
        settings.write("rate_limit = false\n")
    with installation.serving() as served, ThreadPoolExecutor(CLIENTS) as pool:
        running = [pool.submit(client, sendings[start::CLIENTS]) for start in range(CLIENTS)]
        # A mix in the middle: what is retried after it is still the same answer.
        installation.json("mix")
        for one in running:
            one.result()
        installation.json("rounds", "close", "clients")
    bodies = _bodies(installation.data)
    assert len(bodies) == ANSWERS
    assert {len(body) for body in bodies} == {3922}
    counted = installation.json("rounds", "count", "clients")
    assert (counted["answers"], counted["invalid"]) == (ANSWERS, 0)


def test_two_people_s_different_answers_from_one_open_page_are_two(installation: Any) -> None:
    chance = random.Random(2)
    receipt = chance.randbytes(16).hex()
    with installation.serving() as served:
        for form in (Form.filled(chance, receipt), Form.filled(chance, receipt)):
            for _ in range(3):
                assert (
                    httpx2.post(f"{served.url}/de/a", content=form.body, headers=HEADERS).status_code == 303
                )
        installation.json("rounds", "close", "clients")
    assert len(_bodies(installation.data)) == 2


def test_an_envelope_copied_under_other_ids_counts_once(installation: Any) -> None:
    with installation.serving() as served:
        survey = httpx2.get(f"{served.url}/api/v1/surveys/clients?lang=ar").json()
        context = SealingContext(
            "clients",
            survey["round"],
            bytes.fromhex(survey["fingerprint"]),
            PublicKey.from_bytes(from_base64url(survey["public_key"])),
        )
        envelope = seal(context, lang="ar", channel="telegram", answers={"region": "08416", "access": "no"})
        for number in range(12):
            sent = {
                "survey": "clients",
                "round": survey["round"],
                "tag": f"{number:032x}",
                "id": f"{number:032x}",
                "envelope": to_base64url(envelope),
            }
            assert httpx2.post(f"{served.url}/api/v1/submissions", json=sent).status_code == 202
        installation.json("rounds", "close", "clients")
    assert len(_bodies(installation.data)) == 12
    counted = installation.json("rounds", "count", "clients")
    assert (counted["answers"], counted["invalid"]) == (1, 11)


def test_every_acknowledged_answer_survives_ten_kills_of_the_server(installation: Any) -> None:
    chance = random.Random(9)
    acknowledged: list[Form] = []
    for _ in range(KILLS):
        served = installation.start()
        kill_after = chance.randint(5, 60)
        with ThreadPoolExecutor(CLIENTS) as pool:
            forms = [Form.filled(chance) for _ in range(100)]
            waiting = [(form, pool.submit(_acknowledged, served.url, form)) for form in forms]
            for place, (form, done) in enumerate(waiting):
                if place == kill_after:
                    served.kill()
                if done.result():
                    acknowledged.append(form)
    assert len(acknowledged) >= KILLS * 5
    # On a bad network people send again what they got no answer to; here, everything.
    with installation.serving() as served:
        assert all(_acknowledged(served.url, form) for form in acknowledged[::3])
        installation.json("rounds", "close", "clients")
    counted = installation.json("rounds", "count", "clients")
    assert counted["invalid"] == 0
    assert counted["answers"] >= len(acknowledged)
    assert len(_bodies(installation.data)) == counted["answers"] <= KILLS * 100
    found = Counter(_comments(installation))
    assert [found[form.comment] for form in acknowledged] == [1] * len(acknowledged)


def test_every_acknowledged_answer_survives_kills_of_the_mix(installation: Any) -> None:
    chance = random.Random(10)
    acknowledged: list[Form] = []
    over = threading.Event()

    def client(seed: int) -> None:
        mine = random.Random(seed)
        while not over.is_set():
            form = Form.filled(mine)
            if _acknowledged(served.url, form):
                acknowledged.append(form)

    with installation.serving() as served, ThreadPoolExecutor(CLIENTS) as pool:
        running = [pool.submit(client, seed) for seed in range(4)]
        for number in range(KILLS):
            words = ["mix"] if number % 3 else ["rounds", "close", "counsellors"]
            _killed_after(installation, words, chance.uniform(0.5, 1.6))
        over.set()
        for one in running:
            one.result()
        installation.json("mix")
        installation.json("rounds", "close", "clients")
    counted = installation.json("rounds", "count", "clients")
    assert (counted["answers"], counted["invalid"]) == (len(acknowledged), 0)
    assert Counter(_comments(installation)) == Counter(form.comment for form in acknowledged)


def _killed_after(installation: Any, words: list[str], seconds: float) -> None:
    process = subprocess.Popen(
        [COMMAND, *words, "--data", str(installation.data)],
        env=installation.environment(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(seconds)
    process.kill()
    process.wait()


def _comments(installation: Any) -> list[str]:
    """What was written, opened with the round's key as its holders could."""
    key_file = next((installation.data / "keys").glob("clients-*.counted")).with_suffix(".key")
    _, round_id, held = unwrap(key_file.read_text(), key_file.name, Secret(PASSPHRASE.encode()))
    with sqlite3.connect(installation.data / "feedback.sqlite") as database:
        query = "SELECT fingerprint FROM round WHERE survey = 'clients' AND round = ?"
        (fingerprint,) = database.execute(query, (round_id,)).fetchone()
    opened = (
        open_envelope(body, held.private_key, round_id, fingerprint) for body in _bodies(installation.data)
    )
    return [json.loads(content)["answers"]["comment"] for content in opened]


def _acknowledged(url: str, form: Form) -> bool:
    try:
        return httpx2.post(f"{url}/en/a", content=form.body, headers=HEADERS, timeout=10).status_code == 303
    except httpx2.HTTPError:
        return False
