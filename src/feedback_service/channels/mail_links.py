"""What an office does through the links in its mails: say that it wants digests, or that it wants no more.

Opening a link changes nothing, since mail programs and scanners open links by themselves; the button does.
This process knows no recipient and writes no row: what somebody said lies in the inbox until mail is sent.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ..intake.rate_limit import TooManyRequests
from ..sealing.links import InvalidLink, Link
from ..storage.inbox import Inbox, InboxFull
from ..storage.links_public import read_link
from ..storage.session import Store
from .addressed import language_code
from .pages import Pages
from .sender import Limiter, retry_after

_PURPOSES = ("confirm", "leave")


@dataclass(frozen=True, slots=True)
class MailLinks:
    """What the handlers need, given once when the application is made."""

    pages: Pages
    store: Store
    limiter: Limiter

    def routes(self) -> list[Route]:
        """One address each, to read and to press; a mail program presses `leave` by itself (RFC 8058)."""
        return [
            Route(f"/{{lang}}/digests/{purpose}/{{token}}", handler, methods=[method])
            for purpose in _PURPOSES
            for method, handler in (("GET", self.ask), ("POST", self.press))
        ]

    async def ask(self, request: Request) -> Response:
        """What the link is for, and one button."""
        code = language_code(self.pages, request)
        link = await run_in_threadpool(self._link, request)
        return self.pages.page("mail_link.html", code, purpose=link.purpose, state="ask", problem=None)

    async def press(self, request: Request) -> Response:
        """Keep what was said until mail is sent next."""
        code = language_code(self.pages, request)
        link = await run_in_threadpool(self._link, request)
        token = str(request.path_params["token"])
        try:
            self.limiter.check(request)
            # Pressed a thousand times it is one file: nobody can fill the inbox with one link.
            put = partial(Inbox(self.store.inbox_folder).put, link.purpose, {"token": token}, once=token)
            await run_in_threadpool(put)
        except (InboxFull, TooManyRequests) as error:
            problem = self.pages.interfaces[code].error(error)
            return self.pages.page(
                "mail_link.html",
                code,
                error.status,
                retry_after(error),
                purpose=link.purpose,
                state="ask",
                problem=problem,
            )
        return self.pages.page("mail_link.html", code, purpose=link.purpose, state="done", problem=None)

    def _link(self, request: Request) -> Link:
        """The link of an address. Raises `InvalidLink` where it is for something else, too."""
        link = read_link(str(request.path_params["token"]), self.store.spool_folder)
        if f"/digests/{link.purpose}/" not in request.url.path:
            raise InvalidLink
        return link
