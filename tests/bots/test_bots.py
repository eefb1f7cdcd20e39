"""Which bots run: from the environment or from a file, and what is said of one that can't."""

from __future__ import annotations

from pathlib import Path

import pytest

from feedback_bot.bots import BotsUnusable, from_environment, from_file
from feedback_service.i18n import LANGUAGES


def test_the_token_comes_from_a_file_or_the_environment(tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text("1:file\n")
    for environment, given, token in (
        ({"TELEGRAM_TOKEN": "1:environment"}, None, "1:environment"),
        ({"TELEGRAM_TOKEN": "1:environment", "TELEGRAM_TOKEN_FILE": str(file)}, None, "1:file"),
        ({"TELEGRAM_TOKEN": "1:environment"}, file, "1:file"),
    ):
        (bot,) = from_environment(environment, given)
        assert bot.token.get_secret_value() == token and token not in repr(bot)


def test_several_come_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("1:a")
    bots = tmp_path / "bots.toml"
    bots.write_text(
        '[[bot]]\ntoken_file = "a"\nlanguages = ["so", "ti"]\nsurveys = ["clients"]\n'
        '[[bot]]\ntoken_file = "a"\n'
    )
    first, second = from_file(bots, {"TELEGRAM_BASE_URL": "http://127.0.0.1:1"}, LANGUAGES)
    assert (first.languages, first.surveys, first.base_url) == (
        ["so", "ti"],
        ["clients"],
        "http://127.0.0.1:1",
    )
    assert second.languages == [] and second.token.get_secret_value() == "1:a"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "has no [[bot]]"),
        ("bot = 1", "has no [[bot]]"),
        ("x", "can't be read"),
        ("[[bot]]\n", "token_file"),
        ('[[bot]]\ntoken = "1:CANARY"\n', "token_file"),
        ('[[bot]]\ntoken_file = "missing"\n', "missing can't be read"),
        ('[[bot]]\ntoken_file = "a"\nlanguages = ["xx"]\n', "there is no language xx"),
        ('[[bot]]\ntoken_file = "a"\nunknown = 1\n', "unknown"),
        ('[[bot]]\ntoken_file = "a"\nforget_after = 7200\n', "forget_after"),
    ],
)
def test_a_file_that_cannot_be_used_is_told(tmp_path: Path, text: str, says: str) -> None:
    (tmp_path / "a").write_text("1:CANARY")
    bots = tmp_path / "bots.toml"
    bots.write_text(text)
    with pytest.raises(BotsUnusable) as error:
        from_file(bots, {}, LANGUAGES)
    assert says in str(error.value) and "CANARY" not in str(error.value)
