"""The keys that code fields are opened with: renewed at each mix, the last one kept for what is under way.

A slot may have been sealed just before the key changed and stored just after it, so after a mix the key
before the new one still opens. All others are overwritten: a copy of an older spool stays closed. A mix
that is killed forgets none, so that the next one can open all that it left.
"""

from __future__ import annotations

from pathlib import Path

from ..files import replace_secret, write_durably
from ..intake.code_key import CODE_KEY_FILE
from ..sealing.keys import SCALAR_BYTES, PrivateKey

PRIVATE_FILE = "code.key"


class CodeKeys:
    """The mix's side; use it under the mix's lock only."""

    def __init__(self, mix_folder: Path, spool_folder: Path) -> None:
        self._private = mix_folder / PRIVATE_FILE
        self._public = spool_folder / CODE_KEY_FILE

    def all(self) -> tuple[PrivateKey, ...]:
        """Every key that a waiting code field may be sealed to, the newest first."""
        if not self._private.exists():
            return ()
        content = self._private.read_bytes()
        return tuple(
            PrivateKey.from_bytes(content[start : start + SCALAR_BYTES])
            for start in range(0, len(content), SCALAR_BYTES)
        )

    def renew(self) -> tuple[PrivateKey, ...]:
        """Draw a new key and publish it. Gives the key and the one that was published before, if any."""
        before = self._published()
        fresh = PrivateKey.generate()
        # The private half first: what is sealed to a key that nobody holds would be lost.
        self._keep((fresh, *self.all()))
        write_durably(self._public, fresh.public.to_bytes())
        return (fresh, *before)

    def forget_all_but(self, keys: tuple[PrivateKey, ...]) -> None:
        """At the end of a mix: everything that waits is sealed to one of these."""
        self._keep(keys)

    def make_missing(self) -> None:
        """A first key where there is none."""
        if not (self._public.exists() and self._private.exists()):
            self.renew()

    def _keep(self, keys: tuple[PrivateKey, ...]) -> None:
        replace_secret(self._private, b"".join(key.to_bytes() for key in keys))

    def _published(self) -> tuple[PrivateKey, ...]:
        published = self._public.read_bytes() if self._public.exists() else None
        return tuple(key for key in self.all() if key.public.to_bytes() == published)[:1]
