"""`comments quotes|withdraw`: what is published of comments, and how it is taken back."""

from __future__ import annotations

from typing import Annotated

import typer

from ..moderation.withdrawing import withdraw
from ..storage.quotes import all_quotes
from .common import DEFAULT_DATA, Data, Json, Out, installation


def list_quotes(data: Data = DEFAULT_DATA, as_json: Json = False) -> None:
    """All published quotes, with their ids."""
    store, _ = installation(data)
    out = Out(as_json)
    with store.read() as connection:
        quotes = all_quotes(connection)
    for one in quotes:
        out.line(f"{one.id[:8]}  {one.survey} {one.round}  {one.region:<5}  {one.texts['de']}")
    if not quotes:
        out.line("No quote is published.")
    out.finish(
        [
            {
                "id": one.id,
                "survey": one.survey,
                "round": one.round,
                "region": one.region,
                "texts": dict(one.texts),
            }
            for one in quotes
        ]
    )


def withdraw_quote(
    quote: Annotated[str, typer.Argument(help="The quote's id, or its beginning: comments quotes.")],
    data: Data = DEFAULT_DATA,
    as_json: Json = False,
) -> None:
    """Take a published quote back; it is destroyed. Mails that are out stay out."""
    store, _ = installation(data)
    out = Out(as_json)
    gone = withdraw(store, quote)
    out.line(f"{gone.id[:8]} is shown nowhere any more. Pages that others keep show it for an hour at most.")
    out.finish({"id": gone.id})
