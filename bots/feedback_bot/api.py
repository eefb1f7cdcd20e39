"""The service over HTTP: what it asks, and answers in, sealed here. A retry has the same id: one answer."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx

from feedback_service.regions.directory import Directory
from feedback_service.sealing.keys import to_base64url
from feedback_service.sealing.receipt import Receipt
from feedback_service.sealing.seal import seal
from feedback_service.surveys.answers import Answers

from .offered import Offer, Survey, read_directory, read_survey

CHANNEL = "telegram"
# Seconds before each new try; a person waits for the sum of them at most, and is then told when to try again.
_WAITS = (0.5, 1.0, 2.0)
_TIMEOUT = httpx.Timeout(10)
# How long what is asked is taken as it was. A round that ends in between is met when an answer is sent.
_FRESH_SECONDS = 60.0
_LATER_MINUTES = 5


class ServiceAway(Exception):
    """The service doesn't answer, or asks to wait; worth a new try in so many minutes."""

    def __init__(self, minutes: int = _LATER_MINUTES) -> None:
        super().__init__()
        self.minutes = minutes


class RoundEnded(Exception):
    """The round that the answers were sealed for takes none any more."""


@dataclass(frozen=True, slots=True)
class Submission:
    """One person's answers to one survey, to be sealed once and sent as often as it takes."""

    survey: Survey
    answers: Answers = field(repr=False)
    receipt: Receipt = field(repr=False)
    code: str = field(default="", repr=False)

    def body(self) -> dict[str, str]:
        """What is sent. Each call seals anew; the id stays, so that sending twice is one answer."""
        envelope = seal(self.survey.sealing, lang=self.survey.lang, channel=CHANNEL, answers=self.answers)
        sent = {
            "survey": self.survey.name,
            "round": self.survey.sealing.round_id,
            "tag": self.receipt.tag.hex(),
            "id": self.receipt.id_for(self.answers).hex(),
            "envelope": to_base64url(envelope),
        }
        return {**sent, "code": self.code} if self.code else sent


@dataclass(slots=True)
class _Kept:
    """An offer and when it was fetched."""

    offer: Offer
    at: float


class Service:
    """The public API at one address. `web` is the address that people open; `now` counts seconds."""

    def __init__(
        self, url: str, web: str, now: Callable[[], float], transport: httpx.AsyncBaseTransport | None = None
    ) -> None:
        self._web = web.rstrip("/")
        self._now = now
        self._client = httpx.AsyncClient(
            base_url=url.rstrip("/") + "/api/v1", timeout=_TIMEOUT, transport=transport, trust_env=False
        )
        self._kept: dict[str, _Kept] = {}
        # When hundreds begin at once, it is fetched once.
        self._fetching = asyncio.Lock()
        self._directory: Directory | None = None

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    async def offer(self, lang: str, fresh: bool = False) -> Offer:
        """What is asked now, with texts in `lang`. Raises `ServiceAway`."""
        asked_at = self._now()
        async with self._fetching:
            kept = self._kept.get(lang)
            since = asked_at if fresh else self._now() - _FRESH_SECONDS
            if kept and kept.at >= since:
                return kept.offer
            try:
                offer = await self._fetch(lang)
            except ServiceAway:
                # People who begin just now are asked what was asked a while ago.
                if kept and not fresh:
                    return kept.offer
                raise
            self._kept[lang] = _Kept(offer, self._now())
            return offer

    async def submit(self, submission: Submission) -> None:
        """Hand in sealed answers. Raises `ServiceAway`, `RoundEnded`."""
        body = submission.body()
        reply = await self._ask("POST", "/submissions", json=body)
        # 404 and 409 say so; whatever else is refused was made for what is no longer asked.
        if reply.status_code != 202:
            raise RoundEnded

    async def _fetch(self, lang: str) -> Offer:
        try:
            entries = (await self._get("/surveys")).json()
            details = [(await self._get(f"/surveys/{entry['name']}", lang=lang)).json() for entry in entries]
            surveys = tuple(read_survey(detail) for detail in details)
            # Names of regions are the same in every language; municipalities are added now and then.
            self._directory = read_directory((await self._get("/regions", lang=lang)).json())
        except (ValueError, KeyError, TypeError):
            raise ServiceAway from None
        return Offer(surveys, self._directory, self._web)

    async def _get(self, path: str, **params: str) -> httpx.Response:
        reply = await self._ask("GET", path, params=params)
        if reply.status_code != 200:
            raise ServiceAway
        return reply

    async def _ask(self, method: str, path: str, **what: Any) -> httpx.Response:
        """A reply that is no "later". Tries again where none comes or the service is busy."""
        minutes = _LATER_MINUTES
        for wait in (*_WAITS, None):
            try:
                reply = await self._client.request(method, path, **what)
            except httpx.HTTPError:
                pass
            else:
                if reply.status_code < 500 and reply.status_code != 429:
                    return reply
                minutes = _minutes(reply) or minutes
            if wait is not None:
                await asyncio.sleep(wait)
        raise ServiceAway(minutes)


def _minutes(reply: httpx.Response) -> int | None:
    """`Retry-After` in whole minutes, where it is told in seconds."""
    seconds = reply.headers.get("retry-after", "")
    return max(1, -(-int(seconds) // 60)) if seconds.isdigit() else None
