"""Rounds brought to a station by commands, and cards read off their sheet."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture
def closed_round(installation: Any) -> str:
    """The clients' round, closed without answers; gives its name."""
    return str(installation.json("rounds", "close", "clients")["round"])


@pytest.fixture
def cards_on() -> Callable[[Path], list[str]]:
    """The words of each card on a printed sheet."""

    def read(sheet: Path) -> list[str]:
        cards = sheet.read_text("utf-8").split("<article>")[1:]
        return [" ".join(re.findall(r"</span>(\w+)</li>", card)) for card in cards]

    return read


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What a person types next, line by line."""
    lines: list[str] = []

    def answers() -> Iterator[str]:
        while lines:
            yield lines.pop(0)

    source = answers()

    def read(prompt: str = "") -> str:
        print(prompt, end="")
        return next(source)

    monkeypatch.setattr(sys.stdin, "isatty", lambda: True)
    monkeypatch.setattr("builtins.input", read)
    return lines
