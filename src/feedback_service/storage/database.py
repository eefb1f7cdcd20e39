"""What the service needs of a database, whichever it is: units of work, one mix at a time, no residues.

Two are known: SQLite in the data folder (`sqlite.py`) and PostgreSQL (`postgresql.py`).
"""

from __future__ import annotations

from collections.abc import Collection
from contextlib import AbstractContextManager
from typing import Protocol

from sqlalchemy import Connection, Engine


class Database(Protocol):
    """One database, with the settings under which order and residues disappear."""

    @property
    def engine(self) -> Engine:
        """For migrations and for tests that look at what is really there."""

    @property
    def cuts_its_log(self) -> bool:
        """Whether its log forgets after each mix what that wrote; else the operator is told."""

    def begin(self) -> AbstractContextManager[Connection]:
        """One unit of work that may write; other writers wait from its beginning on."""

    def read(self) -> AbstractContextManager[Connection]:
        """One consistent view. It must not write."""

    def one_mix(self) -> AbstractContextManager[None]:
        """Let one mix run at a time, on whatever machine."""

    def one_sender(self) -> AbstractContextManager[None]:
        """Let one process send mail at a time, on whatever machine."""

    def vacuum(self, rounds: Collection[int]) -> None:
        """Rewrite the rows of these rounds' submissions on the disk, and leave nothing of how they were."""

    def scrub(self) -> None:
        """Leave nothing on the disk of what was overwritten or deleted outside submissions."""
