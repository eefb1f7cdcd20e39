"""PDFs and workbooks of results: made once, one at a time, and only where there is one."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from feedback_service.channels import result_files
from feedback_service.channels.result_files import ResultFiles
from feedback_service.i18n import load_interfaces
from feedback_service.regions.directory import baden_wuerttemberg
from feedback_service.reports.beside import NOTHING
from feedback_service.reports.model import Digest
from feedback_service.reports.source import Source
from feedback_service.surveys.yaml_form import standing_survey


@pytest.fixture
def source() -> Source:
    release: dict[str, Any] = {
        "survey": "clients", "round": "2026-Q4", "issue": 1, "issued": "2027-01-04",
        "rows": [], "withheld": [], "invalid": 0, "parameters": {"k": {"local": 10, "wide": 20}},
    }  # fmt: skip
    return Source(release, standing_survey("clients"))


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was made, by a maker that takes its time and fails where two are at work."""
    log: list[str] = []
    working = threading.Lock()

    def make(digest: Digest, _interface: object, operator: str) -> bytes:
        assert working.acquire(blocking=False), "two at once"
        time.sleep(0.02)
        log.append(digest.region)
        working.release()
        return f"{digest.region} {operator} {digest.issued} {digest.demo}".encode()

    makers: dict[str, Callable[..., bytes]] = {"pdf": make, "xlsx": make}
    monkeypatch.setattr(result_files, "DOCUMENTS", makers)
    return log


def test_there_are_pdfs_where_the_font_has_the_letters() -> None:
    files = ResultFiles("", False)
    assert files.endings("de") == ["pdf", "xlsx"] and files.endings("ar") == ["xlsx"]


def test_each_is_made_once_and_never_two_at_a_time(source: Source, made: list[str]) -> None:
    files, german, tree = ResultFiles("An operator", True), load_interfaces()["de"], baden_wuerttemberg()
    found: list[bytes] = []

    def ask(region: str) -> None:
        found.append(files.file(source, NOTHING, tree, region, german, "pdf"))

    threads = [threading.Thread(target=ask, args=(region,)) for region in ["08", "08416"] * 10]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(made) == ["08", "08416"]
    assert set(found) == {
        f"{region} An operator {date(2027, 1, 4)} True".encode() for region in ("08", "08416")
    }
    # A correction is another file.
    corrected = Source({**source.release, "issue": 2}, source.questionnaire)
    files.file(corrected, NOTHING, tree, "08", german, "pdf")
    assert len(made) == 3


def test_only_so_many_are_kept(source: Source, made: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(result_files, "_KEPT", 2)
    files, german, tree = ResultFiles("", False), load_interfaces()["de"], baden_wuerttemberg()
    for region in ("08", "08416", "08", "08111", "08", "08416"):
        files.file(source, NOTHING, tree, region, german, "pdf")
    # The one that was asked for last stays.
    assert made == ["08", "08416", "08111", "08416"]
