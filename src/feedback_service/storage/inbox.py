"""The inbox: what offices send through the web process, which may write nothing into the database.

One small file each under a random name; whoever sends mail deals with it and removes it. Answers of
respondents never come here.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from ..errors import N_, FeedbackError
from ..files import sync_folder, write_durably

MOST_FILES = 2000
# Of one sender, who must not take the room of the others.
MOST_OF_ONE = 40
_ENDING = ".json"
_NAME_DIGITS = 32
_SENDER_DIGITS = 12


class InboxFull(FeedbackError):
    """More waits than is ever taken."""

    status = 503
    code = "inbox-full"
    message = N_("This could not be taken just now. Please try again tomorrow.")


@dataclass(frozen=True, slots=True)
class Inbox:
    """The folder of an installation on this machine."""

    folder: Path

    def put(
        self, kind: str, content: Mapping[str, str], *, once: str | None = None, sender: str | None = None
    ) -> None:
        """Keep something until it is dealt with; on disk when this returns. Raises `InboxFull`.

        What comes again under the same `once` takes the place of the first: a link that is pressed a
        thousand times is one file. What comes from one `sender` is kept beside one another, so many at most.
        """
        name = secrets.token_hex(_NAME_DIGITS // 2) if once is None else _name_of(kind, once)
        if sender is not None:
            beginning = _name_of(kind, sender)[:_SENDER_DIGITS]
            if sum(path.name.startswith(beginning) for path in self._files()) >= MOST_OF_ONE:
                raise InboxFull
            name = beginning + name[_SENDER_DIGITS:]
        path = self.folder / f"{name}{_ENDING}"
        if not path.exists() and len(self._files()) >= MOST_FILES:
            raise InboxFull
        write_durably(path, json.dumps({"kind": kind, **content}, ensure_ascii=False))

    def waiting(self, kind: str) -> Iterator[tuple[Path, dict[str, str]]]:
        """What waits of one kind, in the order of the random names. Files that can't be read are left out."""
        for path in self._files():
            content = _read(path)
            if content is not None and content["kind"] == kind:
                yield path, content

    def unreadable(self) -> list[Path]:
        """Files that are nothing of ours, of whatever kind."""
        return [path for path in self._files() if path.exists() and _read(path) is None]

    def done(self, path: Path) -> None:
        """It was dealt with."""
        path.unlink(missing_ok=True)
        sync_folder(self.folder)

    def _files(self) -> list[Path]:
        return sorted(self.folder.glob(f"*{_ENDING}")) if self.folder.exists() else []


def _name_of(kind: str, once: str) -> str:
    return sha256(f"{kind}|{once}".encode()).hexdigest()[:_NAME_DIGITS]


def _read(path: Path) -> dict[str, str] | None:
    """A file's content: names with texts, a kind among them; `None` where it is anything else, or gone."""
    try:
        content = json.loads(path.read_bytes())
    except (FileNotFoundError, ValueError, RecursionError):
        return None
    if not isinstance(content, dict) or "kind" not in content:
        return None
    return content if all(isinstance(value, str) for value in content.values()) else None
