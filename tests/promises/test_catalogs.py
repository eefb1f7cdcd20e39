"""Catalogs: nothing missing, stale or broken in any language that is offered."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

from feedback_service.i18n import LANGUAGES, SOURCE_LANGUAGE

ROOT = Path(__file__).parents[2]


@pytest.fixture
def update() -> ModuleType:
    """The tool behind `make strings`."""
    spec = importlib.util.spec_from_file_location("update", ROOT / "locales" / "update.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_catalog_is_complete(update: ModuleType) -> None:
    assert update.check() == []
    assert update.codes() == [code for code in LANGUAGES if code != SOURCE_LANGUAGE]


def test_the_check_finds_what_is_wrong(
    update: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    good = update.catalog_path("uk").read_text("utf-8")
    template = update.TEMPLATE.read_bytes()
    monkeypatch.setattr(update, "HERE", tmp_path)
    monkeypatch.setattr(update, "TEMPLATE", tmp_path / "feedback.pot")
    (tmp_path / "feedback.pot").write_bytes(template)
    (tmp_path / "uk" / "LC_MESSAGES").mkdir(parents=True)
    for broken, complaint in (
        (good.replace("%(least)s", "%(lest)s").replace("lest)s people", "least)s people"), "placeholders"),
        (good.replace('msgid "Send"', 'msgid "Sendd"'), "missing text Send"),
        (good.replace("nplurals=3", "nplurals=2"), "can't be read"),
    ):
        assert broken != good
        update.catalog_path("uk").write_text(broken, "utf-8")
        found = update.check()
        assert any(complaint in one for one in found), (complaint, found)
