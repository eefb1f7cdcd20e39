"""Deleting an answer by the number that its sender wrote down."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ..intake.open_rounds import OpenRounds
from ..intake.rate_limit import TooManyRequests
from ..intake.receive import Door
from ..intake.spool import RoundClosed, SpoolUnavailable
from ..sealing.receipt import InvalidReceipt, Receipt
from .addressed import language_code
from .form_body import read_form
from .pages import Pages
from .sender import Limiter, retry_after

_LONGEST_SHOWN = 80


@dataclass(frozen=True, slots=True)
class Deleting:
    """What the handlers need, given once when the application is made."""

    pages: Pages
    open_rounds: OpenRounds
    door: Door
    limiter: Limiter

    def routes(self) -> list[Route]:
        """One address to read and to send to; before the form's, whose slug takes any word."""
        return [
            Route("/{lang}/delete", self.delete, methods=["POST"]),
            Route("/{lang}/delete", self.ask, methods=["GET"]),
        ]

    async def ask(self, request: Request) -> Response:
        """Where a receipt is typed."""
        code = language_code(self.pages, request)
        return self.pages.page("delete.html", code, state="ask", typed="", problem=None)

    async def delete(self, request: Request) -> Response:
        """Deletes by receipt; the reply is the same whether there was an answer or not."""
        code = language_code(self.pages, request)
        typed = " ".join((await read_form(request)).get("receipt", []))
        try:
            self.limiter.check(request)
            receipt = Receipt.from_text(typed)
            asked = await self.open_rounds.current()
            await self.door.delete(receipt, [one.round_number for one in asked.taking])
        except (InvalidReceipt, SpoolUnavailable, RoundClosed, TooManyRequests) as error:
            return self.pages.page(
                "delete.html",
                code,
                error.status,
                retry_after(error),
                state="ask",
                typed=typed[:_LONGEST_SHOWN],
                problem=self.pages.interfaces[code].error(error),
            )
        return self.pages.page("delete.html", code, state="done", typed="", problem=None)
