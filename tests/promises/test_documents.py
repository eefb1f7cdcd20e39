"""The documents hold what they name: files that exist, settings that are real, commands that there are."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from typer.main import get_command

from feedback_service.cli.main import build
from feedback_service.settings import Settings

ROOT = Path(__file__).parents[2]
DOCUMENTS = [
    *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md", "deploy/README.md")),
    *sorted((ROOT / "docs").rglob("*.md")),
]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_file_that_a_document_names_exists(document: Path) -> None:
    text = document.read_text("utf-8")
    links = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", text)
    named = re.findall(r"`((?:src|tests|docs|benchmarks|locales|migrations|deploy)/[\w./-]+\.\w+)`", text)
    modules = re.findall(r"`((?:[a-z_]+/)+[a-z_]+\.py)`", text)
    for link in links:
        assert (document.parent / link).exists(), link
    for name in (name for name in named if "CODE" not in name):
        assert (ROOT / name).exists(), name
    for name in modules:
        assert any((base / name).exists() for base in (ROOT, ROOT / "src" / "feedback_service")), name


def test_every_command_in_the_documents_exists() -> None:
    root = get_command(build())
    known: set[tuple[str, ...]] = set()
    for name, command in root.commands.items():  # type: ignore[attr-defined]
        known.add((name,))
        known.update((name, below) for below in getattr(command, "commands", {}))
    for document in DOCUMENTS:
        for line in re.findall(r"feedback-service ([a-z]+(?: [a-z]+)?)", document.read_text("utf-8")):
            words = tuple(line.split())
            below = {name[1] for name in known if len(name) == 2 and name[0] == words[0]}
            # Behind a command without commands below it any word may follow in a sentence.
            assert words[:1] in known and (not below or words in known), (document.name, line)


def test_every_setting_is_described_and_documented() -> None:
    operating = (ROOT / "docs" / "operating.md").read_text("utf-8")
    for name, field in Settings.model_fields.items():
        assert field.description, name
        assert f"FEEDBACK_{name.upper()}" in operating, name
