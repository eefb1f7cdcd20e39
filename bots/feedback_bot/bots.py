"""Which bots run in one process: one from the environment, or several from a file.

A file has a part a bot, each with its own token: one for a language, one for a Träger.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError

from feedback_service.errors import FeedbackError

from .memory import FORGOTTEN_AFTER


class BotsUnusable(FeedbackError):
    """No token, or a file of bots that can't be read."""

    status = 422
    code = "bots-unusable"
    message = "%(reason)s. No bot was started."


class BotSettings(BaseModel):
    """One bot. Without languages it speaks all; without surveys it asks all that are open."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    token: SecretStr
    languages: list[str] = []
    surveys: list[str] = []
    base_url: str = ""
    forget_after: Annotated[float, Field(gt=0, le=FORGOTTEN_AFTER)] = FORGOTTEN_AFTER


def from_environment(environment: Mapping[str, str], token_file: Path | None) -> list[BotSettings]:
    """The one bot of `TELEGRAM_TOKEN` or `TELEGRAM_TOKEN_FILE`. Raises `BotsUnusable`."""
    file = token_file or (Path(name) if (name := environment.get("TELEGRAM_TOKEN_FILE")) else None)
    token = _read_token(file) if file else environment.get("TELEGRAM_TOKEN", "").strip()
    if not token:
        reason = "There is no token: set TELEGRAM_TOKEN_FILE or TELEGRAM_TOKEN, or give --token-file"
        raise BotsUnusable(reason=reason)
    return [BotSettings(token=SecretStr(token), base_url=environment.get("TELEGRAM_BASE_URL", ""))]


def from_file(
    path: Path, environment: Mapping[str, str], languages: Mapping[str, object]
) -> list[BotSettings]:
    """The bots of a TOML file: `[[bot]]` with `token_file`, `languages`, `surveys`. Raises `BotsUnusable`."""
    try:
        entries = tomllib.loads(path.read_text("utf-8")).get("bot", [])
    except (OSError, ValueError) as error:
        raise BotsUnusable(reason=f"{path} can't be read ({type(error).__name__})") from None
    if not isinstance(entries, list) or not entries:
        raise BotsUnusable(reason=f"{path} has no [[bot]]")
    base_url = environment.get("TELEGRAM_BASE_URL", "")
    return [_read_bot(entry, path, base_url, languages) for entry in entries]


def _read_bot(
    entry: dict[str, Any], path: Path, base_url: str, languages: Mapping[str, object]
) -> BotSettings:
    values = dict(entry)
    name = values.pop("token_file", None)
    if not isinstance(name, str) or "token" in values:
        raise BotsUnusable(reason=f"{path}: each [[bot]] names its token in a token_file")
    token = _read_token(path.parent / Path(name).expanduser())
    try:
        bot = BotSettings.model_validate({"base_url": base_url, **values, "token": token})
    except ValidationError as error:
        where = ", ".join(str(one["loc"][0]) for one in error.errors(include_input=False) if one["loc"])
        raise BotsUnusable(reason=f"{path}: not usable: {where}") from None
    unknown = [code for code in bot.languages if code not in languages]
    if unknown:
        raise BotsUnusable(reason=f"{path}: there is no language {', '.join(unknown)}")
    return bot


def _read_token(path: Path) -> str:
    try:
        return path.read_text("utf-8").strip()
    except (OSError, ValueError) as error:
        raise BotsUnusable(reason=f"{path} can't be read ({type(error).__name__})") from None
