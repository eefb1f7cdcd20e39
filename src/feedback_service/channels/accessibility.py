"""The public statement on accessibility: how far the pages are, what is missing, where barriers are told.

It rests on the assessment in `docs/accessibility.md`; whoever assesses anew changes the day here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from .pages import Pages

ASSESSED = date(2026, 11, 26)


@dataclass(frozen=True, slots=True)
class Accessibility:
    """What the handler needs."""

    pages: Pages

    def routes(self) -> list[Route]:
        """Its address."""
        return [Route("/{lang}/accessibility", self.show)]

    async def show(self, request: Request) -> Response:
        """The statement, with the operator's contact and the office that helps where that does not."""
        code = str(request.path_params["lang"])
        if code not in self.pages.interfaces:
            raise HTTPException(404)
        return self.pages.page("accessibility.html", code, assessed=ASSESSED)
