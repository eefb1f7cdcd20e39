"""Plays the recordings of questions that are asked now; no other file can be named.

Whoever listens asks the server for one question's recording: it sees that somebody listens, and to what. So
nothing is fetched before somebody presses play, and nothing of it stays on the phone, like every other reply.
"""

from __future__ import annotations

from dataclasses import dataclass

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route
from starlette.types import Message, Receive, Scope, Send

from ..intake.open_rounds import OpenRounds
from ..storage.recordings import recording_path
from ..storage.session import Store
from ..surveys.audio import content_type

ADDRESS = "/audio/"
# What would let a phone be known again by its copy.
_TELLTALE = (b"etag", b"last-modified")


class Recording(FileResponse):
    """A file, whole or a range of it, without what tells when it was made."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """As any file, but for those headers. No client can have them: what one says of them is dropped."""

        async def without(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [one for one in message["headers"] if one[0] not in _TELLTALE]
            await send(message)

        asked = [header for header in scope["headers"] if header[0] != b"if-range"]
        await super().__call__({**scope, "headers": asked}, receive, without)


@dataclass(frozen=True, slots=True)
class Recordings:
    """What the handler needs, given once when the application is made."""

    open_rounds: OpenRounds
    store: Store

    def routes(self) -> list[Route]:
        """The one address."""
        return [Route(ADDRESS + "{survey}/{name}", self.play)]

    async def play(self, request: Request) -> Response:
        """The recording, where a survey that answers are taken for names it."""
        survey, name = request.path_params["survey"], request.path_params["name"]
        taking = (await self.open_rounds.current()).taking
        named = any(
            one.questionnaire.name == survey and name in one.questionnaire.recordings for one in taking
        )
        path = recording_path(self.store, survey, name)
        if not named or not path.is_file():
            raise HTTPException(404)
        return Recording(path, media_type=content_type(name))
