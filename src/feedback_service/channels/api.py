"""The public interface for other clients (bots, kiosks): surveys, regions, releases, and sealed answers in.

Takes envelopes that the client sealed; the service never sees what is in them. Models are strict, errors
are problems of RFC 9457 without a word of what was sent.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, HTTPException, Request
from pydantic import ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse, Response

from ..errors import FeedbackError
from ..i18n import LANGUAGES
from ..intake.open_rounds import OpenRounds, OpenSurvey
from ..intake.receive import Door, Sealed
from ..intake.spool import RoundClosed
from ..sealing.access_code import AccessCode
from ..sealing.envelope import ENVELOPE_BYTES, well_formed
from ..sealing.keys import from_base64url
from ..storage.published import read_source
from ..storage.session import Store
from .api_models import (
    Accepted,
    RegionEntry,
    ReleaseEntry,
    Submission,
    SurveyDetail,
    SurveyEntry,
    sealing_of,
    survey_detail,
    survey_entry,
)
from .form_body import read_body
from .sender import Limiter, retry_after


class UnreadableSubmission(FeedbackError):
    """A body that is no submission; `field` says where, never what stood there."""

    status = 422
    code = "submission-invalid"
    message = (
        "The submission can't be used: %(field)s is missing or not as described in /api/v1/openapi.json."
    )


class NotJson(FeedbackError):
    """A body that is no JSON in UTF-8."""

    status = 400
    code = "not-json"
    message = "The body is not JSON in UTF-8."


class InvalidEnvelope(FeedbackError):
    """An envelope of another length or version."""

    status = 422
    code = "envelope-invalid"
    message = "An envelope has %(length)s bytes, in base64url without padding, and begins with version 1."


class SupersededKey(FeedbackError):
    """The round is over; the problem carries the key of the one that is open."""

    status = 409
    code = "key-superseded"
    message = "This round has ended. Seal the answers again for the round and key given here."


class NotAsked(FeedbackError):
    """No such survey, or none of its rounds is open."""

    status = 404
    code = "not-asked"
    message = "There is no such survey, or it is not open now."


@dataclass(frozen=True, slots=True)
class Api:
    """What the handlers need, given once when the application is made."""

    open_rounds: OpenRounds
    door: Door
    store: Store
    limiter: Limiter

    def router(self) -> APIRouter:
        """The routes below /api/v1."""
        router = APIRouter(prefix="/api/v1")
        router.add_api_route("/surveys", self.surveys)
        router.add_api_route("/surveys/{name}", self.survey)
        router.add_api_route("/regions", self.regions)
        router.add_api_route("/releases", self.releases)
        router.add_api_route("/releases/{survey}/{round}", self.release, response_class=Response)
        router.add_api_route(
            "/submissions",
            self.submit,
            methods=["POST"],
            status_code=202,
            openapi_extra={
                "requestBody": {
                    "required": True,
                    "content": {"application/json": {"schema": Submission.model_json_schema()}},
                }
            },
        )
        return router

    async def surveys(self) -> list[SurveyEntry]:
        """The surveys that are open now."""
        asked = await self.open_rounds.current()
        return [SurveyEntry(**survey_entry(one)) for one in asked.by_slug.values()]

    async def survey(self, name: str, lang: str = "de") -> SurveyDetail:
        """One survey in one language, with the key and fingerprint that an envelope is sealed to."""
        found = (await self.open_rounds.current()).survey(name)
        if found is None or lang not in LANGUAGES:
            raise NotAsked
        return survey_detail(found, found.questionnaire.language_or_source(lang))

    async def regions(self, lang: str = "de") -> list[RegionEntry]:
        """All regions by key. Names are official and the same in every language."""
        if lang not in LANGUAGES:
            raise NotAsked
        directory = (await self.open_rounds.current()).directory
        return [
            RegionEntry(ags=one.ags, name=one.name, level=one.level.value)
            for one in directory.regions.values()
        ]

    async def releases(self) -> list[ReleaseEntry]:
        """All releases, newest first."""
        heads = (await self.open_rounds.current()).releases
        return [ReleaseEntry(survey=h.survey, round=h.round, issue=h.issue, issued=h.issued) for h in heads]

    async def release(self, survey: str, round: str) -> Response:
        """A release file, verbatim."""
        found = await run_in_threadpool(read_source, self.store, survey, round)
        if found is None:
            raise HTTPException(404)
        return Response(found[1], media_type="application/json")

    async def submit(self, request: Request) -> Accepted:
        """Store one envelope. 202 whatever the code; 409 with the new key where the round is over."""
        self.limiter.check(request)
        sent = _read_submission(await read_body(request))
        sealed = Sealed(bytes.fromhex(sent.tag), bytes.fromhex(sent.id), _read_envelope(sent.envelope))
        asked = await self.open_rounds.current()
        survey = asked.taken(sent.survey, sent.round)
        if survey is None:
            over = asked.survey(sent.survey) and (sent.survey, sent.round) in asked.round_numbers
            raise SupersededKey if over else NotAsked
        try:
            await self.door.receive_sealed(survey, sealed, _read_code(survey, sent.code))
        except RoundClosed:
            await run_in_threadpool(self.open_rounds.renew_now)
            raise SupersededKey from None
        return Accepted()

    def problem(self, error: FeedbackError) -> Response:
        """An error as a problem of RFC 9457; a superseded key carries the new one."""
        content: dict[str, Any] = {
            "type": f"urn:feedback-service:{error.code}",
            "title": str(error),
            "status": error.status,
            "code": error.code,
        }
        if isinstance(error, SupersededKey):
            content["surveys"] = [
                {**sealing_of(one), "survey": one.questionnaire.name, "round": one.round_id}
                for one in self.open_rounds.latest.by_slug.values()
            ]
        headers = retry_after(error)
        return JSONResponse(content, error.status, headers, media_type="application/problem+json")


def _read_submission(body: bytes) -> Submission:
    try:
        content = json.loads(body.decode())
    except (ValueError, RecursionError):
        raise NotJson from None
    try:
        return Submission.model_validate(content)
    except ValidationError as error:
        where = error.errors(include_input=False, include_url=False)[0]["loc"]
        field = str(where[0]) if where and where[0] in Submission.model_fields else "an unknown field"
    raise UnreadableSubmission(field=field)


def _read_code(survey: OpenSurvey, text: str | None) -> AccessCode | None:
    """A code that is well formed; whether it is any good is never told. Raises `InvalidAccessCode`."""
    return AccessCode.from_text(text) if text and survey.questionnaire.has_codes else None


def _read_envelope(text: str) -> bytes:
    try:
        envelope = from_base64url(text)
    except ValueError:
        raise InvalidEnvelope(length=ENVELOPE_BYTES) from None
    if not well_formed(envelope):
        raise InvalidEnvelope(length=ENVELOPE_BYTES)
    return envelope
