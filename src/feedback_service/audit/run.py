"""Puts the audit's checks together, in the order of the design's list."""

from __future__ import annotations

import os
import sqlite3
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ..errors import FeedbackError
from .arrival import check_file_order, check_sorted, check_spool_order
from .codes import check_codes
from .content import check_content
from .files import DATABASE, UnreadableFile
from .key_search import KeyLook, public_keys
from .keys import check_keys, check_keys_elsewhere, check_passphrase
from .known import Known, read_known
from .lengths import check_lengths, check_slot_lengths
from .logs import check_logs
from .machine import check_machine
from .model import Check, Store, Verdict, not_looked_at
from .naive import make_naive
from .opening import RoundKey, check_opening
from .postgres import PostgresStore
from .postgres_order import check_server_order
from .postgres_settings import check_server
from .processes import check_processes
from .residues import check_residues
from .schema import check_files, check_schema
from .spool import check_spool, rounds_over
from .stores import SqliteStore
from .system import Process, System
from .values import check_values

# What a living installation can't show by itself, each with the test that does.
_ELSEWHERE = (
    (8, "two orders of arrival, one file", "tests/mixing/test_mix_order.py"),
    (17, "cookies, ETags, headers, Back in a browser", "tests/channels, tests/journeys"),
    (20, "a restored backup after shredding", "tests/rounds"),
    (21, "the same at DEBUG, after kill -9, on a full disk", "tests/promises/test_whole_audit.py"),
    (22, "whether the audit can fail", "--selftest"),
)
MUST_FAIL = (1, 2, 5, 7, 10)
Progress = Callable[[int, int], None]


class NothingToAudit(FeedbackError):
    """A folder without a store."""

    status = 503
    code = "audit-nothing"
    message = (
        "There is no %(file)s to audit. Give the installation's folder with --data,"
        " and --database-url where the answers lie in PostgreSQL."
    )


class FolderUnreadable(FeedbackError):
    """A folder that may not be looked into."""

    status = 500
    code = "audit-folder-unreadable"
    message = "%(folder)s can't be looked into: %(reason)s. Run the audit as its owner or as root."


@dataclass(frozen=True, slots=True)
class Asked:
    """What an examiner asks for."""

    data: Path
    known: Sequence[Known] = ()
    also: Sequence[Path] = ()
    keys: Sequence[RoundKey] = ()
    system: System = field(default_factory=System)
    server: PostgresStore | None = None
    pgdata: Path | None = None
    after_mix: bool = False
    progress: Progress = lambda _done, _all: None

    @property
    def file(self) -> SqliteStore | None:
        """The database in the data folder, if there is one."""
        path = self.data / DATABASE
        return SqliteStore(path) if path.exists() else None

    @property
    def folders(self) -> list[Path]:
        """All that is searched."""
        return [self.data, *self.also, *([self.pgdata] if self.pgdata else [])]


def audit_storage(asked: Asked) -> list[Check]:
    """Every check that can be made from here. Raises `NothingToAudit`, `FolderUnreadable`."""
    try:
        list(asked.data.iterdir())
    except FileNotFoundError:
        raise NothingToAudit(file=asked.data / DATABASE) from None
    except OSError as error:
        raise FolderUnreadable(folder=asked.data, reason=error.strerror) from None
    store = asked.server or asked.file
    if store is None:
        raise NothingToAudit(file=asked.data / DATABASE)
    checks = [
        *_looked(1, "answers in files", lambda: check_content(asked.folders, asked.known, asked.progress)),
        *_about_store(asked, store),
        *_about_folder(asked, store),
        *(not_looked_at(number, name, f"see {where}") for number, name, where in _ELSEWHERE),
    ]
    return sorted(checks, key=lambda check: check.number)


def _looked(number: int, name: str, look: Callable[[], list[Check]]) -> list[Check]:
    """What a check says; a file that can't be read is a finding and no end of the others."""
    try:
        return look()
    except UnreadableFile as error:
        return [Check(number, name, str(error), "all readable", Verdict.FINDING)]
    except (sqlite3.Error, OSError, ValueError) as error:
        return [Check(number, name, f"can't be read: {error}", "all readable", Verdict.FINDING)]


def _about_store(asked: Asked, store: Store) -> list[Check]:
    texts: dict[bytes, str] = {}

    def opening() -> list[Check]:
        checks, found = check_opening(store, asked.keys, asked.known, asked.progress)
        texts.update(found)
        return checks

    return [
        *_looked(2, "tables", lambda: check_schema(store)),
        *_looked(5, "values in tables", lambda: check_values(store)),
        *_looked(6, "envelopes that open", opening),
        *_looked(7, "rows sorted by their keys", lambda: [check_sorted(store)]),
        *_looked(7, "order of arrival in the store", lambda: _order(asked, texts)),
        *_looked(10, "lengths of stored envelopes", lambda: check_lengths(store)),
        *_looked(12, "access codes", lambda: check_codes(store)),
    ]


def _order(asked: Asked, texts: Mapping[bytes, str]) -> list[Check]:
    if asked.server is not None:
        return [
            *check_server(asked.server),
            *check_server_order(asked.server, asked.known, texts, asked.pgdata),
        ]
    return check_file_order(asked.file, asked.known, texts) if asked.file else []


def _about_folder(asked: Asked, store: Store) -> list[Check]:
    folder, system = asked.data, asked.system
    over, look = _facts(folder, store)
    return [
        *_looked(2, "files", lambda: check_files(folder)),
        *_looked(7, "order of arrival in the spools", lambda: check_spool_order(folder, asked.known)),
        *_looked(9, "residues", lambda: check_residues(folder, asked.known, asked.also)),
        *_looked(10, "lengths of spool slots", lambda: check_slot_lengths(folder)),
        *_looked(11, "spools", lambda: check_spool(folder, system, over, after_mix=asked.after_mix)),
        *_looked(14, "keys", lambda: check_keys(folder, look, store)),
        *_looked(14, "keys elsewhere", lambda: check_keys_elsewhere(asked.also, look)),
        *_looked(14, "the passphrase", lambda: check_passphrase(asked.folders)),
        *_looked(14, "running processes", lambda: check_processes(folder, system, look, _own())),
        *_looked(15, "the machine", lambda: check_machine(folder, system)),
        *_looked(16, "logs", lambda: check_logs(folder, system)),
    ]


def _facts(folder: Path, store: Store) -> tuple[frozenset[int], KeyLook]:
    """Which rounds are over and which keys are public, as far as the database can be read."""
    try:
        return rounds_over(store), KeyLook(public_keys(folder, store))
    except (UnreadableFile, sqlite3.Error):
        return frozenset(), KeyLook(public_keys(folder, None))


def _own() -> Process:
    """The audit's process: what is set for it is set for the commands that are started likewise."""
    return Process(os.getpid(), ("feedback-service", "audit"), dict(os.environ), "", Path.cwd())


def audit_naive() -> tuple[list[Check], list[int]]:
    """The same checks on a store that was made naively; gives the numbers that should fail and didn't."""
    with tempfile.TemporaryDirectory(prefix="feedback-audit-") as folder:
        data, markers = make_naive(Path(folder))
        checks = audit_storage(Asked(data, known=read_known(markers)))
    failed = {check.number for check in checks if check.verdict is Verdict.FINDING}
    return checks, [number for number in MUST_FAIL if number not in failed]
