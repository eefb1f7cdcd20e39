"""The municipalities that can be chosen, as one list for everybody: who asks for it tells no district.

The browser's module asks for it once a district was chosen, and picks out the district's own by itself.
"""

from __future__ import annotations

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from ..intake.open_rounds import OpenRounds
from ..regions.directory import Directory
from ..regions.keys import Level
from .once_more import municipalities

ADDRESS = "/regions.json"


@dataclass(frozen=True, slots=True)
class RegionList:
    """What the handler needs, given once when the application is made."""

    open_rounds: OpenRounds

    def routes(self) -> list[Route]:
        """The one address."""
        return [Route(ADDRESS, self.show)]

    async def show(self, _request: Request) -> Response:
        """Names by key, those of a district one after the other."""
        return JSONResponse(_names((await self.open_rounds.current()).directory))


def _names(directory: Directory) -> dict[str, str]:
    return {
        town.ags: town.name
        for district in directory.at(Level.KREIS)
        for town in municipalities(directory, district.ags)
    }
