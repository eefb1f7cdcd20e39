"""The form that people answer on: shown, sent, checked, asked about once more, sealed and stored.

No script is needed, no cookie is set, nothing is kept between two requests: a form that comes back
carries everything that was typed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from ..errors import FeedbackError
from ..intake.flood import TooManyAnswers
from ..intake.open_rounds import OpenRounds, OpenSurvey
from ..intake.rate_limit import TooManyRequests
from ..intake.receive import CodeNeeded, Door
from ..intake.spool import RoundClosed, SpoolUnavailable
from ..sealing.access_code import AccessCode, InvalidAccessCode
from ..sealing.receipt import InvalidReceipt, Receipt
from ..surveys.answers import check_answers
from .addressed import language_code, sent_to, shown_at
from .form_body import read_form
from .form_page import CODE_FIELD, RECEIPT_FIELD, ROUND_FIELD, Filled, Wrong, form_page
from .once_more import CHANGE_FIELD, once_more, once_more_page, passages
from .pages import Pages
from .sealed_form import read_sealed
from .sender import Limiter, retry_after

CHANNEL = "web"


@dataclass(frozen=True, slots=True)
class WebForm:
    """What the handlers need, given once when the application is made."""

    pages: Pages
    open_rounds: OpenRounds
    door: Door
    limiter: Limiter

    def sending(self) -> list[Route]:
        """Where forms are sent to. It comes after `Deleting`, as the slug takes any word."""
        return [Route("/{lang}/{slug}", self.send, methods=["POST"])]

    def reading(self) -> list[Route]:
        """Where forms are read; it comes after all others."""
        return [Route("/{lang}/{slug}", self.show)]

    async def show(self, request: Request) -> Response:
        """An empty form with a receipt of its own."""
        code = language_code(self.pages, request)
        asked = await self.open_rounds.current()
        empty = Filled(shown_at(asked, request), Receipt.fresh(), {})
        return form_page(self.pages, code, empty, asked.directory)

    async def send(self, request: Request) -> Response:
        """Check, ask once more where there is reason, seal, store; done is a 303 to the neutral page."""
        code = language_code(self.pages, request)
        asked = await self.open_rounds.current()
        survey = sent_to(asked, request)
        given = await read_form(request)
        # Under the round that the form was shown for, while answers are taken for it.
        named = (given.get(ROUND_FIELD) or [survey.round_id])[0]
        taken = asked.taken(survey.questionnaire.name, named)
        if "envelope" in given:
            return await self._send_sealed(request, taken if ROUND_FIELD in given else None, given)
        filled = Filled(taken or survey, _receipt(given), given)
        try:
            # Read first all the same: what was typed comes back with the page.
            self.limiter.check(request)
            if taken is None:
                raise RoundClosed
            return await self._take(code, filled)
        except (TooManyRequests, SpoolUnavailable, TooManyAnswers) as error:
            return self._again(code, filled, Wrong(whole=error))
        except RoundClosed as error:
            if taken is not None:
                await run_in_threadpool(self.open_rounds.renew_now)
                filled = replace(filled, survey=shown_at(await self.open_rounds.current(), request))
            return self._again(code, filled, Wrong(whole=error))

    async def _take(self, code: str, filled: Filled) -> Response:
        """Store a form whose round takes answers, or say what keeps it from being stored."""
        survey, directory = filled.survey, self.open_rounds.latest.directory
        checked = check_answers(survey.questionnaire, directory, filled.given)
        card, problem = _access_code(survey, filled.given)
        if checked.problems or problem:
            return self._again(code, filled, Wrong(checked.problems, problem))
        if filled.first(CHANGE_FIELD):
            marked = passages(survey.questionnaire, checked.answers)
            return form_page(
                self.pages, code, filled, directory, focus=marked[0].question if marked else None
            )
        if asked := once_more(filled, directory, checked.answers):
            return once_more_page(self.pages, code, filled, asked)
        await self.door.receive(
            survey, filled.receipt, lang=code, channel=CHANNEL, answers=checked.answers, code=card
        )
        return RedirectResponse(f"/{code}/thanks", status_code=303)

    def _again(self, code: str, filled: Filled, wrong: Wrong) -> Response:
        return form_page(self.pages, code, filled, self.open_rounds.latest.directory, wrong)

    async def _send_sealed(
        self, request: Request, survey: OpenSurvey | None, given: Mapping[str, Sequence[str]]
    ) -> Response:
        """Store what the browser sealed. The page is still there and shows what went wrong, if anything."""
        try:
            self.limiter.check(request)
            sealed = read_sealed(given)
            if survey is None:
                raise RoundClosed
            card, problem = _access_code(survey, given)
            if problem:
                raise problem
            await self.door.receive_sealed(survey, sealed, card)
        except FeedbackError as error:
            if isinstance(error, RoundClosed):
                await run_in_threadpool(self.open_rounds.renew_now)
            if survey is None or isinstance(error, RoundClosed):
                survey = shown_at(await self.open_rounds.current(), request)
            return self._told(request, survey, error)
        return RedirectResponse(f"/{language_code(self.pages, request)}/thanks", status_code=303)

    def _told(self, request: Request, survey: OpenSurvey, error: FeedbackError) -> Response:
        """An error for the page's own module, with the key that is to be sealed to now."""
        speak = self.pages.interfaces[language_code(self.pages, request)]
        content = {
            "sentence": speak.plain(error.message, **error.facts),
            "round": survey.round_id,
            "key": survey.sealing.public_key.to_bytes().hex(),
            "fingerprint": survey.sealing.fingerprint.hex(),
        }
        return JSONResponse(content, error.status, retry_after(error))


def _access_code(
    survey: OpenSurvey, given: Mapping[str, Sequence[str]]
) -> tuple[AccessCode | None, FeedbackError | None]:
    """The code from the person's card, or what is wrong with how it is written. It is not looked up."""
    typed = " ".join(given.get(CODE_FIELD, ())).strip()
    if not survey.questionnaire.has_codes:
        return None, None
    if not typed:
        return None, CodeNeeded() if survey.questionnaire.access == "code-required" else None
    try:
        return AccessCode.from_text(typed), None
    except InvalidAccessCode as error:
        return None, error


def _receipt(given: Mapping[str, Sequence[str]]) -> Receipt:
    """The form's receipt; a new one for a client that sent none."""
    try:
        return Receipt.from_hex((given.get(RECEIPT_FIELD) or [""])[0])
    except InvalidReceipt:
        return Receipt.fresh()
