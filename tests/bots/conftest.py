"""What the bots' tests share: what is asked, without a service; a fake Telegram; a bot in its own process."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from feedback_bot.conversation import Conversation
from feedback_bot.offered import Offer, Survey
from feedback_service.i18n import load_interfaces
from feedback_service.regions.directory import Region, baden_wuerttemberg
from feedback_service.sealing.keys import PublicKey
from feedback_service.sealing.seal import SealingContext
from feedback_service.surveys.questionnaire import Questionnaire
from feedback_service.surveys.yaml_form import standing_survey

from .fake_telegram import FakeTelegram

TOKEN = "123456:CANARYTOKEN-of-a-bot"
# Every logger's every line, as somebody who looks for a fault would see them.
LOUD = """
import logging
logging.basicConfig(level=logging.DEBUG)
from feedback_bot.__main__ import run
run()
"""
COMMAND = Path(sys.executable).with_name("feedback-bot")
TOWNS = [Region("08416041", "Tübingen, Universitätsstadt"), Region("08416036", "Rottenburg am Neckar, Stadt")]


def survey_of(questionnaire: Questionnaire, lang: str = "de", round_id: str = "2026-Q4") -> Survey:
    """A survey as if the service had told it, with a key that nobody keeps."""
    key = PublicKey(ec.generate_private_key(ec.SECP256R1()).public_key())
    context = SealingContext(questionnaire.name, round_id, questionnaire.fingerprint, key)
    return Survey(questionnaire, context, lang, date(2026, 12, 31))


@pytest.fixture(scope="session")
def interfaces() -> dict[str, Any]:
    return dict(load_interfaces())


@pytest.fixture(scope="session")
def conversation(interfaces: dict[str, Any]) -> Conversation:
    return Conversation(interfaces, tuple(interfaces))


@pytest.fixture(scope="session")
def offer() -> Offer:
    """Both standing surveys, with municipalities in one district."""
    surveys = tuple(survey_of(standing_survey(name)) for name in ("clients", "counsellors"))
    return Offer(surveys, baden_wuerttemberg().merged_with(TOWNS), "https://feedback.example")


@dataclass(frozen=True, slots=True)
class RunningBot:
    """A bot's process, and where its output goes."""

    process: subprocess.Popen[bytes]
    log: Path

    def stop(self) -> int:
        """Ask it to stop; gives its exit code."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        return self.process.wait(40)

    def kill(self) -> None:
        """kill -9."""
        self.process.kill()
        self.process.wait()


StartBot = Callable[..., RunningBot]


@pytest.fixture
def telegram() -> Iterator[FakeTelegram]:
    """A fake Telegram, serving; its address is `telegram.url`."""
    fake = FakeTelegram()
    with fake.serving() as url:
        fake.url = url
        yield fake


@pytest.fixture
def start_bot(telegram: FakeTelegram, tmp_path: Path) -> Iterator[StartBot]:
    """Starts bots against the fake; they are gone at the end."""
    running: list[RunningBot] = []

    def start(api: str, *words: str, debug: bool = False, **environment: str) -> RunningBot:
        log = tmp_path / f"bot-{len(running)}.log"
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        command = [sys.executable, "-X", "dev", "-c", LOUD] if debug else [str(COMMAND)]
        with log.open("wb") as out:
            process = subprocess.Popen(
                [*command, "telegram", "--api", api, *words],
                stdout=out,
                stderr=subprocess.STDOUT,
                env={"TELEGRAM_TOKEN": TOKEN, "TELEGRAM_BASE_URL": telegram.url, **kept, **environment},
                cwd=tmp_path,
            )
        running.append(RunningBot(process, log))
        return running[-1]

    yield start
    for one in running:
        if one.process.poll() is None:
            one.kill()
