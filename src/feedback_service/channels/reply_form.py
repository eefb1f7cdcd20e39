"""Where an office answers a report, by the link that came to it in a mail of its own; no account.

What it writes lies in the inbox until it is taken up, and is published only after an operator released it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import get_args

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ..errors import N_, FeedbackError
from ..intake.open_rounds import OpenRounds
from ..intake.rate_limit import TooManyRequests
from ..regions.directory import Directory
from ..reports.build import region_name, region_report
from ..sealing.links import InvalidLink, Link, read_token
from ..storage.inbox import Inbox, InboxFull
from ..storage.mail_keys import read_links_public
from ..storage.published import sources_of_round
from ..storage.replies import LONGEST_OFFICE, LONGEST_TEXT, ReplyState
from ..storage.session import Store
from .addressed import language_code
from .form_body import read_form
from .pages import Pages
from .sender import Limiter, retry_after

# Answers to older reports come too late for anybody to remember them.
_NEWEST_ROUNDS = 2
_SEPARATOR = "/"
STATES: dict[str, str] = {
    "heard": N_("Heard: we know about it"),
    "decided": N_("Decided: we will do something"),
    "done": N_("Done"),
    "impossible": N_("Not possible, and why"),
}
_FIELDS = ("topic", "state", "office", "text")
_PROBLEMS = {
    "state": N_("Please say how far you are."),
    "office": N_("Please name your office."),
    "text": N_("Please write an answer of at most 2,000 characters."),
}


class TooLateToAnswer(FeedbackError):
    """A link to a report that is no longer one of the newest."""

    status = 410
    code = "reply-too-late"
    message = N_("This link is no longer valid: answers are taken to the two newest reports.")


@dataclass(frozen=True, slots=True)
class Topic:
    """What can be answered; `value` is the form's, empty for the report as a whole."""

    value: str
    label: str


@dataclass(frozen=True, slots=True)
class ReplyForm:
    """What the handlers need, given once when the application is made."""

    pages: Pages
    open_rounds: OpenRounds
    store: Store
    limiter: Limiter

    def routes(self) -> list[Route]:
        """One address to read and to send to."""
        path = "/{lang}/replies/answer/{token}"
        return [Route(path, self.ask, methods=["GET"]), Route(path, self.send, methods=["POST"])]

    async def ask(self, request: Request) -> Response:
        """The empty form."""
        code = language_code(self.pages, request)
        link = await self._link(request)
        return await self._form(code, link, {}, {})

    async def send(self, request: Request) -> Response:
        """Keep the answer until it is taken up; a mistake is shown with everything that was typed."""
        code = language_code(self.pages, request)
        link = await self._link(request)
        sent = await read_form(request)
        typed = {name: " ".join(sent.get(name, [])).replace("\r\n", "\n").strip() for name in _FIELDS}
        problems = {name: _PROBLEMS[name] for name in _wrong(typed)}
        if problems:
            return await self._form(code, link, typed, problems, 422)
        survey, _, topic = typed["topic"].partition(_SEPARATOR)
        content = {
            "token": str(request.path_params["token"]),
            "survey": survey,
            "topic": topic,
            "state": typed["state"],
            "office": typed["office"],
            "text": typed["text"],
            "language": code,
        }
        try:
            self.limiter.check(request)
            known = [one.value for one in await self._topics(code, link)]
            if typed["topic"] not in known:
                content |= {"survey": "", "topic": ""}
            await run_in_threadpool(Inbox(self.store.inbox_folder).put, "reply", content)
        except (InboxFull, TooManyRequests) as error:
            said = {"form": str(self.pages.interfaces[code].error(error))}
            return await self._form(code, link, typed, said, error.status, retry_after(error))
        return self.pages.page("reply_form.html", code, state="done")

    async def _form(
        self,
        code: str,
        link: Link,
        typed: dict[str, str],
        problems: dict[str, str],
        status: int = 200,
        headers: dict[str, str] | None = None,
    ) -> Response:
        asked = await self.open_rounds.current()
        return self.pages.page(
            "reply_form.html",
            code,
            status,
            headers,
            state="ask",
            name=region_name(asked.directory, link.region, self.pages.interfaces[code].plain),
            round=link.round,
            topics=await self._topics(code, link),
            states=STATES,
            typed={name: typed.get(name, "") for name in _FIELDS},
            problems=problems,
            longest_text=LONGEST_TEXT,
            longest_office=LONGEST_OFFICE,
        )

    async def _link(self, request: Request) -> Link:
        """The link of the address. Raises `InvalidLink`, `TooLateToAnswer`."""
        public = await run_in_threadpool(read_links_public, self.store.spool_folder)
        link = read_token(str(request.path_params["token"]), public)
        asked = await self.open_rounds.current()
        if link.purpose != "reply" or link.region not in asked.directory:
            raise InvalidLink
        rounds = sorted({head.round for head in asked.releases}, reverse=True)
        if link.round not in rounds[:_NEWEST_ROUNDS]:
            raise TooLateToAnswer
        return link

    async def _topics(self, code: str, link: Link) -> list[Topic]:
        """The report as a whole, then what was named here, or in the state where that may not be shown."""
        directory = (await self.open_rounds.current()).directory
        say = self.pages.interfaces[code].plain
        return [
            Topic("", say("The report as a whole")),
            *await run_in_threadpool(self._named, code, link, directory),
        ]

    def _named(self, code: str, link: Link, directory: Directory) -> list[Topic]:
        say = self.pages.interfaces[code].plain
        with self.store.read() as connection:
            sources = sources_of_round(connection, link.round)
        topics = []
        for source in sources:
            regions = (link.region, directory.state.ags)
            reports = (region_report(source, directory, code, region, say) for region in regions)
            named = next(filter(None, (report.most_named() for report in reports)), [])
            survey = source.questionnaire.name
            topics += [Topic(f"{survey}{_SEPARATOR}{one.name}", one.label) for one in named]
        return topics


def _wrong(typed: dict[str, str]) -> Iterator[str]:
    if typed["state"] not in get_args(ReplyState):
        yield "state"
    if not 0 < len(typed["text"]) <= LONGEST_TEXT:
        yield "text"
    if not 0 < len(typed["office"]) <= LONGEST_OFFICE:
        yield "office"
