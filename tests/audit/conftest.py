"""A good data folder, made without the service's processes, that a test then breaks in one way."""

from __future__ import annotations

import json
import random
import secrets
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from feedback_service.audit.known import Known, read_known
from feedback_service.audit.model import Check, Verdict
from feedback_service.audit.run import Asked, audit_storage
from feedback_service.audit.system import System
from feedback_service.intake.slot import answer
from feedback_service.intake.spool import Spool
from feedback_service.mixing.code_keys import CodeKeys
from feedback_service.mixing.mix import mix
from feedback_service.sealing.keys import PrivateKey
from feedback_service.sealing.receipt import Receipt
from feedback_service.sealing.seal import SealingContext, seal
from feedback_service.secret import Secret
from feedback_service.storage.access_codes import add_codes
from feedback_service.storage.rounds import add_round
from feedback_service.storage.session import make_store
from feedback_service.storage.surveys import add_survey
from feedback_service.surveys.yaml_form import standing_survey

ANSWERS = 90


@dataclass(frozen=True, slots=True)
class Audited:
    """A data folder with known answers in its store and its spool, and the key that opens them."""

    folder: Path
    markers: Path
    key: PrivateKey
    machine: Path

    @property
    def known(self) -> list[Known]:
        """The known answers in their true order."""
        return read_known(self.markers)

    def checks(self, **options: object) -> list[Check]:
        """What the audit says with the known answers."""
        options.setdefault("system", System(self.machine))
        options.setdefault("known", self.known)
        return audit_storage(Asked(self.folder, **options))  # type: ignore[arg-type]

    def findings(self, **options: object) -> list[tuple[int, str]]:
        """Number and name of what it finds fault with."""
        return [
            (one.number, one.looked_at) for one in self.checks(**options) if one.verdict is Verdict.FINDING
        ]


@pytest.fixture
def good(made: tuple[Path, PrivateKey], tmp_path: Path) -> Audited:
    """As the service leaves it after a mix."""
    once, key = made
    shutil.copytree(once, tmp_path, dirs_exist_ok=True)
    return Audited(tmp_path / "data", tmp_path / "known.jsonl", key, tmp_path / "machine")


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, PrivateKey]:
    """Made once, copied for each test."""
    place = tmp_path_factory.mktemp("made")
    (place / "machine").mkdir()
    folder = place / "data"
    store = make_store(folder)
    folder.chmod(0o700)
    for name in ("spool", "tmp"):
        (folder / name).mkdir(exist_ok=True)
    CodeKeys(store.mix_folder, store.spool_folder).make_missing()
    key, questionnaire = PrivateKey.generate(), standing_survey("clients")
    with store.begin() as connection:
        add_survey(connection, questionnaire)
        add_round(
            connection,
            survey="clients",
            round_id="2026-Q4",
            closes=date(2026, 12, 31),
            fingerprint=questionnaire.fingerprint,
            public_key=key.public.to_bytes(),
            mixing_key=Secret(secrets.token_bytes(32)),
            pepper=Secret(secrets.token_bytes(32)),
        )
        add_codes(connection, 1, [secrets.token_bytes(32) for _ in range(60)])
    context = SealingContext("clients", "2026-Q4", questionnaire.fingerprint, key.public)
    lines = []
    spool = Spool(store.spool_folder, 256)
    for number in range(2 * ANSWERS):
        receipt = Receipt.fresh()
        answers = {"region": "08111", "comment": f"known answer {secrets.token_hex(8)}"}
        envelope = seal(context, lang="de", channel="web", answers=answers)
        spool.store([answer(1, receipt.tag, receipt.id_for(answers), envelope).packed()])
        lines.append(
            {
                "marker": answers["comment"],
                "tag": receipt.tag.hex(),
                "id": receipt.id_for(answers).hex(),
                "address": f"203.0.113.{number % 12}",
                "user_agent": f"KnownBrowser/{random.Random(number % 4).random()}",
                "code": f"CODE-{secrets.token_hex(6)}",
            }
        )
        if number == ANSWERS - 1:
            mix(store)
    spool.close()
    lines_text = "".join(json.dumps(line) + "\n" for line in lines)
    (place / "known.jsonl").write_text(lines_text, "utf-8")
    return place, key


@pytest.fixture
def only(good: Audited) -> Callable[..., None]:
    """Asserts that exactly these lines are findings."""

    def check(*numbers: int, **options: object) -> None:
        assert sorted({number for number, _ in good.findings(**options)}) == sorted(numbers), good.findings()

    return check
