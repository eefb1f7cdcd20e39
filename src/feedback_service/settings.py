"""Every setting, in one frozen object: from `DATA/settings.toml`, then the environment (`FEEDBACK_…`).

A name that isn't known in the file is refused: a mistyped setting must not be silently without effect.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Literal

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
Security = Literal["none", "starttls", "tls"]
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
    reviewers_passphrase_file: Annotated[
        Path | None, Field(description="Holds the reviewers' passphrase where there is no terminal.")
    ] = None
    review_eyes: Annotated[
        int, Field(ge=1, le=5, description="How many people must let a quote through.")
    ] = 2
    round_key_file: Annotated[
        Path | None,
        Field(description="A round's key file, or the folder of several: `work` then counts by itself."),
    ] = None
    calendar: Annotated[
        dict[str, tuple[Annotated[int, Field(ge=1, le=4)], ...]],
        Field(description="In which quarters a survey is asked; in all four where it isn't named."),
    ] = Field(default_factory=dict)
    digest_days_after: Annotated[
        int,
        Field(
            ge=0,
            le=90,
            description="Digests go out so many days after a round's last; 0: when released.",
        ),
    ] = 0
    smtp_host: Annotated[str, Field(description="The mail server; empty: no mail is sent.")] = ""
    smtp_port: Annotated[
        int, Field(ge=0, le=65535, description="Its port; 0: 587, or 465 with tls, or 25 with none.")
    ] = 0
    smtp_security: Annotated[
        Security, Field(description="starttls, tls, or none, which only a server on this machine may have.")
    ] = "starttls"
    smtp_user: Annotated[str, Field(description="Who signs in at the mail server; empty: nobody.")] = ""
    smtp_password_file: Annotated[Path | None, Field(description="Holds the mail server's password.")] = None
    smtp_ca_file: Annotated[
        Path | None, Field(description="An own CA (PEM) that the mail server's certificate is checked with.")
    ] = None
    mail_from: Annotated[str, Field(description="Who mails come from, an address of the operator's.")] = ""
    operator_mail: Annotated[str, Field(description="Who is reminded of what a person has to do.")] = ""
    mail_per_minute: Annotated[
        int, Field(ge=1, le=60_000, description="Mails a minute at most; the server may want fewer.")
    ] = 60

    def quarters_of(self, survey: str) -> tuple[int, ...]:
        """The quarters, 1 to 4, in which a survey is asked."""
        return self.calendar.get(survey) or (1, 2, 3, 4)


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

# Mail: digests to offices, reminders to you. Without a server nothing is sent.
# smtp_host = "mail.example.org"
# starttls (port 587), tls (port 465), or none (port 25), which only a server on this machine may have.
# smtp_security = "starttls"
# smtp_port = 587
# smtp_user = "feedback"
# A file with the password and nothing else, outside the data folder.
# smtp_password_file = "/etc/feedback/smtp-password"
# The server's certificate is always checked. If your own CA made it:
# smtp_ca_file = "/etc/feedback/ca.pem"
# mail_from = "Feedback <feedback@example.org>"
# Who is told that a round is to be counted, or that keys are missing.
# operator_mail = "operator@example.org"
# Mails a minute at most.
# mail_per_minute = 60

# Digests go out so many days after the round's last day. 0: as soon as it is released.
# digest_days_after = 0

# How many people must let a quote from a comment through before it is published.
# review_eyes = 2

# In which quarters a survey is asked. One that isn't named is asked in all four.
# calendar = {{ clients = [1, 2, 3, 4], counsellors = [2, 4] }}
"""


def _toml(text: str) -> str:
    # JSON's escapes are TOML's too; only DEL must be escaped in the one and not in the other.
    return json.dumps(text.replace("\n", " "), ensure_ascii=False).replace("\x7f", "\\u007f")
