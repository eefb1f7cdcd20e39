"""The public page "What we keep": made from the tables' own explanations, with the keys that are in use."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ..intake.open_rounds import OpenRounds
from ..storage.explained import ABOUT_ANSWERS, WITHOUT_PEOPLE
from .pages import Pages


@dataclass(frozen=True, slots=True)
class WhatWeKeep:
    """What the handler needs."""

    pages: Pages
    open_rounds: OpenRounds

    def routes(self) -> list[Route]:
        """Its address."""
        return [Route("/{lang}/what-we-keep", self.show)]

    async def show(self, request: Request) -> Response:
        """What is stored, why it can't identify, when it is destroyed."""
        code = str(request.path_params["lang"])
        if code not in self.pages.interfaces:
            raise HTTPException(404)
        asked = await self.open_rounds.current()
        return self.pages.page(
            "what_we_keep.html",
            code,
            about_answers=ABOUT_ANSWERS,
            without_people=WITHOUT_PEOPLE,
            surveys=list(asked.taking),
        )
