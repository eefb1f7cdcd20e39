"""The list of commands: whole for the help, alone for the one that is asked for."""

from __future__ import annotations

import pytest
from typer.main import get_command

from feedback_service.cli.main import build

ALL = [
    "demo", "init", "serve", "mix", "work", "doctor", "backup", "restore", "surveys", "regions", "keys",
    "codes", "rounds", "machines", "releases", "recipients", "digests", "replies", "comments", "audit",
]  # fmt: skip


def _names(first_word: str | None) -> list[str]:
    return list(get_command(build(first_word)).commands)  # type: ignore[attr-defined]


@pytest.mark.parametrize("first_word", [None, "--help", "survey", "-x", ""])
def test_all_commands_are_there_where_none_is_named(first_word: str | None) -> None:
    assert _names(first_word) == ALL


@pytest.mark.parametrize("name", ALL)
def test_a_command_that_is_named_is_built_alone(name: str) -> None:
    assert _names(name) == [name]
