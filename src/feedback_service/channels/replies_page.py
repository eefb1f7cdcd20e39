"""“You said, we did”: what offices answered to reports, as far as operators released it."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ..intake.open_rounds import OpenRounds
from ..storage.session import Store
from .addressed import language_code
from .pages import Pages
from .publishing import Publishing
from .replies_shown import all_shown, words_of

# On the page of all regions: the others are on the pages of theirs.
_NEWEST = 20


@dataclass(frozen=True, slots=True)
class RepliesPage:
    """What the handlers need, given once when the application is made."""

    pages: Pages
    open_rounds: OpenRounds
    store: Store
    publishing: Publishing

    def routes(self) -> list[Route]:
        """All regions' newest replies, and those of one region."""
        return [
            Route("/{lang}/replies", self.publishing(self.show)),
            Route("/{lang}/replies/{region}", self.publishing(self.region)),
        ]

    async def show(self, request: Request) -> Response:
        """The newest replies of all regions, and where the others are."""
        code, asked = language_code(self.pages, request), await self.open_rounds.current()
        found = await run_in_threadpool(all_shown, self.store, asked.directory, code)
        answered = {one.region for one in found}
        return self.pages.page(
            "replies.html",
            code,
            region=None,
            replies=found[:_NEWEST],
            regions=[one for one in asked.directory.regions.values() if one.ags in answered],
            **words_of(self.pages.interfaces[code]),
        )

    async def region(self, request: Request) -> Response:
        """Everything that was answered about one region."""
        code, asked = language_code(self.pages, request), await self.open_rounds.current()
        region = asked.directory.regions.get(str(request.path_params["region"]))
        if region is None:
            raise HTTPException(404)
        found = await run_in_threadpool(all_shown, self.store, asked.directory, code)
        return self.pages.page(
            "replies.html",
            code,
            region=region,
            replies=[one for one in found if one.region == region.ags],
            regions=[],
            **words_of(self.pages.interfaces[code]),
        )
