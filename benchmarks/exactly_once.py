"""Kills `digests send` at random moments: each recipient has each mail, and what came twice has its reason.

    python benchmarks/exactly_once.py [--kills 50] [--recipients 60] [--json]

A real mail server (aiosmtpd) in another process writes each mail to disk before it says 250, and each 250
before it goes out. After each kill (SIGKILL) the database says which mail was being sent: only such a one may
come twice, under the same Message-ID. Exits 1 if anything else happened.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import secrets
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import insert

from feedback_service.demo.setting_up import set_up
from feedback_service.storage.deliveries import interrupted
from feedback_service.storage.mail_keys import read_mail_key
from feedback_service.storage.schema import recipient
from feedback_service.storage.session import Store

COMMAND = Path(sys.executable).with_name("feedback-service")
SINK = Path(__file__).parents[1] / "tests" / "deliver" / "smtp_sink.py"
# Three regions and two languages: digests differ, and each is made anew in each process.
REGIONS = ("08", "08416", "08111")
LANGUAGES = ("de", "en")
# Before the recipient is taken and before the 250, so that kills hit both: nothing lost and nothing doubled.
DELAY = 0.02
MAILS_PER_MINUTE = 1200


@dataclass(slots=True)
class Table:
    """What came of it."""

    kills: int = 0
    recipients: int = 0
    wanted: int = 0
    received: int = 0
    missing: int = 0
    ids_that_differ: int = 0
    contents_that_differ: int = 0
    interrupted: int = 0
    interrupted_before_the_server_had_it: int = 0
    interrupted_while_the_server_thought: int = 0
    interrupted_after_its_250: int = 0
    twice: int = 0
    twice_though_its_250_was_out: int = 0
    twice_unexplained: int = 0
    sending_more_than_one: int = 0

    @property
    def good(self) -> bool:
        """Nothing is missing, nothing differs, and each second copy is explained."""
        wrong = (
            self.missing, self.ids_that_differ, self.contents_that_differ, self.twice_unexplained,
            self.sending_more_than_one,
        )  # fmt: skip
        return not any(wrong)


@dataclass(slots=True)
class Trial:
    """An installation, a mail server, and what is known of each kill."""

    store: Store
    folder: Path
    port: int
    table: Table
    # The mails that were being sent at a kill, and those of them whose 250 was out.
    left: list[str] = field(default_factory=list)
    promised: list[str] = field(default_factory=list)

    def events(self, kind: str) -> list[dict[str, Any]]:
        """What the server wrote down."""
        log = self.folder / "log.jsonl"
        # The last line may be unfinished while the server runs.
        lines = log.read_text("utf-8").split("\n")[:-1] if log.exists() else []
        return [one for one in map(json.loads, lines) if one["event"] == kind]

    def start(self) -> subprocess.Popen[bytes]:
        """`digests send`, as an operator or a timer runs it."""
        environment = {
            **{name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ},
            "FEEDBACK_SMTP_HOST": "127.0.0.1",
            "FEEDBACK_SMTP_PORT": str(self.port),
            "FEEDBACK_SMTP_SECURITY": "none",
            "FEEDBACK_MAIL_FROM": "Feedback <feedback@sender.example>",
            "FEEDBACK_MAIL_PER_MINUTE": str(MAILS_PER_MINUTE),
        }
        words = [str(COMMAND), "digests", "send", "--data", str(self.store.folder)]
        silent = subprocess.DEVNULL
        return subprocess.Popen(words, env=environment, stdin=silent, stdout=silent, stderr=silent)

    def kill_once(self) -> bool:
        """Let it send for a while and kill it; tells whether it was still running."""
        before, started = len(self.events("received")), time.monotonic()
        process = self.start()
        while process.poll() is None and len(self.events("received")) == before:
            time.sleep(0.002)
        time.sleep(random.random() * 0.2)
        running = process.poll() is None
        process.kill()
        killed = time.monotonic()
        process.wait()
        if running:
            self.table.kills += 1
            self._look(started, killed)
        return running

    def _look(self, started: float, killed: float) -> None:
        """Which mail was being sent, and how far the server was with it when the process died."""
        # What was on its way then is dealt with before this looks.
        time.sleep(0.25)
        with self.store.read() as connection:
            left = interrupted(connection)
        self.table.interrupted += len(left)
        self.table.sending_more_than_one += len(left) > 1
        for one in left:
            self.left.append(one.message_id)
            if self._had("answered", one.message_id, started, killed):
                self.table.interrupted_after_its_250 += 1
                self.promised.append(one.message_id)
            elif self._had("received", one.message_id, started, killed):
                self.table.interrupted_while_the_server_thought += 1
            else:
                self.table.interrupted_before_the_server_had_it += 1

    def _had(self, kind: str, message_id: str, started: float, killed: float) -> bool:
        events = [one for one in self.events(kind) if one["message_id"] == message_id]
        return any(started <= one["at"] <= killed for one in events)

    def judge(self) -> None:
        """At the end: who has what."""
        wanted = expected(self.store)
        received = self.events("received")
        copies = Counter(one["message_id"] for one in received)
        to = {(one["to"], one["message_id"]) for one in received}
        table = self.table
        table.wanted, table.received = len(wanted), len(received)
        table.missing = len(wanted - to)
        table.ids_that_differ = len(to - wanted)
        table.twice = sum(number - 1 for number in copies.values())
        explained, thought = Counter(self.left), Counter(self.left) - Counter(self.promised)
        table.twice_unexplained = sum(max(0, n - 1 - explained[one]) for one, n in copies.items())
        table.twice_though_its_250_was_out = sum(
            max(0, n - 1 - thought[one]) for one, n in copies.items() if one in self.promised
        )
        contents: dict[str, set[bytes]] = {}
        for one in received:
            contents.setdefault(one["message_id"], set()).add(undated(self.folder / one["file"]))
        table.contents_that_differ = sum(len(bodies) > 1 for bodies in contents.values())


def undated(path: Path) -> bytes:
    """A mail without its Date."""
    return b"\r\n".join(line for line in path.read_bytes().split(b"\r\n") if not line.startswith(b"Date: "))


def addresses(number: int) -> dict[str, str]:
    """Recipients' ids and their addresses."""
    return {f"{place:032x}": f"office{place}@offices.example" for place in range(number)}


