"""The inbox: what offices send through the web process, which may write nothing into the database.

One small file each under a random name; whoever mixes or sends mail deals with it and removes it. Answers of
respondents never come here.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from ..errors import N_, FeedbackError
from ..files import sync_folder, write_durably

MOST_FILES = 2000
_ENDING = ".json"


class InboxFull(FeedbackError):
    """More waits than is ever taken."""

    status = 503
    code = "inbox-full"
    message = N_("This could not be taken just now. Please try again tomorrow.")


@dataclass(frozen=True, slots=True)
class Inbox:
    """The folder of an installation on this machine."""

    folder: Path

    def put(self, kind: str, content: Mapping[str, str]) -> None:
        """Keep something until it is dealt with; on disk when this returns. Raises `InboxFull`."""
        if len(self._files()) >= MOST_FILES:
            raise InboxFull
        text = json.dumps({"kind": kind, **content}, ensure_ascii=False)
        write_durably(self.folder / f"{secrets.token_hex(16)}{_ENDING}", text)

    def waiting(self, kind: str) -> Iterator[tuple[Path, dict[str, str]]]:
        """What waits of one kind, in the order of the random names."""
        for path in self._files():
            content = json.loads(path.read_text("utf-8"))
            if content.get("kind") == kind:
                yield path, content

    def done(self, path: Path) -> None:
        """It was dealt with."""
        path.unlink(missing_ok=True)
        sync_folder(self.folder)

    def _files(self) -> list[Path]:
        return sorted(self.folder.glob(f"*{_ENDING}")) if self.folder.exists() else []
