"""A survey out of the installation, to translators and back, through the gate."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

from feedback_service.surveys.yaml_form import standing_survey

OLD = "  de: Wie lange warten Sie auf einen Termin bei der Beratung?"
NEW = "  de: Wie viele Tage warten Sie auf einen Termin?"


def _alone(*words: str) -> subprocess.CompletedProcess[str]:
    """A command that needs no installation."""
    command = Path(sys.executable).with_name("feedback-service")
    return subprocess.run([command, "surveys", *words], capture_output=True, text=True)


def test_a_changed_question_goes_to_translators_and_back_through_the_gate(
    installation: Any, tmp_path: Path
) -> None:
    survey, po, xliff = tmp_path / "clients.yaml", tmp_path / "uk.po", tmp_path / "ti.xlf"
    installation.json("surveys", "export", "clients", "--out", str(survey))
    before = standing_survey("clients").fingerprint.hex()
    assert installation.json("surveys", "import", str(survey))["fingerprint"] == before
    commented = "# Ours.\n" + survey.read_text("utf-8")
    assert OLD in commented
    survey.write_text(commented.replace(OLD, NEW), "utf-8")
    refused = installation.run("surveys", "import", str(survey))
    assert refused.code == 1 and "ur in waiting.label" in refused.err and "--with-outdated" in refused.err

    installation.json("surveys", "export", str(survey), "--language", "uk", "--out", str(po))
    fuzzy = po.read_text("utf-8")
    text = re.search(r'#, fuzzy\nmsgctxt "waiting.label"\nmsgid ".*"\nmsgstr "(.*)"\n', fuzzy)
    assert text is not None and fuzzy.count("fuzzy") == 1
    done = fuzzy.replace("#, fuzzy\n", "").replace(text[1], "Скільки днів ви чекаєте?")
    po.write_text(done, "utf-8")
    told = installation.json("surveys", "import", str(po), "--into", str(survey))
    assert told["changed"] == ["waiting.label"] and "uk" not in told["outdated"]
    assert "Скільки днів ви чекаєте?" in survey.read_text("utf-8")
    assert survey.read_text("utf-8").startswith("# Ours.\n")
    confirmed = json.loads(_alone("confirm", str(survey), "--language", "en", "--json").stdout)
    assert set(told["outdated"]) - set(confirmed["outdated"]) == {"en"}

    words = [word for code in confirmed["outdated"] for word in ("--with-outdated", code)]
    assert installation.json("surveys", "import", str(survey), *words)["version"] == 2
    installation.json("surveys", "export", "clients", "--language", "ti", "--out", str(xliff))
    translated = xliff.read_text("utf-8").replace('state="initial"', 'state="translated"')
    xliff.write_text(translated, "utf-8")
    third = installation.json("surveys", "import", str(xliff), *words)
    assert third["version"] == 3 and "ti" not in third["outdated"]


def test_check_says_what_is_outdated_and_fails(installation: Any, tmp_path: Path) -> None:
    survey = tmp_path / "clients.yaml"
    installation.json("surveys", "export", "clients", "--out", str(survey))
    survey.write_text(survey.read_text("utf-8").replace(OLD, NEW), "utf-8")
    checked = _alone("check", str(survey))
    assert checked.returncode == 1 and "outdated are en, uk, ru" in checked.stdout
    assert _alone("check").returncode == 0
    (tmp_path / "clients.doc").write_text("")
    for words, sentence in (
        (("export", "clients", "--format", "po"), "Say which: --language uk"),
        (("export", "nobody"), "There is no survey “nobody”"),
        (("import", str(tmp_path / "clients.doc")), "Its name ends in one of .yaml"),
    ):
        failed = installation.run("surveys", *words)
        assert failed.code == 1 and sentence in failed.err, (words, failed)
    for words, sentence in (
        (("--language", "xx"), "no translation xx"),
        (("--language", "de"), "no translation de"),
        (("--language", "uk", "--text", "nothing.label"), "no translation nothing.label"),
    ):
        told = _alone("confirm", str(survey), *words)
        assert told.returncode == 1 and sentence in told.stderr, (words, told)
