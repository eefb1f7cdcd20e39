"""Every setting, in one frozen object: from `DATA/settings.toml`, then the environment (`FEEDBACK_…`).

A name that isn't known in the file is refused: a mistyped setting must not be silently without effect.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

from pydantic import Field, ValidationError
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from .errors import FeedbackError
from .intake.spool import DEFAULT_SLOTS

SETTINGS_FILE = "settings.toml"
# The state's own figures: some 100,000 clients a quarter, about 1,000 counsellors.
EXPECTED_ANSWERS = {"clients": 100_000, "counsellors": 1_000}
# The state's own office for public bodies, after L-BGG.
ARBITRATION = (
    "Schlichtungsstelle beim Landeszentrum Barrierefreiheit Baden-Württemberg, barrierefreiheit-bw.de"
)


class InvalidSettings(FeedbackError):
    """A setting that is unknown or of the wrong kind."""

    status = 500
    code = "settings-invalid"
    message = "The settings can't be used: %(problems)s. See %(file)s and the variables FEEDBACK_…."


class Settings(BaseSettings):
    """What an operator can choose. Defaults suit one small machine."""

    model_config = SettingsConfigDict(env_prefix="FEEDBACK_", frozen=True, extra="forbid")

    operator: Annotated[str, Field(description="Who runs this installation, shown on the privacy page.")] = ""
    contact: Annotated[str, Field(description="Where questions go, shown on the privacy page.")] = ""
    arbitration: Annotated[
        str,
        Field(
            description="Who helps where a barrier stays, on the accessibility page; empty: nobody is named."
        ),
    ] = ARBITRATION
    public_url: Annotated[str, Field(description="The address that people type.")] = "http://127.0.0.1:8000"
    demo: Annotated[bool, Field(description="Every page says that the answers are invented.")] = False
    spool_slots: Annotated[
        int, Field(ge=64, description="Slots that a new spool file begins with; it grows by itself.")
    ] = DEFAULT_SLOTS
    rate_limit: Annotated[
        bool, Field(description="Limit what one address sends; off only for measuring speed.")
    ] = True
    trusted_proxy: Annotated[
        str | None, Field(description="The proxy's address, whose X-Forwarded-For is believed.")
    ] = None
    expected_answers: Annotated[
        dict[str, int],
        Field(
            description="Answers a round that are expected, by survey; above ten times as many, codes only."
        ),
    ] = Field(default_factory=lambda: dict(EXPECTED_ANSWERS))
    database_url: Annotated[str | None, Field(description="A database other than the data folder's.")] = None
    passphrase_file: Annotated[
        Path | None, Field(description="Holds the keys' passphrase where there is no terminal.")
    ] = None


def load_settings(folder: Path) -> Settings:
    """The settings of the installation in `folder`. Raises `InvalidSettings`."""
    file = folder / SETTINGS_FILE

    class InFolder(Settings):
        @classmethod
        def settings_customise_sources(
            cls,
            settings_cls: type[BaseSettings],
            init_settings: PydanticBaseSettingsSource,
            env_settings: PydanticBaseSettingsSource,
            dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003  pydantic's signature
            file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        ) -> tuple[PydanticBaseSettingsSource, ...]:
            return (init_settings, env_settings, TomlConfigSettingsSource(settings_cls, toml_file=file))

    try:
        return InFolder()
    except ValidationError as error:
        problems = [f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors()]
    except ValueError as error:
        problems = [str(error)]
    # Outside the handler: pydantic's own error would print the value of every setting.
    raise InvalidSettings(problems="; ".join(problems), file=file)


def settings_text(*, operator: str, contact: str, public_url: str, demo: bool) -> str:
    """A commented settings file."""
    return f"""\
# Settings of this installation. Lines that begin with # are comments.
# Every setting can also be given as an environment variable, like FEEDBACK_PUBLIC_URL.

# Who runs this, and where questions go: both are shown on the privacy page.
operator = {_toml(operator)}
contact = {_toml(contact)}

# Who helps free of charge where a barrier stays, named on the accessibility page. Empty: nobody.
# arbitration = {_toml(ARBITRATION)}

# The address that people type, without a slash at the end.
public_url = {_toml(public_url)}

# true: every page says that the answers are invented.
demo = {"true" if demo else "false"}

# How many answers a quarter are expected. Above ten times as many only answers with a code are taken.
# expected_answers = {{ clients = 100000, counsellors = 1000 }}

# How many slots a new spool file begins with. It grows by itself.
# spool_slots = {DEFAULT_SLOTS}
"""


def _toml(text: str) -> str:
    # JSON's escapes are TOML's too; only DEL must be escaped in the one and not in the other.
    return json.dumps(text.replace("\n", " "), ensure_ascii=False).replace("\x7f", "\\u007f")
