"""What every command shares: `--data`, `--json`, output, the passphrase, progress on a terminal."""

from __future__ import annotations

import getpass
import json
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import Progress

from ..demo.passphrase import DEMO_PASSPHRASE
from ..errors import FeedbackError
from ..sealing.wrapping import Derivation
from ..secret import Secret
from ..settings import Settings, load_settings
from ..storage.session import Store, open_store

DEFAULT_DATA = Path("feedback-data")

Data = Annotated[
    Path,
    typer.Option("--data", envvar="FEEDBACK_DATA", help="The installation's data folder.", show_default=True),
]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")]
RoundName = Annotated[
    str | None, typer.Option("--round", help="Which round, like 2026-Q4; needed only where several qualify.")
]
Memory = Annotated[
    int, typer.Option("--kdf-memory", min=8, help="MiB of memory that the passphrase's derivation takes.")
]


class PassphraseMissing(FeedbackError):
    """No terminal to ask on, and no file to read from."""

    status = 500
    code = "passphrase-missing"
    message = (
        "A passphrase is needed and there is no terminal to ask on."
        " Write it to a file outside the data folder and set FEEDBACK_%(variable)s to its path."
    )


class PassphraseUnusable(FeedbackError):
    """An empty passphrase, or a file that can't be read."""

    status = 500
    code = "passphrase-unusable"
    message = "The passphrase can't be used: %(reason)s."


class NotText(FeedbackError):
    """A file that isn't text in UTF-8."""

    status = 422
    code = "file-not-text"
    message = "%(file)s is not text in UTF-8. Save it as UTF-8 and try again."


def read_text(path: Path) -> str:
    """A file that somebody hands over. Raises `NotText`."""
    try:
        return path.read_text("utf-8")
    except UnicodeDecodeError:
        raise NotText(file=path) from None


@dataclass(frozen=True, slots=True)
class Out:
    """What a command says: lines for people, or one JSON document."""

    as_json: bool

    def line(self, text: str) -> None:
        """A line for people; nothing with `--json`."""
        if not self.as_json:
            print(text, flush=True)

    def finish(self, document: Any) -> None:
        """The document; nothing without `--json`."""
        if self.as_json:
            print(json.dumps(document, ensure_ascii=False, indent=1), flush=True)


def installation(data: Path) -> tuple[Store, Settings]:
    """The installation in a data folder. Raises `NotInitialised` and others that say what to do."""
    settings = load_settings(data)
    return open_store(data, settings.database_url), settings


def passphrase(settings: Settings, *, twice: bool = False) -> Secret:
    """The keys' passphrase: from its file, else asked on the terminal."""
    return _passphrase(settings, settings.passphrase_file, "PASSPHRASE_FILE", "the keys", twice=twice)


def reviewers_passphrase(settings: Settings, *, twice: bool = False) -> Secret:
    """The passphrase of those who review comments, the same way."""
    file = settings.reviewers_passphrase_file
    return _passphrase(settings, file, "REVIEWERS_PASSPHRASE_FILE", "the reviewers", twice=twice)


def _passphrase(settings: Settings, file: Path | None, variable: str, whose: str, *, twice: bool) -> Secret:
    if settings.demo:
        return DEMO_PASSPHRASE
    if file is not None:
        return _from_file(file)
    if not sys.stdin.isatty():
        raise PassphraseMissing(variable=variable)
    typed = getpass.getpass(f"Passphrase of {whose}: ")
    if twice and getpass.getpass("The same again: ") != typed:
        raise PassphraseUnusable(reason="the two differ")
    if not typed:
        raise PassphraseUnusable(reason="it is empty")
    return Secret(typed.encode())


def _from_file(path: Path) -> Secret:
    try:
        content = path.read_bytes().rstrip(b"\r\n")
    except OSError as error:
        raise PassphraseUnusable(reason=f"{path}: {error.strerror}") from None
    if not content:
        raise PassphraseUnusable(reason=f"{path} is empty")
    return Secret(content)


def derivation(mib: int) -> Derivation:
    """Argon2id's cost with that much memory; less than the design's is said aloud."""
    full = Derivation()
    if mib * 1024 < full.memory_kib:
        wanted = full.memory_kib // 1024
        print(f"Warning: {mib} MiB protect the keys; the design asks for {wanted}.", file=sys.stderr)
    return Derivation(memory_kib=mib * 1024)


@contextmanager
def stages() -> Iterator[Callable[[str], None]]:
    """Shows which step is running, on a terminal only."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield lambda _stage: None
        return
    with console.status("…") as status:
        yield lambda stage: status.update(stage)


@contextmanager
def interrupted_by_termination() -> Iterator[None]:
    """To be asked to end (`kill`, a service manager) is like Ctrl+C: the command has a last word."""

    def interrupt(_signal: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


@contextmanager
def counter(label: str) -> Iterator[Callable[[int, int], None]]:
    """Shows how much of a long work is done, on a terminal only."""
    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task(label, total=None)
        yield lambda done, total: progress.update(task, completed=done, total=total)
