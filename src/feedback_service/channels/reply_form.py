"""Where an office answers a report, by the link that came to it in a mail of its own; no account.

What it writes lies in the inbox until it is taken up, and is published only after an operator released it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import get_args

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from ..errors import N_, FeedbackError
from ..intake.open_rounds import OpenRounds
from ..intake.rate_limit import TooManyRequests
from ..render.words import REPLY_STATES
from ..sealing.links import InvalidLink, Link
from ..storage.inbox import Inbox, InboxFull
from ..storage.links_public import read_link
from ..storage.replies import LONGEST_OFFICE, LONGEST_TEXT, ReplyState, cleaned
from ..storage.session import Store
from ..surveys.answers import UnknownChoice
from .addressed import language_code
from .form_body import read_form
from .once_more import CHANGE_FIELD, LOOKED_FIELD, passages_of
from .pages import Pages
from .reply_topics import TopicGroup, split, topics_of
from .sender import Limiter, retry_after

# Answers to older reports come too late for anybody to remember them.
_NEWEST_ROUNDS = 2
_FIELDS = ("topic", "state", "text", "office")
_PROBLEMS: Mapping[str, str] = {
    "topic": UnknownChoice.message,
    "state": N_("Please say how far you are."),
    "text": N_("Please write an answer of at most 2,000 characters."),
    "office": N_("Please name your office."),
}


class TooLateToAnswer(FeedbackError):
    """A link to a report that is no longer one of the newest."""

    status = 410
    code = "reply-too-late"
    message = N_("This link is no longer valid: answers are taken to the two newest reports.")


@dataclass(frozen=True, slots=True)
class Wrong:
    """What keeps an answer from being taken: by field, or `whole` about all of it."""

    fields: tuple[str, ...] = ()
    whole: FeedbackError | None = None


@dataclass(frozen=True, slots=True)
class Typed:
    """A form as an office filled it in, for the report that its link names."""

    link: Link
    fields: Mapping[str, str] = field(default_factory=dict)

    def wrong(self, groups: list[TopicGroup]) -> Wrong:
        """The fields that can't be taken."""
        known = {"", *(topic.value for group in groups for topic in group.topics)}
        lawful = {
            "topic": self.fields["topic"] in known,
            "state": self.fields["state"] in get_args(ReplyState),
            "text": 0 < len(self.fields["text"]) <= LONGEST_TEXT,
            "office": 0 < len(self.fields["office"]) <= LONGEST_OFFICE,
        }
        return Wrong(tuple(name for name in _FIELDS if not lawful[name]))


@dataclass(frozen=True, slots=True)
class ReplyForm:
    """What the handlers need, given once when the application is made."""

    pages: Pages
    open_rounds: OpenRounds
    store: Store
    limiter: Limiter

    def routes(self) -> list[Route]:
        """One address to read and to send to, and where it ends; before those of regions."""
        path = "/{lang}/replies/answer/{token}"
        return [
            Route(path, self.ask, methods=["GET"]),
            Route(path, self.send, methods=["POST"]),
            Route("/{lang}/replies/thanks", self.thanks),
        ]

    async def ask(self, request: Request) -> Response:
        """The empty form. Opening it changes nothing: mail programs open links by themselves."""
        code = language_code(self.pages, request)
        typed = Typed(await self._link(request))
        return self._form(code, typed, await self._topics(code, typed.link))

    async def send(self, request: Request) -> Response:
        """Check, ask once more where there is reason, keep until it is taken up; done is a 303."""
        code = language_code(self.pages, request)
        link = await self._link(request)
        sent = await read_form(request)
        typed = Typed(link, {name: cleaned(" ".join(sent.get(name, []))) for name in _FIELDS})
        groups = await self._topics(code, link)
        wrong = typed.wrong(groups)
        if wrong.fields:
            return self._form(code, typed, groups, wrong)
        if CHANGE_FIELD in sent:
            return self._form(code, typed, groups, focus="text")
        try:
            self.limiter.check(request)
            passages = [one for name in ("text", "office") for one in passages_of(name, typed.fields[name])]
            if passages and LOOKED_FIELD not in sent:
                return self.pages.page("reply_again.html", code, passages=passages, typed=typed.fields)
            await run_in_threadpool(self._keep, code, str(request.path_params["token"]), typed)
        except (InboxFull, TooManyRequests) as error:
            return self._form(code, typed, groups, Wrong(whole=error))
        return RedirectResponse(f"/{code}/replies/thanks", status_code=303)

    async def thanks(self, request: Request) -> Response:
        """It arrived, and what happens next."""
        return self.pages.page("reply_thanks.html", language_code(self.pages, request))

    def _keep(self, code: str, token: str, typed: Typed) -> None:
        survey, topic = split(typed.fields["topic"])
        said = {"token": token, "survey": survey, "topic": topic, "language": code}
        content = said | {name: typed.fields[name] for name in ("state", "text", "office")}
        Inbox(self.store.inbox_folder).put("reply", content, sender=token)

    def _form(
        self,
        code: str,
        typed: Typed,
        groups: list[TopicGroup],
        wrong: Wrong | None = None,
        focus: str | None = None,
    ) -> Response:
        wrong = wrong or Wrong()
        speak = self.pages.interfaces[code]
        return self.pages.page(
            "reply_form.html",
            code,
            wrong.whole.status if wrong.whole else 422 if wrong.fields else 200,
            retry_after(wrong.whole) if wrong.whole else None,
            name=self.open_rounds.latest.directory[typed.link.region].name,
            round=typed.link.round,
            groups=groups,
            states=REPLY_STATES,
            typed={name: typed.fields.get(name, "") for name in _FIELDS},
            sentences={name: speak.text(_PROBLEMS[name]) for name in wrong.fields},
            whole=speak.error(wrong.whole) if wrong.whole else None,
            focus=next(iter(wrong.fields), focus),
            longest_office=LONGEST_OFFICE,
        )

    async def _link(self, request: Request) -> Link:
        """The link of the address. Raises `InvalidLink`, `TooLateToAnswer`."""
        token = str(request.path_params["token"])
        link = await run_in_threadpool(read_link, token, self.store.spool_folder)
        asked = await self.open_rounds.current()
        if link.purpose != "reply" or link.region not in asked.directory:
            raise InvalidLink
        rounds = sorted({head.round for head in asked.releases}, reverse=True)
        if link.round not in rounds[:_NEWEST_ROUNDS]:
            raise TooLateToAnswer
        return link

    async def _topics(self, code: str, link: Link) -> list[TopicGroup]:
        directory = (await self.open_rounds.current()).directory
        interface = self.pages.interfaces[code]
        return await run_in_threadpool(topics_of, self.store, directory, interface, link)
