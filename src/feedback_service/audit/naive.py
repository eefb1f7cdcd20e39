"""A store as it is made without a thought: what the audit must find fault with, or it is worth nothing.

Row numbers, a time for each answer, plain text of many lengths, write-ahead logging, an access log.
"""

from __future__ import annotations

import json
import random
import sqlite3
from pathlib import Path

from .files import DATABASE

_ANSWERS = 200


def make_naive(folder: Path) -> tuple[Path, Path]:
    """Build the store in `folder`. Gives its data folder and the file of known answers."""
    data = folder / "data"
    data.mkdir(parents=True)
    # Seeded: a check of the audit should say the same each time.
    chance = random.Random("naive")  # noqa: S311
    database = sqlite3.connect(data / DATABASE)
    database.execute("PRAGMA journal_mode=WAL")
    database.execute(
        "CREATE TABLE envelope (id INTEGER PRIMARY KEY, round_id INT, key BLOB, body TEXT, created_at TEXT)"
    )
    known, log = [], []
    for number in range(_ANSWERS):
        answer = {
            "marker": f"naive answer {chance.randbytes(8).hex()}",
            "address": f"203.0.113.{chance.randrange(1, 255)}",
            "user_agent": f"NaiveBrowser/{chance.randrange(20)}.0",
        }
        known.append(answer)
        moment = f"2026-11-23T10:{number // 60:02}:{number % 60:02}"
        body = json.dumps({"comment": answer["marker"] + "!" * chance.randrange(300)})
        row = (chance.randbytes(16), body, moment)
        database.execute("INSERT INTO envelope (round_id, key, body, created_at) VALUES (1, ?, ?, ?)", row)
        log.append(f'{answer["address"]} [{moment}] "POST /de/a" "{answer["user_agent"]}"')
        database.commit()
    database.close()
    (data / "access.log").write_text("\n".join(log), "utf-8")
    markers = folder / "known.jsonl"
    markers.write_text("\n".join(json.dumps(answer) for answer in known), "utf-8")
    return data, markers
