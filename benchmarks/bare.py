"""The bounds: a Starlette form handler that echoes, one that seals and forgets, and a page of one field."""

from __future__ import annotations

import secrets
from urllib.parse import parse_qsl

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from feedback_service.sealing.keys import PrivateKey
from feedback_service.sealing.seal import SealingContext, seal


async def _fields(request: Request) -> dict[str, str]:
    return dict(parse_qsl((await request.body()).decode("ascii"), keep_blank_values=True))


def echo() -> Starlette:
    """Reads the form and answers."""

    async def handle(request: Request) -> Response:
        await _fields(request)
        return RedirectResponse("/en/thanks", status_code=303)

    return Starlette(routes=[Route("/{lang}/a", handle, methods=["POST"])])


def seal_and_forget() -> Starlette:
    """Reads the form, seals what it says, and keeps nothing."""
    context = SealingContext("clients", "2026-Q4", bytes(32), PrivateKey.generate().public)

    async def handle(request: Request) -> Response:
        seal(context, lang="en", channel="web", answers=await _fields(request))
        return RedirectResponse("/en/thanks", status_code=303)

    return Starlette(routes=[Route("/{lang}/a", handle, methods=["POST"])])


def one_field() -> Starlette:
    """`/1000`: a page that shows one field at once, and behind it 1000 bytes that nothing can pack."""
    page = "<!doctype html><title>Bare</title><fieldset><select><option>1</select></fieldset><!--{}-->"

    async def handle(request: Request) -> Response:
        size = request.path_params["size"]
        return HTMLResponse(page.format(secrets.token_hex(size)[:size]))

    return Starlette(routes=[Route("/{size:int}", handle)])
