"""Which web machine this is: a random id beside its spools, so that a close knows whose it waits for."""

from __future__ import annotations

import platform
import secrets
from pathlib import Path

from ..files import write_durably
from ..storage.machines import Machine

MACHINE_FILE = "machine.id"
_ID_BYTES = 16


def this_machine(spool_folder: Path) -> Machine:
    """The machine of a spool folder; its id is drawn where there is none yet."""
    path = spool_folder / MACHINE_FILE
    if not path.exists():
        write_durably(path, secrets.token_hex(_ID_BYTES))
    return Machine(path.read_text("ascii"), platform.node() or "unnamed")
