"""Takes a published quote back. No key is needed: what is published is no secret."""

from __future__ import annotations

from ..errors import FeedbackError
from ..reports.quotes import Quote
from ..storage.quotes import all_quotes, remove_quote
from ..storage.session import Store


class UnknownQuote(FeedbackError):
    """An id that no quote has, or several begin with."""

    status = 404
    code = "quote-unknown"
    message = "“%(id)s” is %(number)s quotes here. See: feedback-service comments quotes"


def withdraw(store: Store, prefix: str) -> Quote:
    """Show the quote whose id begins so nowhere any more, and destroy it. Raises `UnknownQuote`."""
    with store.begin() as connection:
        found = [one for one in all_quotes(connection) if prefix and one.id.startswith(prefix.lower())]
        if len(found) != 1:
            raise UnknownQuote(id=prefix[:40], number=len(found))
        remove_quote(connection, found[0].id)
    store.scrub()
    return found[0]
