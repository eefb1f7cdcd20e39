"""The web application: channels, error pages and shields, put together from what they need."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from .channels.api import Api
from .channels.pages import Pages
from .channels.preview import Preview
from .channels.results import Results
from .channels.shields import OwnSiteOnly, QuietErrors, SecurityHeaders
from .channels.web_form import WebForm
from .errors import N_, FeedbackError
from .i18n import Interface
from .intake.open_rounds import OpenRounds
from .intake.receive import Door
from .intake.spool import Spool
from .settings import Settings
from .storage.session import Store

_API = "/api/"


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


def create_app(parts: Parts) -> ASGIApp:
    """The application, with everything that surrounds a request."""
    pages = Pages(parts.interfaces, parts.settings)
    door = Door(parts.spool)
    api = Api(parts.open_rounds, door, parts.store)
    app = FastAPI(
        title="Feedback service",
        openapi_url="/api/v1/openapi.json",
        docs_url=None,
        redoc_url=None,
        lifespan=_lifespan(parts.spool),
    )
    app.include_router(api.router())
    app.router.routes.append(Route("/healthz", healthy))
    if parts.settings.demo:
        app.router.routes.extend(Preview(pages, parts.store).routes())
    app.router.routes.extend(Results(pages, parts.open_rounds, parts.store).routes())
    app.router.routes.extend(WebForm(pages, parts.open_rounds, door).routes())
    _add_errors(app, pages, api)
    inner = GZipMiddleware(app, minimum_size=500)
    return QuietErrors(SecurityHeaders(OwnSiteOnly(inner), pages.policy))


async def healthy(_request: Request) -> Response:
    """200 once answers are accepted: the spool is open before the first request is."""
    return JSONResponse({"status": "ok"})


def _add_errors(app: FastAPI, pages: Pages, api: Api) -> None:
    """One handler renders every error: a problem for clients, a page in the reader's language for people."""

    async def known(request: Request, error: Exception) -> Response:
        shown = error if isinstance(error, FeedbackError) else FeedbackError()
        if request.url.path.startswith(_API):
            return api.problem(shown)
        return pages.error(request, shown)

    async def http(request: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) else 500
        return await known(request, CannotDoThat() if status == 405 else PageNotFound())

    app.add_exception_handler(FeedbackError, known)
    app.add_exception_handler(HTTPException, http)
    # FastAPI's own answer would repeat what was sent.
    app.add_exception_handler(RequestValidationError, http)


def _lifespan(spool: Spool):  # type: ignore[no-untyped-def]
    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        yield
        spool.close()

    return lifespan
