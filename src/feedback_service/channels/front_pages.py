"""The pages around the form that are only read: languages, start, thanks, the privacy notice."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ..intake.open_rounds import OpenRounds
from .addressed import language_code
from .pages import Pages

_FORGET = {"Clear-Site-Data": '"cache", "storage"'}


@dataclass(frozen=True, slots=True)
class FrontPages:
    """What the handlers need, given once when the application is made."""

    pages: Pages
    open_rounds: OpenRounds

    def routes(self) -> list[Route]:
        """Their addresses; they come before the form's, whose slug takes any word."""
        return [
            Route("/", self.languages),
            Route("/{lang}/", self.start),
            Route("/{lang}/thanks", self.thanks),
            Route("/{lang}/forget", self.forget),
            Route("/{lang}/privacy", self.privacy),
        ]

    async def languages(self, request: Request) -> Response:
        """Languages by their own names, the browser's preferred ones first."""
        order = self.pages.preferred(request)
        return self.pages.page("languages.html", order[0], order=order)

    async def start(self, request: Request) -> Response:
        """What this is, and the forms to choose from."""
        asked = await self.open_rounds.current()
        code = language_code(self.pages, request)
        return self.pages.page("start.html", code, surveys=list(asked.by_slug.values()))

    async def thanks(self, request: Request) -> Response:
        """Neutral, and it asks the browser to forget."""
        asked = await self.open_rounds.current()
        return self.pages.page(
            "thanks.html",
            language_code(self.pages, request),
            headers=_FORGET,
            has_results=bool(asked.releases),
        )

    async def forget(self, request: Request) -> Response:
        """Nothing to see: it makes the browser drop the form that it left and keeps in memory for Back."""
        language_code(self.pages, request)
        return Response(status_code=204, headers=_FORGET)

    async def privacy(self, request: Request) -> Response:
        """The privacy notice in full."""
        return self.pages.page("privacy.html", language_code(self.pages, request))
