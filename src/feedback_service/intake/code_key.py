"""The public key that code fields are sealed to, as the web process reads it from the spool's folder.

The mix renews it; its private half lies in the mix's own folder. Read anew when the file has changed: a
process that sealed to a key of two mixes ago would spoil somebody's code.
"""

from __future__ import annotations

import threading
from pathlib import Path

from ..errors import FeedbackError
from ..sealing.keys import PublicKey

CODE_KEY_FILE = "code.pub"


class CodeKeyMissing(FeedbackError):
    """The mixing process has published no key yet."""

    status = 503
    code = "code-key-missing"
    message = "There is no %(file)s. Make it with: feedback-service init"


class CodeKey:
    """Gives the current key; one a process, from any thread."""

    def __init__(self, spool_folder: Path) -> None:
        self._path = spool_folder / CODE_KEY_FILE
        self._lock = threading.Lock()
        self._known: tuple[tuple[int, int], PublicKey] | None = None

    def current(self) -> PublicKey:
        """The key to seal to now. Raises `CodeKeyMissing`."""
        with self._lock:
            try:
                found = self._path.stat()
                # The mix puts a new file in place: another inode, even within one tick of the clock.
                version = (found.st_ino, found.st_mtime_ns)
                if self._known is None or self._known[0] != version:
                    self._known = (version, PublicKey.from_bytes(self._path.read_bytes()))
            except FileNotFoundError:
                raise CodeKeyMissing(file=self._path) from None
            return self._known[1]
