"""What comes after disclosure control can't reach a raw count, not even by import."""

from __future__ import annotations

import subprocess
import sys

import pytest

AFTER = ("protected", "ledger", "display", "rows", "release", "shape", "check")


@pytest.mark.parametrize("module", AFTER)
def test_a_module_after_the_draw_does_not_import_raw_counts(module: str) -> None:
    code = (
        f"import sys, feedback_service.disclosure.{module}\n"
        "held = {'tally.table', 'disclosure.protect', 'disclosure.noise'}\n"
        "sys.exit(any(f'feedback_service.{name}' in sys.modules for name in held))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
