"""The rate limit over HTTP: nothing typed is lost; a forwarded address is believed from the proxy alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from starlette.requests import Request

from feedback_service.channels.sender import Limiter
from feedback_service.intake import rate_limit
from feedback_service.intake.rate_limit import RateLimit, TooManyRequests
from feedback_service.settings import Settings

FORM = {"content-type": "application/x-www-form-urlencoded"}


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """A limit of three, so that a test needn't send a thousand."""
    monkeypatch.setattr(rate_limit, "BURST", 3)
    monkeypatch.setattr(rate_limit, "A_SECOND", 0.01)


def _post(site: Any, **headers: str) -> Any:
    return site.http.post("/de/a", content="region=08416&comment=bleibt+stehen", headers=FORM | headers)


def test_over_the_limit_the_page_comes_back_with_what_was_typed(few: None, site: Any) -> None:
    assert [_post(site).status_code for _ in range(4)] == [303, 303, 303, 429]
    refused = _post(site)
    assert "bleibt stehen" in refused.text and "Sekunden noch einmal" in refused.text
    assert int(refused.headers["retry-after"]) >= 1
    assert site.stored() == 3


def test_the_api_says_it_as_a_problem_and_deleting_is_limited_too(few: None, site: Any) -> None:
    for _ in range(3):
        assert site.http.post("/api/v1/submissions", json={}).status_code == 422
    refused = site.http.post("/api/v1/submissions", json={})
    assert refused.status_code == 429 and refused.json()["code"] == "too-many-requests"
    assert int(refused.headers["retry-after"]) >= 1
    typed = site.http.post("/de/delete", content="receipt=1234", headers=FORM)
    assert typed.status_code == 429 and "1234" in typed.text


def test_reading_is_never_limited(few: None, site: Any) -> None:
    assert {site.http.get("/de/a").status_code for _ in range(10)} == {200}


def test_a_setting_turns_it_off(few: None, site_with: Callable[..., Any]) -> None:
    site = site_with(Settings(rate_limit=False))
    assert {_post(site).status_code for _ in range(6)} == {303}


def _request(address: str | None, forwarded: str | None = None) -> Request:
    headers = [(b"x-forwarded-for", forwarded.encode())] if forwarded else []
    client = (address, 1234) if address else None
    return Request({"type": "http", "headers": headers, "client": client, "method": "POST", "path": "/"})


def _taken(limiter: Limiter, *requests: Request) -> int:
    taken = 0
    for request in requests:
        try:
            limiter.check(request)
            taken += 1
        except TooManyRequests:
            pass
    return taken


def test_a_forwarded_address_is_believed_from_the_configured_proxy_only(few: None) -> None:
    behind = [_request("10.0.0.1", f"9.9.9.9, 203.0.113.{number}") for number in range(8)]
    assert _taken(Limiter(RateLimit(lambda: 0.0), "10.0.0.1"), *behind) == 8
    assert _taken(Limiter(RateLimit(lambda: 0.0), None), *behind) == 3
    assert _taken(Limiter(RateLimit(lambda: 0.0), "10.0.0.2"), *behind) == 3


def test_who_sends_a_header_of_their_own_through_the_proxy_does_not_get_around_it(few: None) -> None:
    spoofed = [_request("10.0.0.1", f"198.51.100.{number}, 203.0.113.7") for number in range(8)]
    assert _taken(Limiter(RateLimit(lambda: 0.0), "10.0.0.1"), *spoofed) == 3


def test_an_onion_s_proxy_that_forwards_nobody_is_not_limited_as_one_sender(few: None) -> None:
    assert _taken(Limiter(RateLimit(lambda: 0.0), "10.0.0.1"), *[_request("10.0.0.1")] * 8) == 8
    assert _taken(Limiter(RateLimit(lambda: 0.0)), *[_request(None)] * 8) == 8


def test_a_limiter_does_not_print_an_address() -> None:
    assert "10.0.0.1" not in repr(Limiter(None, "10.0.0.1"))
