"""Being asked to end: what is being done is finished first."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event
from types import FrameType


@contextmanager
def asked_to_stop() -> Iterator[Event]:
    """Set when somebody presses Ctrl+C or a service manager ends the process; waiting for it is woken."""
    stop = Event()

    def note(_signal: int, _frame: FrameType | None) -> None:
        stop.set()

    before = [(one, signal.signal(one, note)) for one in (signal.SIGINT, signal.SIGTERM)]
    try:
        yield stop
    finally:
        for one, handler in before:
            signal.signal(one, handler)
