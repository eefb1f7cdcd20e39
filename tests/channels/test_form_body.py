"""A body that is too long is read to its end, up to a bound, and nothing of it is kept."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest
from starlette.requests import Request
from starlette.types import Message

from feedback_service.channels.form_body import LARGEST_BODY, LARGEST_DISCARDED, BodyTooLarge, read_body

PART = 16 * 1024


class Sending:
    """A client that sends `size` bytes in parts, and says their number before or not."""

    def __init__(self, size: int, *, declared: bool) -> None:
        headers = [(b"content-length", str(size).encode())] if declared else []
        self.sent = 0
        self._parts = self._messages(size)
        self.request = Request({"type": "http", "method": "POST", "headers": headers}, self._receive)

    def read(self) -> bytes:
        """What the service makes of it."""
        return asyncio.run(read_body(self.request))

    async def _receive(self) -> Message:
        return next(self._parts)

    def _messages(self, size: int) -> Iterator[Message]:
        while self.sent < size:
            part = min(PART, size - self.sent)
            self.sent += part
            yield {"type": "http.request", "body": b"x" * part, "more_body": self.sent < size}


def test_the_largest_body_is_taken_whole() -> None:
    assert Sending(LARGEST_BODY, declared=True).read() == b"x" * LARGEST_BODY


@pytest.mark.parametrize("declared", [True, False])
def test_who_sends_too_much_is_answered_when_everything_is_sent(declared: bool) -> None:
    # A browser that is answered while it still sends shows a broken connection instead of the page.
    sending = Sending(2 * LARGEST_BODY, declared=declared)
    with pytest.raises(BodyTooLarge):
        sending.read()
    assert sending.sent == 2 * LARGEST_BODY


def test_a_body_without_end_is_not_read_to_its_end() -> None:
    sending = Sending(100 * LARGEST_DISCARDED, declared=False)
    with pytest.raises(BodyTooLarge):
        sending.read()
    assert sending.sent <= LARGEST_DISCARDED + PART


def test_of_a_body_that_says_it_is_far_too_long_nothing_is_read() -> None:
    sending = Sending(LARGEST_DISCARDED + 1, declared=True)
    with pytest.raises(BodyTooLarge):
        sending.read()
    assert sending.sent == 0
