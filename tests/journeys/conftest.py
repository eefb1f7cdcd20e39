"""A browser for the journeys, and two ways to serve: as a process, and here, under a clock of ours."""

from __future__ import annotations

import shutil
import socket
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from playwright.sync_api import Browser, Playwright, sync_playwright
from starlette.types import ASGIApp

from feedback_service.demo.setting_up import set_up
from feedback_service.i18n import load_interfaces
from feedback_service.intake.open_rounds import OpenRounds
from feedback_service.intake.spool import Spool
from feedback_service.regions.directory import Region
from feedback_service.rounds.calendar import Quarter
from feedback_service.sealing.links import Link
from feedback_service.serve import HTTP
from feedback_service.settings import Settings
from feedback_service.storage.mail_keys import read_mail_key
from feedback_service.storage.regions import put_regions
from feedback_service.storage.replies import Reply
from feedback_service.storage.replies import add as add_reply
from feedback_service.storage.session import open_store
from feedback_service.web import Parts, create_app

FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip


# Of Tübingen, as after `regions import`.
TOWNS = [Region("08416041", "Tübingen, Universitätsstadt"), Region("08416036", "Rottenburg am Neckar, Stadt")]


@dataclass(frozen=True, slots=True)
class Launcher:
    """Starts Debian's Chromium, nothing in the background."""

    playwright: Playwright
    path: str

    def browser(self, **options: Any) -> Browser:
        """A browser whose contexts leave nothing behind."""
        return self.playwright.chromium.launch(executable_path=self.path, args=FLAGS, **options)

    def profile(self, folder: Path, **options: Any) -> Any:
        """A browser as people have it, which keeps what it keeps in a folder."""
        return self.playwright.chromium.launch_persistent_context(
            folder, executable_path=self.path, args=FLAGS, **options
        )


@pytest.fixture(scope="module")
def launcher() -> Iterator[Launcher]:
    """Starts browsers; `tests/needs_browser.sh` says how to get one."""
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    assert path, "no Chromium: run sh tests/needs_browser.sh"
    with sync_playwright() as playwright:
        yield Launcher(playwright, path)


@pytest.fixture(scope="module")
def chromium(launcher: Launcher) -> Iterator[Browser]:
    """A running Chromium for a file's tests; what one of them does in a context of its own stays there."""
    browser = launcher.browser()
    yield browser
    browser.close()


@pytest.fixture(scope="module")
def shared_service(shared_installation: Any) -> Iterator[Any]:
    """One running `serve` for all tests of a file."""
    with shared_installation.serving() as served:
        yield served


@dataclass(slots=True)
class Here:
    """The same application in this process, on its own spool, under a clock that a test moves on.

    `unsent` are headers of requests that it doesn't get, as from a browser that doesn't know them; `replies`
    the statuses of all posts.
    """

    url: str
    spool_folder: Path
    now: float = 0.0
    unsent: set[bytes] = field(default_factory=set)
    replies: list[int] = field(default_factory=list)

    def stored(self) -> int:
        """How many answers wait in the spool."""
        total = 0
        for path in self.spool_folder.glob("*/*.spool"):
            with sqlite3.connect(path) as database:
                total += database.execute("SELECT count(*) FROM slot WHERE used").fetchone()[0]
            database.close()
        return total


@pytest.fixture
def here(shared_installation: Any, tmp_path: Path, unused_tcp_port: int) -> Iterator[Here]:
    """Served by a thread, as `serve` would."""
    store = open_store(shared_installation.data)
    made = Here(f"http://127.0.0.1:{unused_tcp_port}", tmp_path / "spool")
    parts = Parts(store, Spool(made.spool_folder, 64), OpenRounds(store), load_interfaces(), Settings())
    app = create_app(parts, clock=lambda: made.now)

    async def from_such_a_browser(scope: Any, receive: Any, send: Any) -> None:
        async def noted(message: Any) -> None:
            if message["type"] == "http.response.start" and scope["method"] == "POST":
                made.replies.append(message["status"])
            await send(message)

        if scope["type"] == "http":
            kept = [header for header in scope["headers"] if header[0] not in made.unsent]
            scope = {**scope, "headers": kept}
        await app(scope, receive, noted)

    with _served(from_such_a_browser, unused_tcp_port):
        yield made


@contextmanager
def _served(app: ASGIApp, port: int) -> Iterator[None]:
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=port, **HTTP))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        assert thread.is_alive()
        time.sleep(0.01)
    yield
    server.should_exit = True
    thread.join()


@dataclass(frozen=True, slots=True)
class Demonstration:
    """Every page there is, with the figures of two quarters; `round` is the newer one, `before` the other.

    `links` are the ends of addresses that stand in mails to offices.
    """

    url: str
    round: str
    before: str
    links: tuple[str, ...]


def _an_answer(round_id: str, day: date) -> Reply:
    """What an office answered, in German alone: other languages say that it isn't translated."""
    texts = {"de": "Wir mieten zwölf Wohnungen."}
    return Reply(
        "b" * 32, "08416", round_id, "clients", "housing", "Amt", "decided", texts, "released", day, day
    )


@pytest.fixture(scope="module")
def demonstration(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demonstration]:
    """The demonstration, small, served by a thread: it costs a second."""
    folder, today = tmp_path_factory.mktemp("demo") / "data", date(2026, 11, 26)
    store = set_up(folder, today, respondents=300)
    with store.begin() as connection:
        put_regions(connection, TOWNS)
        add_reply(connection, _an_answer(str(Quarter.of(today).plus(-1)), today))
    settings = Settings(demo=True, operator="Testamt", contact="test@example.org")
    parts = Parts(store, Spool(store.spool_folder, 64), OpenRounds(store), load_interfaces(), settings)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    with _served(create_app(parts), port):
        key = read_mail_key(store.mail_folder)
        newest = str(Quarter.of(today).plus(-1))
        confirm, leave = (key.token(Link(purpose, "a" * 32)) for purpose in ("confirm", "leave"))
        answer = key.token(Link("reply", "a" * 32, "08416", newest))
        yield Demonstration(
            f"http://127.0.0.1:{port}",
            newest,
            str(Quarter.of(today).plus(-2)),
            (f"digests/confirm/{confirm}", f"digests/leave/{leave}", f"replies/answer/{answer}"),
        )
