"""The pages that people answer on: languages, start, the form, thanks, deleting, the privacy notice.

No script is needed, no cookie is set, nothing is kept between two requests: a form that comes back with
an error carries everything that was typed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from ..errors import N_, FeedbackError
from ..i18n import Interface
from ..intake.flood import TooManyAnswers
from ..intake.open_rounds import Asked, OpenRounds, OpenSurvey
from ..intake.rate_limit import TooManyRequests
from ..intake.receive import CodeNeeded, Door
from ..intake.spool import RoundClosed, SpoolUnavailable
from ..sealing.access_code import AccessCode, InvalidAccessCode
from ..sealing.receipt import InvalidReceipt, Receipt
from ..surveys.answers import (
    AnswerProblem,
    AnswerRequired,
    ConstraintNotMet,
    TextTooLong,
    TextTooManyBytes,
    TooManyChoices,
    check_answers,
)
from ..surveys.questionnaire import TEXT_CHARACTERS
from .form_body import read_form
from .pages import Pages
from .sealed_form import choice_alone, read_sealed, sealable
from .sender import Limiter, retry_after

CHANNEL = "web"
CODE_FIELD = "code"
_FORGET = {"Clear-Site-Data": '"cache", "storage"'}


class NothingOpen(FeedbackError):
    """No round of this form is open now."""

    status = 410
    code = "nothing-open"
    message = N_("This form is not open at the moment. Please come back in the next quarter.")


@dataclass(frozen=True, slots=True)
class WebForm:
    """What the handlers need, given once when the application is made."""

    pages: Pages
    open_rounds: OpenRounds
    door: Door
    limiter: Limiter

    def sending(self) -> list[Route]:
        """The addresses that forms are sent to. Order matters: the slug takes any word."""
        return [
            Route("/{lang}/delete", self.delete, methods=["POST"]),
            Route("/{lang}/{slug}", self.send, methods=["POST"]),
        ]

    def reading(self) -> list[Route]:
        """The addresses of pages; they come after all others, as the slug takes any word."""
        return [
            Route("/", self.languages),
            Route("/{lang}/", self.start),
            Route("/{lang}/thanks", self.thanks),
            Route("/{lang}/forget", self.forget),
            Route("/{lang}/privacy", self.privacy),
            Route("/{lang}/delete", self.ask_delete),
            Route("/{lang}/{slug}", self.show),
        ]

    async def languages(self, request: Request) -> Response:
        """Languages by their own names, the browser's preferred ones first."""
        order = self.pages.preferred(request)
        return self.pages.page("languages.html", order[0], order=order)

    async def start(self, request: Request) -> Response:
        """What this is, and the forms to choose from."""
        asked = await self.open_rounds.current()
        return self.pages.page("start.html", self._code(request), surveys=list(asked.by_slug.values()))

    async def thanks(self, request: Request) -> Response:
        """Neutral, and it asks the browser to forget."""
        asked = await self.open_rounds.current()
        return self.pages.page(
            "thanks.html",
            self._code(request),
            headers=_FORGET,
            has_results=bool(asked.releases),
        )

    async def forget(self, request: Request) -> Response:
        """Nothing to see: it makes the browser drop the form that it left and keeps in memory for Back."""
        self._code(request)
        return Response(status_code=204, headers=_FORGET)

    async def privacy(self, request: Request) -> Response:
        """The privacy notice in full."""
        return self.pages.page("privacy.html", self._code(request))

    async def show(self, request: Request) -> Response:
        """An empty form with a receipt of its own."""
        survey = self._survey(await self.open_rounds.current(), request)
        return self._form(request, survey, Receipt.fresh(), {})

    async def send(self, request: Request) -> Response:
        """Check, seal, store; done is a 303 to the neutral page."""
        code = self._code(request)
        asked = await self.open_rounds.current()
        survey = self._survey(asked, request)
        given = await read_form(request)
        if "envelope" in given:
            return await self._send_sealed(request, survey, given)
        receipt = _receipt(given)
        try:
            self.limiter.check(request)
        except TooManyRequests as error:
            # Read first all the same: what was typed comes back with the page.
            return self._form(request, survey, receipt, given, whole=error)
        if (given.get("round") or [survey.round_id])[0] != survey.round_id:
            return self._form(request, survey, receipt, given, whole=RoundClosed())
        checked = check_answers(survey.questionnaire, asked.directory, given)
        card, problem = _access_code(survey, given)
        if checked.problems or problem:
            return self._form(
                request, survey, receipt, given, problems=checked.problems, code_problem=problem
            )
        try:
            await self.door.receive(
                survey, receipt, lang=code, channel=CHANNEL, answers=checked.answers, code=card
            )
        except (SpoolUnavailable, TooManyAnswers) as error:
            return self._form(request, survey, receipt, given, whole=error)
        except RoundClosed as error:
            await run_in_threadpool(self.open_rounds.renew_now)
            return self._form(
                request, self._survey(await self.open_rounds.current(), request), receipt, given, whole=error
            )
        return RedirectResponse(f"/{code}/thanks", status_code=303)

    async def _send_sealed(
        self, request: Request, survey: OpenSurvey, given: Mapping[str, Sequence[str]]
    ) -> Response:
        """Store what the browser sealed. The page is still there and shows what went wrong, if anything."""
        try:
            self.limiter.check(request)
            sealed = read_sealed(given)
            if given.get("round") != [survey.round_id]:
                raise RoundClosed
            card, problem = _access_code(survey, given)
            if problem:
                raise problem
            await self.door.receive_sealed(survey, sealed, card)
        except FeedbackError as error:
            if isinstance(error, RoundClosed):
                await run_in_threadpool(self.open_rounds.renew_now)
                survey = self._survey(await self.open_rounds.current(), request)
            return self._told(request, survey, error)
        return RedirectResponse(f"/{self._code(request)}/thanks", status_code=303)

    def _told(self, request: Request, survey: OpenSurvey, error: FeedbackError) -> Response:
        """An error for the page's own module, with the key that is to be sealed to now."""
        speak = self.pages.interfaces[self._code(request)]
        content = {
            "sentence": speak.plain(error.message, **error.facts),
            "round": survey.round_id,
            "key": survey.sealing.public_key.to_bytes().hex(),
            "fingerprint": survey.sealing.fingerprint.hex(),
        }
        return JSONResponse(content, error.status, retry_after(error))

    async def ask_delete(self, request: Request) -> Response:
        """Where a receipt is typed."""
        return self.pages.page("delete.html", self._code(request), state="ask", typed="", problem=None)

    async def delete(self, request: Request) -> Response:
        """Deletes by receipt; the reply is the same whether there was an answer or not."""
        code = self._code(request)
        typed = " ".join((await read_form(request)).get("receipt", []))
        try:
            self.limiter.check(request)
            receipt = Receipt.from_text(typed)
            asked = await self.open_rounds.current()
            numbers = [one.round_number for one in asked.by_slug.values()]
            await self.door.delete(receipt, numbers)
        except (InvalidReceipt, SpoolUnavailable, RoundClosed, TooManyRequests) as error:
            sentence = self.pages.interfaces[code].error(error)
            return self.pages.page(
                "delete.html",
                code,
                error.status,
                retry_after(error),
                state="ask",
                typed=typed[:80],
                problem=sentence,
            )
        return self.pages.page("delete.html", code, state="done", typed="", problem=None)

    def _code(self, request: Request) -> str:
        code = str(request.path_params["lang"])
        if code not in self.pages.interfaces:
            raise HTTPException(404)
        return code

    def _survey(self, asked: Asked, request: Request) -> OpenSurvey:
        self._code(request)
        survey = asked.by_slug.get(request.path_params["slug"])
        if survey is None:
            raise NothingOpen if request.path_params["slug"] in asked.slugs else HTTPException(404)
        return survey

    def _form(
        self,
        request: Request,
        survey: OpenSurvey,
        receipt: Receipt,
        given: Mapping[str, Sequence[str]],
        problems: Sequence[AnswerProblem] = (),
        code_problem: FeedbackError | None = None,
        whole: FeedbackError | None = None,
    ) -> Response:
        """The form, with what was typed and what is wrong: `whole` about all of it, else by question."""
        code = self._code(request)
        speak = self.pages.interfaces[code]
        language = survey.questionnaire.language_or_source(code)
        sentences = {}
        for problem in problems:
            error = problem.error
            own = error.texts[language] if isinstance(error, ConstraintNotMet) and error.texts else None
            sentences[problem.question] = own or speak.error(error)
        if code_problem:
            sentences[CODE_FIELD] = speak.error(code_problem)
        status = whole.status if whole else 422 if sentences else 200
        return self.pages.page(
            "form.html",
            code,
            status,
            retry_after(whole) if whole else None,
            survey=survey,
            survey_language=language,
            receipt=receipt,
            given=given,
            sentences=sentences,
            whole=speak.error(whole) if whole else None,
            directory=self.open_rounds.latest.directory,
            in_browser=sealable(survey.questionnaire),
            alone=choice_alone,
            say=_sentences(speak),
        )


def _sentences(speak: Interface) -> dict[str, str]:
    """What the browser's module says where the server would; it fills in what stands in braces."""
    errors = {
        "needed": AnswerRequired(),
        "many": TooManyChoices(most="{most}"),
        "long": TextTooLong(length="{length}", most=TEXT_CHARACTERS),
        "wide": TextTooManyBytes(excess="{excess}"),
    }
    return {name: speak.plain(error.message, **error.facts) for name, error in errors.items()}


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
        return Receipt.from_hex((given.get("receipt") or [""])[0])
    except InvalidReceipt:
        return Receipt.fresh()
