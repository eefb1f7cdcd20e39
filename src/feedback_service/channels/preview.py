"""The digest as a page, in the demonstration only: real recipients get theirs by mail."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from ..render.html import digest_document
from ..reports.beside import NOTHING
from ..reports.build import digest
from ..storage.beside import beside_round
from ..storage.published import newest_complete_round, sources_of_round
from ..storage.regions import read_directory
from ..storage.session import Store
from .pages import Pages

# The document brings its own style, as a mail does.
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"


@dataclass(frozen=True, slots=True)
class Preview:
    """What the handler needs, given once when the application is made."""

    pages: Pages
    store: Store

    def routes(self) -> list[Route]:
        """The one address."""
        return [Route("/preview/{lang}/{region}", self.show)]

    async def show(self, request: Request) -> Response:
        """The newest digest of a region."""
        return await run_in_threadpool(self._show, request.path_params["lang"], request.path_params["region"])

    def _show(self, code: str, region: str) -> Response:
        interface = self.pages.interfaces.get(code)
        with self.store.read() as connection:
            directory = read_directory(connection)
            round_id = newest_complete_round(connection)
            sources = sources_of_round(connection, round_id) if round_id else []
            beside = beside_round(connection, round_id) if round_id else NOTHING
        if interface is None or region not in directory or not sources:
            raise HTTPException(404)
        say = interface.plain
        made = digest(sources, directory, code, region, say, demo=True, beside=beside)
        return HTMLResponse(digest_document(made, interface), headers={"content-security-policy": _POLICY})
