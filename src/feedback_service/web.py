"""The web application: channels, error pages and shields, put together from what they need."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Match, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from .channels.accessibility import Accessibility
from .channels.api import Api
from .channels.deleting import Deleting
from .channels.front_pages import FrontPages
from .channels.mail_links import MailLinks
from .channels.pages import Pages
from .channels.preview import Preview
from .channels.publishing import Publishing
from .channels.recordings import ADDRESS as RECORDINGS
from .channels.recordings import Recordings
from .channels.region_list import RegionList
from .channels.replies_page import RepliesPage
from .channels.reply_form import ReplyForm
from .channels.result_files import ResultFiles
from .channels.results import Results
from .channels.results_feed import ResultsFeed
from .channels.robots import Robots
from .channels.sender import Limiter
from .channels.shields import OwnSiteOnly, QuietErrors, SecurityHeaders
from .channels.web_form import WebForm
from .channels.what_we_keep import WhatWeKeep
from .errors import N_, FeedbackError
from .i18n import Interface
from .intake.code_key import CodeKey
from .intake.flood import FloodGate
from .intake.group_commit import GroupCommit
from .intake.open_rounds import OpenRounds
from .intake.rate_limit import RateLimit
from .intake.receive import Door
from .intake.spool import Spool
from .settings import Settings
from .storage.session import Store

_API = "/api/v1/"


class PageNotFound(FeedbackError):
    """An address that there isn't."""

    status = 404
    code = "page-not-found"
    message = N_("There is no page at this address.")


class CannotDoThat(FeedbackError):
    """A method that an address doesn't take."""

    status = 405
    code = "method-not-allowed"
    message = N_("This address can't be used in that way.")


@dataclass(frozen=True, slots=True)
class Parts:
    """What one web process holds: public keys and a spool, never a private key."""

    store: Store
    spool: Spool
    open_rounds: OpenRounds
    interfaces: Mapping[str, Interface]
    settings: Settings


@dataclass(frozen=True, slots=True)
class OneDoor:
    """The two applications behind one address: the API for programs, pages for people.

    Pages are compressed when they are read, never in reply to what somebody sent; recordings are already.
    """

    api: FastAPI
    people: Starlette
    read: ASGIApp

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on by its path."""
        if scope["type"] == "http" and scope["path"].startswith(_API):
            await self.api(scope, receive, send)
        elif scope["type"] == "http" and (scope["method"] == "POST" or scope["path"].startswith(RECORDINGS)):
            await self.people(scope, receive, send)
        else:
            await self.read(scope, receive, send)


def create_app(parts: Parts, clock: Callable[[], float] = time.monotonic) -> ASGIApp:
    """The application, with everything that surrounds a request. `clock` is the rate limit's, in seconds."""
    pages = Pages(parts.interfaces, parts.settings)
    group_commit = GroupCommit(parts.spool)
    door = Door(group_commit, CodeKey(parts.store.spool_folder), FloodGate(parts.settings.expected_answers))
    # Two applications: what people send needs none of the framework that describes the API to programs.
    limit = RateLimit(clock) if parts.settings.rate_limit else None
    limiter = Limiter(limit, parts.settings.trusted_proxy)
    api = Api(parts.open_rounds, door, parts.store, limiter)
    form = WebForm(pages, parts.open_rounds, door, limiter)
    deleting = Deleting(pages, parts.open_rounds, door, limiter)
    offices = MailLinks(pages, parts.store, limiter).routes()
    offices += ReplyForm(pages, parts.open_rounds, parts.store, limiter).routes()
    people = _people_app(pages, parts, form, deleting, offices, group_commit)
    door_for_all = OneDoor(_api_app(api), people, GZipMiddleware(people, minimum_size=500))

    def refused(request: Request, error: FeedbackError) -> Response:
        for_programs = request.url.path.startswith(_API)
        return api.problem(error) if for_programs else pages.error(request, error)

    return QuietErrors(SecurityHeaders(OwnSiteOnly(door_for_all, refused), pages.policy))


