"""The machine around an installation, read below a root: this one, or a copy of one to be looked at."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

# Python's own argument, a script's path or a module: however the commands are started.
_OURS = re.compile(r"feedback[-_](service|bot)\b")


@dataclass(frozen=True)
class Process:
    """A running process of the service."""

    pid: int
    command: tuple[str, ...]
    environment: Mapping[str, str] = field(repr=False)
    core_limit: str
    works_in: Path
    open_files: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Which of its commands, and its number."""
        words = [word for word in self.command if not word.startswith("-")]
        after = next((at + 1 for at, word in enumerate(words) if _OURS.search(word)), len(words))
        return f"{words[after] if after < len(words) else 'bot'} ({self.pid})"

    @property
    def data(self) -> Path | None:
        """The data folder that it works on; a bot has none."""
        if self.name.startswith("bot"):
            return None
        given = self.environment.get("FEEDBACK_DATA", "feedback-data")
        for at, word in enumerate(self.command):
            if word == "--data" and at + 1 < len(self.command):
                given = self.command[at + 1]
            elif word.startswith("--data="):
                given = word.removeprefix("--data=")
        return (self.works_in / given).resolve()


@dataclass(frozen=True)
class System:
    """A machine, by the folder under which its files lie."""

    root: Path = Path("/")

    def path(self, name: str) -> Path:
        """A file of the machine, by its absolute name there."""
        return self.root / name.lstrip("/")

    def text(self, name: str) -> str | None:
        """What stands in a file; `None` where it isn't or can't be read."""
        try:
            return self.path(name).read_text("utf-8", "replace")
        except OSError:
            return None

    def texts(self, *patterns: str) -> Iterator[tuple[Path, str]]:
        """All files of these patterns and what stands in them."""
        for path in sorted({path for one in patterns for path in self.root.glob(one.lstrip("/"))}):
            try:
                if path.is_file():
                    yield path, path.read_text("utf-8", "replace")
            except OSError:
                continue

    def processes_of(self, data: Path) -> list[Process]:
        """Those that work on a data folder, and bots, which have none."""
        return [one for one in self.processes if one.data is None or one.data == data.resolve()]

    @cached_property
    def processes(self) -> list[Process]:
        """Every running process of the service."""
        found = []
        for folder in sorted(self.path("proc").glob("[0-9]*")):
            try:
                command = _zero_separated((folder / "cmdline").read_bytes())
                if _is_ours(command):
                    found.append(_process(folder, command))
            except OSError:
                # It ended meanwhile, or belongs to somebody else.
                continue
        return found

    def is_locked(self, path: Path) -> bool:
        """Whether a living process holds a lock on a file."""
        locks = self.text("proc/locks") or ""
        return bool(re.search(rf"FLOCK .* [0-9a-f]+:[0-9a-f]+:{path.stat().st_ino} ", locks))


def _process(folder: Path, command: list[str]) -> Process:
    pairs = (line.partition("=") for line in _zero_separated((folder / "environ").read_bytes()))
    limit = re.search(r"Max core file size\s+(\S+)", (folder / "limits").read_text("utf-8"))
    return Process(
        pid=int(folder.name),
        command=tuple(command),
        environment={name: value for name, _, value in pairs},
        core_limit=limit[1] if limit else "unknown",
        works_in=(folder / "cwd").readlink(),
        # What it was started with may lead anywhere; it says nothing about anybody.
        open_files=tuple(
            str(one.readlink())
            for one in (folder / "fd").glob("*")
            if one.is_symlink() and one.name not in ("0", "1", "2")
        ),
    )


def _zero_separated(content: bytes) -> list[str]:
    return [one.decode("utf-8", "replace") for one in content.split(b"\0") if one]


def _is_ours(command: list[str]) -> bool:
    """Whether a command line starts the service, and not an audit of it or an editor of its files."""
    words = [Path(word).name for word in command[:6]]
    starts = any(_OURS.fullmatch(one) or _OURS.fullmatch(one.partition(".")[0]) for one in words)
    starts = starts or any(re.search(r"(from|import) feedback_service", word) for word in command[:6])
    return starts and "audit" not in words
