"""The threat model names what there is, and says for each adversary what remains."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from typer.main import get_command

from feedback_service.cli.main import build
from feedback_service.storage.schema import metadata

ROOT = Path(__file__).parents[2]
PLACES = (ROOT, ROOT / "src" / "feedback_service")
TEXT = (ROOT / "docs" / "threat-model.md").read_text("utf-8")
# Who must have a line, by a word of theirs.
ADVERSARIES = (
    "searches a phone", "watches the network", "employer or office", "hands out codes",
    "photographs a code card", "copies the disk once", "copies it on several days", "hosting provider",
    "running web machine", "breaks into the mail account", "The operator",
    "key holder", "Trustees who collude", "court order or police", "Telegram", "knows everyone else's answer",
    "compares reports", "invents answers in bulk", "author of a survey", "translator", "supply chain",
    "small community", "A reviewer", "style", "backup",
)  # fmt: skip
PROCESSES = (
    "serve", "mix", "work", "digests send",
    "rounds close", "rounds count", "rounds release", "rounds shred", "codes print",
    "comments key", "comments next", "comments approve",
    "keys create",
    "keys split", "audit storage",
    "doctor", "feedback-bot",
    "backup", "demo",
)  # fmt: skip


def rows(heading: str) -> list[list[str]]:
    """The rows of the table below a heading, without its first two lines."""
    part = TEXT.split(f"\n## {heading}\n")[1].split("\n## ")[0]
    lines = [line for line in part.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines[2:]]


def files(cell: str) -> list[str]:
    """The files that a cell names."""
    return [name for name in re.findall(r"`([^`]+)`", cell) if "/" in name or name.endswith((".py", ".md"))]


def is_there(name: str) -> bool:
    """Whether a file of that name is in the tree, or in the package."""
    return any((place / name).is_file() for place in PLACES) or name == "Makefile"


@pytest.mark.parametrize("word", ADVERSARIES)
def test_every_adversary_has_a_line_that_says_what_remains(word: str) -> None:
    (row,) = [row for row in rows("Adversaries") if word.lower() in row[0].lower()]
    _, gets, remains, held = row
    assert len(gets) > 20 and len(remains) > 40
    assert files(held) and all(is_there(name) for name in files(held)), files(held)


def test_nobody_stands_among_the_adversaries_who_is_not_asked_about_here() -> None:
    assert len(rows("Adversaries")) == len(ADVERSARIES)


def test_on_every_boundary_stands_a_file_and_a_test() -> None:
    boundaries = rows("Trust boundaries")
    assert boundaries
    for between, code, tested in boundaries:
        assert between and files(code) and files(tested), between
        for name in files(code) + files(tested):
            assert is_there(name), name
        assert all(Path(name).name.startswith("test_") for name in files(tested)), tested
        assert not any(name.startswith("tests/") for name in files(code)), code


def test_every_file_that_is_named_anywhere_exists() -> None:
    # `mix/code.key` lies in an installation; an ending alone is no file.
    named = [name for name in files(TEXT) if not name.endswith(".key")]
    assert len(named) > 60
    assert [name for name in named if not is_there(name)] == []


def test_every_table_and_every_process_is_there() -> None:
    tables = {
        name for table, _ in rows("What each table tells a thief") for name in re.findall(r"`(\w+)`", table)
    }
    assert tables == set(metadata.tables)
    told = [
        name
        for process, *_ in rows("What each process may hold")
        for name in re.findall(r"`([^`]+)`", process)
    ]
    assert sorted(told) == sorted(PROCESSES)
    root = get_command(build())
    for name in PROCESSES:
        if name == "feedback-bot":
            continue
        command = root
        for word in name.split():
            command = command.commands[word]  # type: ignore[attr-defined]


def test_nothing_is_installed_that_is_not_locked_by_its_hash() -> None:
    for lock in ("run.txt", "test.txt"):
        text = (ROOT / "requirements" / lock).read_text("utf-8")
        packages = re.findall(r"^[\w.\[\]-]+==.*?(?=^[\w.\[\]-]+==|\Z)", text, re.MULTILINE | re.DOTALL)
        assert len(packages) > 20
        assert [one.split("==")[0] for one in packages if "--hash=sha256:" not in one] == []
    for recipe in ("Makefile", "Dockerfile"):
        installs = re.findall(r"pip install (.*)", (ROOT / recipe).read_text("utf-8"))
        assert installs and all("--require-hashes" in one or "--no-deps" in one for one in installs), recipe


def test_readme_and_security_lead_to_it() -> None:
    for name in ("README.md", "SECURITY.md"):
        assert "(docs/threat-model.md)" in (ROOT / name).read_text("utf-8"), name