def _api_app(api: Api) -> FastAPI:
    app = FastAPI(title="Feedback service", openapi_url=f"{_API}openapi.json", docs_url=None, redoc_url=None)
    app.include_router(api.router())

    async def known(request: Request, error: Exception) -> Response:
        return _with_allow(app, request, error, api.problem(_as_known(error)))

    _handle(app, known)
    # FastAPI's own answer would repeat what was sent.
    app.add_exception_handler(RequestValidationError, known)
    return app


def _people_app(
    pages: Pages,
    parts: Parts,
    form: WebForm,
    deleting: Deleting,
    offices: list[Route],
    group_commit: GroupCommit,
) -> Starlette:
    # First what is sent: it is what many do at once. The form's own address takes any word.
    routes = deleting.routes() + form.sending()
    routes.append(Route("/healthz", healthy))
    routes += RegionList(parts.open_rounds).routes()
    routes += Recordings(parts.open_rounds, parts.store).routes()
    if parts.settings.demo:
        routes += Preview(pages, parts.store).routes()
    routes += Accessibility(pages).routes() + offices + _published(pages, parts)
    routes += WhatWeKeep(pages, parts.open_rounds).routes()
    routes += FrontPages(pages, parts.open_rounds).routes() + form.reading()
    app = Starlette(routes=routes, lifespan=_lifespan(group_commit))

    async def known(request: Request, error: Exception) -> Response:
        return _with_allow(app, request, error, pages.error(request, _as_known(error)))

    _handle(app, known)
    return app


def _published(pages: Pages, parts: Parts) -> list[Route]:
    """Figures and replies: what caches may keep and search engines may find."""
    settings, publishing = parts.settings, Publishing(parts.settings.demo)
    public_url = settings.public_url.rstrip("/")
    feed = ResultsFeed(
        parts.interfaces, parts.open_rounds, parts.store, publishing, public_url, settings.operator
    )
    files = ResultFiles(settings.operator, settings.demo)
    return [
        *Robots(tuple(parts.interfaces), public_url, settings.demo).routes(),
        *feed.routes(),
        *Results(pages, parts.open_rounds, parts.store, files, publishing).routes(),
        *RepliesPage(pages, parts.open_rounds, parts.store, publishing).routes(),
    ]


def _handle(app: Starlette, handler: Callable[[Request, Exception], Awaitable[Response]]) -> None:
    """One handler renders every error: a problem for programs, a page in the reader's language for people."""
    app.add_exception_handler(FeedbackError, handler)
    app.add_exception_handler(HTTPException, handler)
    # The error goes on to `QuietErrors` all the same, which says where it happened.
    app.add_exception_handler(Exception, handler)


def _as_known(error: Exception) -> FeedbackError:
    if isinstance(error, FeedbackError):
        return error
    if not isinstance(error, HTTPException | RequestValidationError):
        return FeedbackError()
    return CannotDoThat() if isinstance(error, HTTPException) and error.status_code == 405 else PageNotFound()


def _with_allow(app: Starlette, request: Request, error: Exception, reply: Response) -> Response:
    """The reply; to a method that an address doesn't take, with those that it takes (RFC 9110, 15.5.6).

    An address may be several routes, one a method: the error's own header knows the first alone.
    """
    if isinstance(error, HTTPException) and error.status_code == 405:
        methods = {
            method
            for route in app.routes
            if isinstance(route, Route) and route.matches(request.scope)[0] is not Match.NONE
            for method in route.methods or ()
        }
        own = (error.headers or {}).get("Allow", "")
        reply.headers["allow"] = ", ".join(sorted(methods)) or own
    return reply


async def healthy(_request: Request) -> Response:
    """200 once answers are accepted: the spool is open before the first request is."""
    return JSONResponse({"status": "ok"})


def _lifespan(group_commit: GroupCommit) -> Callable[[Starlette], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        yield
        await group_commit.close()

    return lifespan
