"""Killed at random moments sending neither forgets nor doubles; the script in `benchmarks` kills oftener."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

TRIAL = Path(__file__).parents[2] / "benchmarks" / "exactly_once.py"


def test_eight_kills_lose_no_mail_and_what_came_twice_was_being_sent_at_a_kill() -> None:
    words = [sys.executable, str(TRIAL), "--kills", "8", "--recipients", "14", "--json"]
    done = subprocess.run(words, capture_output=True, text=True, timeout=200)
    assert done.returncode == 0, (done.stdout, done.stderr)
    table = json.loads(done.stdout)
    assert table["good"], table
    # What it says is worth something only if it did what it is for.
    assert table["kills"] >= 5 and table["wanted"] == 28
    assert table["received"] == table["wanted"] + table["twice"]
    assert table["twice"] <= table["interrupted"] <= table["kills"]
