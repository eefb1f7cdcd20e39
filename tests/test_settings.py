"""Settings: from the file, the environment before it, and nothing unknown without a word."""

from __future__ import annotations

import os
import re
import tomllib
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from pydantic import ValidationError

from feedback_service.intake.spool import DEFAULT_SLOTS
from feedback_service.settings import (
    SETTINGS_FILE,
    InvalidSettings,
    Settings,
    load_settings,
    settings_text,
)

SECRET = "postgresql://feedback:geheim@db/feedback"


@pytest.fixture(autouse=True)
def no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.upper().startswith("FEEDBACK_")]:
        monkeypatch.delenv(name)


def _written(folder: Path, text: str) -> Path:
    (folder / SETTINGS_FILE).write_text(text, "utf-8")
    return folder


def _refused(folder: Path) -> InvalidSettings:
    with pytest.raises(InvalidSettings) as refused:
        load_settings(folder)
    return refused.value


def test_without_a_file_the_defaults_suit_a_small_machine(tmp_path: Path) -> None:
    found = load_settings(tmp_path)
    assert (found.operator, found.contact, found.public_url) == ("", "", "http://127.0.0.1:8000")
    assert (found.demo, found.spool_slots) == (False, DEFAULT_SLOTS)
    assert (found.database_url, found.passphrase_file) == (None, None)


def test_a_file_sets_what_it_names_and_leaves_the_rest(tmp_path: Path) -> None:
    text = 'operator = "Flüchtlingsrat"\ndemo = true\nspool_slots = 128\npassphrase_file = "/run/secrets/p"\n'
    found = load_settings(_written(tmp_path, text))
    assert (found.operator, found.demo, found.spool_slots) == ("Flüchtlingsrat", True, 128)
    assert found.passphrase_file == Path("/run/secrets/p")
    assert found.contact == ""


def test_the_environment_wins_over_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _written(tmp_path, 'operator = "file"\ncontact = "file"\n')
    monkeypatch.setenv("FEEDBACK_OPERATOR", "environment")
    monkeypatch.setenv("FEEDBACK_DEMO", "true")
    found = load_settings(tmp_path)
    assert (found.operator, found.contact, found.demo) == ("environment", "file", True)


def test_variables_without_the_prefix_set_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPERATOR", "somebody")
    monkeypatch.setenv("DATABASE_URL", SECRET)
    found = load_settings(tmp_path)
    assert (found.operator, found.database_url) == ("", None)


@pytest.mark.parametrize("name", ["database_ulr", "operators", "spool-slots", "feedback_operator"])
def test_an_unknown_name_is_refused_by_name_and_without_any_value(tmp_path: Path, name: str) -> None:
    _written(tmp_path, f'{name} = "{SECRET}"\ndatabase_url = "{SECRET}"\n')
    error = _refused(tmp_path)
    assert name in str(error)
    assert str(error).startswith("The settings can't be used: ")
    assert str(tmp_path / SETTINGS_FILE) in str(error)
    assert "geheim" not in f"{error} {error!r} {error.facts}"


def test_a_refusal_drags_no_other_error_along_that_would_print_values(tmp_path: Path) -> None:
    error = _refused(_written(tmp_path, f'spool_slots = "{SECRET}"\n'))
    assert error.__cause__ is None
    assert error.__context__ is None


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ('spool_slots = "many"', "spool_slots"),
        ("spool_slots = 63", "spool_slots"),
        ("spool_slots = 64.5", "spool_slots"),
        ('demo = "perhaps"', "demo"),
        ("operator = 5", "operator"),
        ('operator = ["a"]', "operator"),
        ("passphrase_file = 5", "passphrase_file"),
        ("[operator]\nname = 'x'", "operator"),
    ],
)
def test_a_value_of_the_wrong_kind_is_refused_by_its_name(tmp_path: Path, line: str, name: str) -> None:
    error = _refused(_written(tmp_path, line + "\n"))
    assert f"{name}: " in str(error)


