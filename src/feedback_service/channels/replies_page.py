"""“You said, we did”: what offices answered to reports, as far as operators released it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ..i18n import LANGUAGES, Language
from ..intake.open_rounds import Asked, OpenRounds
from ..reports.build import region_name
from ..reports.model import MOST_PRESSING
from ..storage.published import find_source
from ..storage.replies import Reply, all_replies
from ..storage.session import Store
from .addressed import language_code
from .pages import Pages
from .reply_form import STATES

# Each state has a sign too, for those who don't read easily.
_SIGNS = {"heard": "○", "decided": "◐", "done": "●", "impossible": "✗"}


@dataclass(frozen=True, slots=True)
class Shown:
    """One reply for a reader. `language` is the text's own where there is none in the reader's."""

    title: str
    results: str
    office: str
    state: str
    sign: str
    answered: date
    text: str
    language: Language
    translated: bool


@dataclass(frozen=True, slots=True)
class RepliesPage:
    """What the handler needs, given once when the application is made."""

    pages: Pages
    open_rounds: OpenRounds
    store: Store

    def routes(self) -> list[Route]:
        """The one address."""
        return [Route("/{lang}/replies", self.show)]

    async def show(self, request: Request) -> Response:
        """All released replies, those to the newest report first."""
        code, asked = language_code(self.pages, request), await self.open_rounds.current()
        shown = await run_in_threadpool(self._shown, code, asked)
        return self.pages.page("replies.html", code, replies=shown)

    def _shown(self, code: str, asked: Asked) -> list[Shown]:
        with self.store.read() as connection:
            found = all_replies(connection, "released")
            rounds = {(one.survey, one.round) for one in found if one.survey}
            sources = {key: find_source(connection, *key) for key in sorted(rounds)}
        labels: dict[tuple[str, str, str], str] = {}
        for (survey, round_id), source in sources.items():
            if source:
                questionnaire = source[0].questionnaire
                question = questionnaire.question(MOST_PRESSING)
                for choice in question.choices if question else ():
                    label = choice.label[questionnaire.language_or_source(code)]
                    labels[survey, round_id, choice.name] = label
        return [self._one(one, code, asked, labels) for one in found]

    def _one(self, one: Reply, code: str, asked: Asked, labels: dict[tuple[str, str, str], str]) -> Shown:
        say = self.pages.interfaces[code].plain
        topic = labels.get((one.survey, one.round, one.topic)) or say("The report as a whole")
        language = code if code in one.texts else next(iter(one.texts))
        survey = one.survey or next((head.survey for head in asked.releases if head.round == one.round), "")
        return Shown(
            title=f"{topic} · {region_name(asked.directory, one.region, say)} · {one.round}",
            results=f"/{code}/results/{survey}/{one.round}/{one.region}" if survey else f"/{code}/results/",
            office=one.office,
            state=STATES[one.state],
            sign=_SIGNS[one.state],
            answered=one.answered,
            text=one.texts[language],
            language=LANGUAGES[language],
            translated=language == code,
        )
