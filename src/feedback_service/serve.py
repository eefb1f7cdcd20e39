"""Runs one web process: opens the store, claims a spool, serves until it is told to stop.

Holds public keys and the spool; never a private key. No access log: a line a request would hold the
address and the moment of everyone who answers.
"""

from __future__ import annotations

import uvicorn

from .i18n import load_interfaces
from .intake.open_rounds import OpenRounds
from .intake.spool import Spool
from .settings import Settings
from .storage.session import Store
from .web import Parts, create_app


def serve(store: Store, settings: Settings, host: str, port: int) -> None:
    """Serve on `host:port`. The spool is claimed before the rounds are read: a close that comes in
    between either finds the spool and shuts its gate, or is seen in the rounds."""
    spool = Spool(store.spool_folder, settings.spool_slots)
    parts = Parts(store, spool, OpenRounds(store), load_interfaces(), settings)
    uvicorn.run(
        create_app(parts),
        host=host,
        port=port,
        access_log=False,
        log_level="warning",
        proxy_headers=False,
        server_header=False,
        timeout_graceful_shutdown=10,
    )
