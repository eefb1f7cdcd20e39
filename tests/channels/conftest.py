"""The web application in this process, on an installation with small keys and a small spool."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from feedback_service.i18n import load_interfaces
from feedback_service.intake.open_rounds import OpenRounds
from feedback_service.intake.slot_reader import look
from feedback_service.intake.spool import Spool
from feedback_service.rounds.calendar import Quarter
from feedback_service.rounds.choosing import choose_closing
from feedback_service.rounds.closing import begin_grace, close_round
from feedback_service.rounds.founding import found
from feedback_service.sealing.wrapping import Derivation, derive
from feedback_service.secret import Secret
from feedback_service.settings import Settings
from feedback_service.storage.rounds import Round
from feedback_service.storage.session import Store
from feedback_service.web import Parts, create_app

QUARTER = Quarter(2026, 4)


@dataclass(frozen=True, slots=True)
class Site:
    """A client, and what lies behind it."""

    http: TestClient
    store: Store
    open_rounds: OpenRounds

    def stored(self) -> int:
        """How many slots of the spool are used: what was acknowledged and not mixed yet."""
        total = 0
        for path in self.store.spool_folder.glob("*/*.spool"):
            with sqlite3.connect(path) as database:
                total += database.execute("SELECT count(*) FROM slot WHERE used").fetchone()[0]
            database.close()
        return total

    def close_clients_round(self) -> None:
        """As `rounds close clients` in another process would."""
        close_round(self.store, self.store.key_folder, self._clients(), date(2026, 11, 22))

    def end_clients_round(self) -> None:
        """As `rounds close clients --grace` would; this process knows of it."""
        begin_grace(self.store, self.store.key_folder, self._clients(), date(2026, 11, 22))
        self.open_rounds.renew_now()

    def _clients(self) -> Round:
        """The round that a close means."""
        with self.store.read() as connection:
            return choose_closing(connection, "clients", None)

    def waiting_for(self, number: int) -> int:
        """How many slots are used for a round."""
        heads = [head for path in self.store.spool_folder.glob("*/*.spool") for head in look(path)]
        return sum(head is not None and head.round_number == number for head in heads)


@pytest.fixture
def site_with(tmp_path: Path) -> Iterator[Callable[..., Site]]:
    """Makes sites with settings of their own."""
    open_clients: list[TestClient] = []

    def make(settings: Settings | None = None) -> Site:
        folder = tmp_path / f"data{len(open_clients)}"
        cheap = Derivation(8 * 1024, 1, 1)
        store = found(folder, None, QUARTER, lambda: derive(Secret(b"test"), cheap)).store
        spool = Spool(store.spool_folder, 64)
        rounds = OpenRounds(store)
        parts = Parts(store, spool, rounds, load_interfaces(), settings or Settings())
        client = TestClient(create_app(parts), follow_redirects=False)
        client.__enter__()
        open_clients.append(client)
        return Site(client, store, rounds)

    yield make
    for client in open_clients:
        client.__exit__(None, None, None)


@pytest.fixture
def site(site_with: Callable[..., Site]) -> Site:
    """One such site."""
    return site_with()
