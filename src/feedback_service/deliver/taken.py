"""The last mail that the server took, noted the moment it says so, before the database is told.

A commit takes some milliseconds; this takes some microseconds, and a killed process' writes stay. So the
instant in which nobody knows whether the server has a mail is that much shorter. After a power cut the note
may be missing: then the mail is sent again under the same Message-ID.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from ..storage.session import Store

_LENGTH = 128


@dataclass(frozen=True, slots=True)
class Taken:
    """One file that holds one Message-ID; whoever holds the sender's lock may use it."""

    handle: int

    @property
    def last(self) -> str:
        """The Message-ID of the last mail that was taken; empty if there was none."""
        return os.pread(self.handle, _LENGTH, 0).decode("ascii", "replace").strip()

    def note(self, message_id: str) -> None:
        """The server has taken it."""
        os.pwrite(self.handle, message_id.encode("ascii").ljust(_LENGTH), 0)

    def begin(self, message_id: str) -> None:
        """It is about to be handed over: a note from before it came back must not count."""
        if self.last == message_id:
            self.note("")
            os.fsync(self.handle)


@contextmanager
def open_taken(store: Store) -> Iterator[Taken]:
    """The note of an installation."""
    handle = os.open(store.mail_folder / "taken", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        yield Taken(handle)
    finally:
        os.close(handle)
