"""A demonstration with released rounds, recipients, and a real mail server in another process."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from email import message_from_bytes
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert

from feedback_service.deliver.account import MailAccount, mail_account
from feedback_service.deliver.post import Post
from feedback_service.demo import setting_up
from feedback_service.demo.setting_up import set_up
from feedback_service.i18n import Interface, load_interfaces
from feedback_service.intake.spool import Spool
from feedback_service.rounds.grace import Clock
from feedback_service.settings import Settings
from feedback_service.storage.mail_keys import read_mail_key
from feedback_service.storage.schema import recipient
from feedback_service.storage.session import Store, open_store

from ..conftest import free_port

NOW = datetime(2027, 1, 20, 10, 0, tzinfo=UTC)
SINK = Path(__file__).with_name("smtp_sink.py")


@dataclass(frozen=True, slots=True)
class Sink:
    """A running mail server."""

    folder: Path
    port: int
    process: subprocess.Popen[str]

    def behave(self, **behaviour: Any) -> None:
        """From now on."""
        path = self.folder / "behaviour.json"
        path.with_suffix(".new").write_text(json.dumps(behaviour))
        path.with_suffix(".new").rename(path)

    def events(self, kind: str) -> list[dict[str, Any]]:
        """What it wrote down."""
        log = self.folder / "log.jsonl"
        lines = log.read_text("utf-8").splitlines() if log.exists() else []
        return [one for one in map(json.loads, lines) if one["event"] == kind]

    def got(self) -> list[tuple[str, str]]:
        """To whom which Message-ID came, in order."""
        return [(one["to"], one["message_id"]) for one in self.events("received")]

    def mails(self) -> list[EmailMessage]:
        """What came, as a mail program reads it."""
        files = [self.folder / one["file"] for one in self.events("received")]
        return [message_from_bytes(file.read_bytes(), policy=default) for file in files]

    def stop(self) -> None:
        """No more."""
        self.process.kill()
        self.process.communicate()


@contextmanager
def _sink(folder: Path, *options: str, port: int | None = None) -> Iterator[Sink]:
    folder.mkdir(exist_ok=True)
    port = port or free_port()
    words = [sys.executable, str(SINK), str(folder), str(port), *options]
    process = subprocess.Popen(words, stdout=subprocess.PIPE, text=True)
    assert process.stdout and process.stdout.readline() == "ready\n"
    made = Sink(folder, port, process)
    try:
        yield made
    finally:
        made.stop()


@pytest.fixture
def start_sink(tmp_path: Path) -> Callable[..., AbstractContextManager[Sink]]:
    """Starts mail servers, each until the end of its block."""
    return lambda *options, **more: _sink(tmp_path / "sink", *options, **more)


@pytest.fixture
def sink(start_sink: Callable[..., AbstractContextManager[Sink]]) -> Iterator[Sink]:
    """A plain one."""
    with start_sink() as made:
        yield made


@pytest.fixture(scope="session")
def interfaces() -> dict[str, Interface]:
    return load_interfaces()


@pytest.fixture(scope="session")
def released_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A demonstration: 2026-Q3 and 2026-Q4 released, 2027-Q1 open."""
    folder = tmp_path_factory.mktemp("released") / "data"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(setting_up, "Spool", lambda where: Spool(where, 256))
        set_up(folder, NOW.date(), 200)
    return folder


@pytest.fixture
def released(released_folder: Path, tmp_path: Path) -> Store:
    shutil.copytree(released_folder, tmp_path / "data")
    return open_store(tmp_path / "data")


def _add_recipient(
    store: Store,
    address: str,
    region: str = "08416",
    language: str = "de",
    formats: str = "",
    state: str = "active",
) -> str:
    key = read_mail_key(store.mail_folder)
    id_ = address.partition("@")[0].encode().hex().rjust(32, "0")[-32:]
    with store.begin() as connection:
        connection.execute(
            insert(recipient).values(
                id=id_,
                address=key.seal_address(id_, address),
                address_mac=key.mac_of(address),
                region=region,
                language=language,
                formats=formats,
                state=state,
                reason="",
            )
        )
    return id_


@pytest.fixture(scope="session")
def add_recipient() -> Callable[..., str]:
    """Enters one; gives its id."""
    return _add_recipient


@pytest.fixture(scope="session")
def account_at() -> Callable[..., MailAccount]:
    """An account at a server on this machine."""

    def make(port: int, **changed: Any) -> MailAccount:
        plain = MailAccount(
            host="127.0.0.1", port=port, security="none",
            sender=Address("Feedback", "feedback", "sender.example"),
            user="", password=None, ca_file=None, per_minute=60_000,
        )  # fmt: skip
        return replace(plain, **changed)

    return make


@dataclass(slots=True)
class FakeClock:
    """Pauses take no time and are remembered."""

    at: float = 0.0
    paused: float = 0.0

    def pause(self, seconds: float) -> None:
        self.at += seconds
        self.paused += seconds


@pytest.fixture
def fake_clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def make_post(
    released: Store, interfaces: dict[str, Interface], fake_clock: FakeClock
) -> Callable[..., Post]:
    """What sending takes, for a server at a port."""

    def make(port: int, **changed: Any) -> Post:
        settings = Settings(
            smtp_host="127.0.0.1", smtp_port=port, smtp_security="none",
            mail_from="Feedback <feedback@sender.example>", operator_mail="operator@sender.example",
            public_url="https://feedback.example", mail_per_minute=60_000, demo=True,
        ).model_copy(update=changed.pop("settings", {}))  # fmt: skip
        post = Post(
            released, settings, mail_account(settings), read_mail_key(released.mail_folder), interfaces,
            lambda: NOW, Clock(lambda: fake_clock.at, fake_clock.pause),
        )  # fmt: skip
        return replace(post, **changed)

    return make


@pytest.fixture(scope="session")
def today() -> date:
    return NOW.date()
