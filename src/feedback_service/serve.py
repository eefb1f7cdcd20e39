"""Runs one web process: opens the store, claims a spool, serves until it is told to stop.

Holds public keys and the spool; never a private key. No access log: a line a request would hold the
address and the moment of everyone who answers.
"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Mapping
from typing import Any

import uvicorn

from .i18n import load_interfaces
from .intake.open_rounds import OpenRounds
from .intake.spool import Spool
from .settings import Settings
from .storage.session import Store
from .web import Parts, create_app

_SWITCH_SECONDS = 0.0005
# Nothing about a request is printed, and no reply says which program sent it or when: a page that somebody
# keeps must not hold the minute. (A proxy in front adds a date of its own.)
HTTP: Mapping[str, Any] = {
    "access_log": False,
    "log_level": "warning",
    "proxy_headers": False,
    "server_header": False,
    "date_header": False,
    "timeout_graceful_shutdown": 10,
}


def serve(store: Store, settings: Settings, host: str, port: int) -> None:
    """Serve on `host:port`. The spool is claimed before the rounds are read: a close that comes in
    between either finds the spool and shuts its gate, or is seen in the rounds."""
    # The spool's writer asks for Python's lock some ten times a group; by default the event loop may keep it
    # for 5 ms each time, and a group that takes 2.5 ms alone took 35 ms (measured).
    sys.setswitchinterval(_SWITCH_SECONDS)
    spool = Spool(store.spool_folder, settings.spool_slots)
    parts = Parts(store, spool, OpenRounds(store), load_interfaces(), settings)
    # Ctrl+C is how a server is stopped: uvicorn has finished what was being stored before it passes that on.
    with contextlib.suppress(KeyboardInterrupt):
        uvicorn.run(create_app(parts), host=host, port=port, **HTTP)