def test_a_wrong_value_in_the_environment_is_refused_without_the_value(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FEEDBACK_SPOOL_SLOTS", "geheim")
    error = _refused(tmp_path)
    assert "spool_slots" in str(error)
    assert "geheim" not in str(error)


def test_all_problems_are_said_at_once(tmp_path: Path) -> None:
    error = _refused(_written(tmp_path, 'spool_slots = 1\ndemo = "x"\ntypo = 1\n'))
    assert all(name in str(error) for name in ("spool_slots", "demo", "typo"))


@pytest.mark.parametrize("text", ["operator = ", "operator: x", "= 1", "[", 'a = "b\n'])
def test_a_file_that_is_no_toml_is_refused_with_its_line(tmp_path: Path, text: str) -> None:
    error = _refused(_written(tmp_path, text))
    assert "line 1" in str(error) or "end of document" in str(error)


def test_a_file_in_another_encoding_is_refused(tmp_path: Path) -> None:
    (tmp_path / SETTINGS_FILE).write_bytes('operator = "Flüchtlingsrat"'.encode("latin-1"))
    assert "utf-8" in str(_refused(tmp_path))


def test_settings_cannot_be_changed(tmp_path: Path) -> None:
    found = load_settings(tmp_path)
    with pytest.raises(ValidationError):
        found.demo = True  # type: ignore[misc]


def test_every_setting_is_described() -> None:
    assert [name for name, field in Settings.model_fields.items() if not field.description] == []


def test_a_written_file_is_read_back_and_names_known_settings_only(tmp_path: Path) -> None:
    text = settings_text(operator="Rat", contact="a@b.example", public_url="https://x.example", demo=True)
    found = load_settings(_written(tmp_path, text))
    assert (found.operator, found.contact) == ("Rat", "a@b.example")
    assert (found.public_url, found.demo) == ("https://x.example", True)
    commented_in = text.replace("# spool_slots", "spool_slots")
    assert load_settings(_written(tmp_path, commented_in)).spool_slots == DEFAULT_SLOTS
    assert set(tomllib.loads(commented_in)) <= set(Settings.model_fields)


def test_every_line_of_a_written_file_that_can_be_commented_in_is_a_setting(tmp_path: Path) -> None:
    text = settings_text(operator="Rat", contact="", public_url="https://x.example", demo=False)
    commented_in = re.sub(r"^# (\w+ = )", r"\1", text, flags=re.MULTILINE)
    found = load_settings(_written(tmp_path, commented_in))
    assert found.smtp_security == "starttls" and found.mail_from == "Feedback <feedback@example.org>"
    assert found.quarters_of("counsellors") == (2, 4)
    assert len(tomllib.loads(commented_in)) > 15


def test_a_survey_that_no_calendar_names_is_asked_in_all_four_quarters(tmp_path: Path) -> None:
    found = load_settings(_written(tmp_path, "calendar = { counsellors = [2, 4], empty = [] }\n"))
    assert found.quarters_of("counsellors") == (2, 4)
    assert found.quarters_of("clients") == found.quarters_of("empty") == (1, 2, 3, 4)


@pytest.mark.parametrize(
    "line",
    [
        'smtp_security = "ssl"', "smtp_port = 70000", "calendar = { clients = [0] }",
        "calendar = { clients = [5] }", "mail_per_minute = 0", "digest_days_after = -1",
    ],
)  # fmt: skip
def test_a_setting_of_mail_that_can_t_be_is_refused(tmp_path: Path, line: str) -> None:
    assert line.split(" ")[0] in str(_refused(_written(tmp_path, line + "\n")))


@hypothesis_settings(deadline=None)
@given(st.text(st.characters(exclude_categories=["Cc", "Cs"])))
@example('the "Rat" \\ of \\"')
@example("'''")
@example('"\ndemo = true\noperator = "')
@example("a\tb")
@example("# no comment")
def test_whatever_an_operator_is_called_the_file_stays_right(name: str) -> None:
    text = settings_text(operator=name, contact="", public_url="https://x.example", demo=False)
    read = tomllib.loads(text)
    assert read["operator"] == name.replace("\n", " ")
    assert read["demo"] is False


@pytest.mark.parametrize("sign", ["\r", "\x00", "\x1b", "\x7f"])
def test_signs_that_toml_forbids_do_not_break_the_file(sign: str) -> None:
    tomllib.loads(settings_text(operator=f"a{sign}b", contact="", public_url="", demo=False))