def expected(store: Store) -> set[tuple[str, str]]:
    """For each recipient the two mails of the newest round, by their fixed Message-IDs."""
    key = read_mail_key(store.mail_folder)
    with store.read() as connection:
        ids = list(connection.execute(recipient.select()))
    return {
        (
            key.open_address(row.id, row.address),
            key.message_id(row.id, kind, "2026-Q4", "sender.example"),
        )
        for row in ids
        for kind in ("digest", "reply-link")
    }


def enter(store: Store, number: int) -> None:
    """Enter that many recipients, confirmed."""
    key = read_mail_key(store.mail_folder)
    with store.begin() as connection:
        for place, (id_, address) in enumerate(addresses(number).items()):
            connection.execute(
                insert(recipient).values(
                    id=id_,
                    address=key.seal_address(id_, address),
                    address_mac=key.mac_of(address),
                    region=REGIONS[place % len(REGIONS)],
                    language=LANGUAGES[place % len(LANGUAGES)],
                    formats="csv",
                    state="active",
                    reason="",
                )
            )


def run(folder: Path, kills: int, number: int) -> Table:
    """The whole trial."""
    store = set_up(folder / "data", date(2027, 1, 20), 300)
    enter(store, number)
    sink = folder / "sink"
    sink.mkdir()
    (sink / "behaviour.json").write_text(json.dumps({"delay": DELAY}))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    server = subprocess.Popen([sys.executable, SINK, sink, str(port)], stdout=subprocess.PIPE)
    assert server.stdout
    server.stdout.readline()
    try:
        trial = Trial(store, sink, port, Table(recipients=number))
        while trial.table.kills < kills and trial.kill_once():
            pass
        last = trial.start()
        last.wait(timeout=300)
        # And once more: everything is sent, so nothing goes.
        again = len(trial.events("received"))
        trial.start().wait(timeout=300)
        assert len(trial.events("received")) == again, "a run after the last one sent something"
        trial.judge()
        return trial.table
    finally:
        server.kill()
        server.communicate()


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--recipients", type=int, default=60)
    parser.add_argument("--seed", type=int, default=secrets.randbelow(1 << 32))
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    random.seed(options.seed)
    with tempfile.TemporaryDirectory() as folder:
        table = run(Path(folder), options.kills, options.recipients)
    if options.json:
        print(json.dumps({**asdict(table), "good": table.good, "seed": options.seed}))
    else:
        for name, value in asdict(table).items():
            print(f"{name.replace('_', ' '):<42}{value:>6}")
        print(f"{'all as promised' if table.good else 'NOT as promised'} (seed {options.seed})")
    sys.exit(not table.good)


if __name__ == "__main__":
    main()
