"""The bot's side of the API: what is asked, retries with the same id, and what each refusal means."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from feedback_bot import api as apis
from feedback_bot.api import RoundEnded, Service, ServiceAway, Submission
from feedback_bot.offered import Offer
from feedback_service.sealing.receipt import Receipt
from feedback_service.surveys.yaml_form import standing_survey

from .conftest import survey_of

ANSWERS: dict[str, str | list[str]] = {"region": "08416", "comment": "canary"}
Reply = Callable[[httpx.Request], httpx.Response]


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apis, "_WAITS", (0.0, 0.0, 0.0))


def _service(reply: Reply, now: Callable[[], float] = lambda: 0.0) -> Service:
    return Service("https://feedback.example/", "https://feedback.example/", now, httpx.MockTransport(reply))


def _submission() -> Submission:
    return Submission(survey_of(standing_survey("clients")), ANSWERS, Receipt(bytes(16)))


def test_a_retry_is_the_same_answer_and_the_envelope_is_sealed() -> None:
    bodies: list[dict[str, Any]] = []
    statuses = iter([503, None, 429, 202])

    def reply(request: httpx.Request) -> httpx.Response:
        bodies.append(json.loads(request.content))
        status = next(statuses)
        if status is None:
            raise httpx.ConnectError("canary")
        return httpx.Response(status)

    asyncio.run(_service(reply).submit(_submission()))
    assert len(bodies) == 4 and all(body == bodies[0] for body in bodies)
    receipt = Receipt(bytes(16))
    assert bodies[0]["tag"] == receipt.tag.hex() and bodies[0]["id"] == receipt.id_for(ANSWERS).hex()
    assert len(bodies[0]["envelope"]) == 5230 and "code" not in bodies[0]
    # Sent once more by the person: sealed anew, the same answer all the same.
    again = _submission().body()
    assert again["envelope"] != bodies[0]["envelope"] and again["id"] == bodies[0]["id"]


@pytest.mark.parametrize("status", [404, 409, 422])
def test_a_refusal_means_that_something_else_is_asked_now(status: int) -> None:
    with pytest.raises(RoundEnded):
        asyncio.run(_service(lambda _request: httpx.Response(status)).submit(_submission()))


@pytest.mark.parametrize(
    ("headers", "minutes"), [({}, 5), ({"retry-after": "61"}, 2), ({"retry-after": "x"}, 5)]
)
def test_a_busy_service_says_when_to_come_back(headers: dict[str, str], minutes: int) -> None:
    service = _service(lambda _request: httpx.Response(503, headers=headers))
    with pytest.raises(ServiceAway) as away:
        asyncio.run(service.submit(_submission()))
    assert away.value.minutes == minutes


@pytest.mark.parametrize("content", [b"<html>", b"[{}]", b'{"x": 1}', b"[]x"])
def test_what_is_no_service_is_away(content: bytes) -> None:
    service = _service(lambda _request: httpx.Response(200, content=content))
    with pytest.raises(ServiceAway):
        asyncio.run(service.offer("de"))


def test_hundreds_who_begin_at_once_are_one_request(shared_installation: Any) -> None:
    asked: list[str] = []

    async def run(url: str) -> list[Offer]:
        clock = [0.0]
        service = Service(url, url, lambda: clock[0])
        client: Any = vars(service)["_client"]
        client.event_hooks = {"request": [lambda request: _note(request)]}

        async def _note(request: httpx.Request) -> None:
            asked.append(request.url.path)

        offers = await asyncio.gather(*(service.offer("ar") for _ in range(200)))
        clock[0] = 61.0
        await service.offer("ar")
        await service.close()
        return list(offers)

    with shared_installation.serving() as served:
        offers = asyncio.run(run(served.url))
    assert len(asked) == 2 * 4
    clients = offers[0].survey("clients")
    assert clients is not None and clients.lang == "ar"
    standing = standing_survey("clients")
    assert clients.sealing.fingerprint == standing.fingerprint
    assert [one.name for one in clients.questions] == [one.name for one in standing.questions]
    assert [one.choice_names for one in clients.questions] == [one.choice_names for one in standing.questions]
    assert [one.most for one in clients.questions] == [one.most for one in standing.questions]
    assert len(offers[0].directory.regions) == 49


def test_what_was_asked_a_while_ago_is_asked_while_the_service_is_away(offer: Offer) -> None:
    clock = [0.0]
    service = _service(lambda _request: httpx.Response(500), lambda: clock[0])
    kept: Any = vars(service)["_kept"]
    kept["de"] = apis._Kept(offer, 0.0)
    clock[0] = 10_000.0
    assert asyncio.run(service.offer("de")) is offer
    with pytest.raises(ServiceAway):
        asyncio.run(service.offer("de", fresh=True))
